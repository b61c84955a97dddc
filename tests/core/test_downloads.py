"""What is downloaded is sent piece by piece, each made when the last has gone."""

import asyncio
import io
from pathlib import Path

import pytest
from django.http import StreamingHttpResponse
from pytest_django.fixtures import Settings

from switchboard.contacts import actions, queries, refused
from switchboard.contacts.models import RefusedRow
from switchboard.core import downloads
from switchboard.core.tenancy import workspace_scope
from tests import factories
from tests.conftest import NOON, OwnDatabase


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


async def take(response: StreamingHttpResponse, asked: list[refused.After]) -> list[tuple[bytes, int]]:
    """Return the pieces of an answer, each with how often the room had been asked when it came."""
    return [(piece, len(asked)) async for piece in response]


def test_refused_rows_are_read_while_they_are_sent(database: OwnDatabase, home: Path) -> None:
    workspace = factories.make_workspace()
    with workspace_scope(workspace.pk):
        job = actions.create_import(workspace_id=workspace.pk, file=io.BytesIO(b"phone\n"), file_name="x.csv", now=NOON)
        # Two cells of each line were left out; the border between two pieces runs through a line.
        RefusedRow.objects.bulk_create(
            RefusedRow(
                workspace_id=workspace.pk, import_id=job.pk, line=2 + place // 2, reason=f"r{place}", cells=["-1"]
            )
            for place in range(4001)
        )
    asked: list[refused.After] = []

    def read(after: refused.After) -> refused.Piece:
        asked.append(after)
        return queries.render_refused_csv(workspace.pk, job.pk, after)

    with workspace_scope(workspace.pk):
        response = downloads.give_csv(workspace.pk, "refused.csv", read)
        whole = b"".join(queries.iter_refused_csv(workspace.pk, job.pk))
    pieces = asyncio.run(take(response, asked))
    assert [count for _, count in pieces] == [1, 2, 3]
    assert b"".join(piece for piece, _ in pieces) == whole
    lines = whole.decode("utf-8-sig").splitlines()
    assert lines[0] == "line,outcome,reason,column,phone"
    assert [line.split(",")[2] for line in lines[1:]] == [f"r{place}" for place in range(4001)]


def test_a_file_on_disk_is_read_while_it_is_sent(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes(b"x" * (3 << 20))
    response = downloads.give_file(tmp_path / "people.csv", "people.csv", "text/csv")
    assert response["Content-Length"] == str(3 << 20)
    assert [len(piece) for piece, _ in asyncio.run(take(response, []))] == [1 << 20] * 3
    response.close()
