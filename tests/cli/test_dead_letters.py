"""Dead letters are listed with their reason, and put back into the queue by id or all together."""

import asyncio
import json
from typing import Any

import pytest
from click.testing import CliRunner

from switchboard.cli.main import main, switchboard
from tests.conftest import NOON, OwnDatabase
from tests.webhooks.applying import apply_all
from tests.webhooks.world import World, make_world


@pytest.fixture
def world(database: OwnDatabase) -> World:
    """Olive's shop with two events that nobody could apply."""
    world = make_world(database.url, NOON)
    asyncio.run(apply_all(world, b"no JSON", b"[]"))
    return world


def ask(*arguments: str) -> Any:
    """Run the command and return its last line's object."""
    answer = CliRunner().invoke(switchboard, ["dead-letters", "--json", *arguments], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.output.splitlines()[-1])


def test_it_lists_the_newest_first_with_reason_and_body(world: World) -> None:
    found = ask()["dead_letters"]
    assert [letter["body"] for letter in found] == ["[]", "no JSON"]
    assert "not JSON" in found[1]["reason"]
    assert ask("--workspace", "999")["dead_letters"] == []


def test_it_replays_one(world: World) -> None:
    first = ask()["dead_letters"][0]["id"]
    assert ask("--replay", str(first)) == {"replayed": 1}
    assert ask("--replay", str(first)) == {"replayed": 0}
    assert world.one("SELECT count(*) FROM webhooks_event") == 1


def test_it_replays_all(world: World) -> None:
    assert ask("--replay", "all") == {"replayed": 2}
    assert world.one("SELECT count(*) FROM webhooks_event") == 2


def test_it_speaks_to_people(world: World) -> None:
    answer = CliRunner().invoke(switchboard, ["dead-letters"])
    assert "no JSON" in answer.output
    assert "2 dead letters." in answer.output


def test_it_refuses_what_is_no_id(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["dead-letters", "--replay", "everything"])
    assert "is not the id of a dead letter" in capsys.readouterr().err
