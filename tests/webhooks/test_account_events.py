"""What Meta says about templates is applied where it is simple, and kept in the journal where it is not."""

import pytest

from tests import payloads
from tests.conftest import NOON
from tests.webhooks.applying import apply_all
from tests.webhooks.world import World, make_world


def _template(world: World, *, category: str = "utility") -> None:
    world.run(
        "INSERT INTO templates_template (workspace_id, account_id, meta_id, name, language, category, state, "
        "rejected_reason, quality, parameter_format, components, synced_at) "
        "VALUES (%s, %s, '9007199254740995', 'spring_sale', 'en_US', %s, 'approved', '', '', 'positional', '[]', %s)",
        world.workspace_id,
        world.account_id,
        category,
        NOON,
    )


async def test_a_paused_template_is_paused(world: World) -> None:
    _template(world)
    await apply_all(world, payloads.body("template_paused"))
    assert world.one("SELECT state, category FROM templates_template") == ("paused", "utility")


async def test_a_category_that_meta_changed_is_the_one_that_consent_is_asked_for(world: World) -> None:
    _template(world)
    await apply_all(world, payloads.body("template_category_changed"))
    assert world.one("SELECT state, category FROM templates_template") == ("approved", "marketing")


async def test_another_apps_word_about_our_template_changes_nothing(world: World) -> None:
    _template(world)
    other = make_world(world.url, NOON, tag="2")
    await apply_all(other, payloads.body("template_paused"))
    assert world.one("SELECT state FROM templates_template") == "approved"


@pytest.mark.parametrize("name", ["template_quality", "account_restricted", "template_paused"])
async def test_what_is_not_simple_or_not_known_is_kept(world: World, name: str) -> None:
    applier = await apply_all(world, payloads.body(name))
    assert applier.counts["account_events_kept"] == 1
    assert world.one("SELECT count(*) FROM webhooks_journalentry") == 1
    assert world.one("SELECT count(*) FROM webhooks_deadletter") == 0
