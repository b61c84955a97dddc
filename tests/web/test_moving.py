"""The work of a number that stands still may be taken over after a technical stop, and never after a restriction."""

import psycopg
import pytest
from django.test import Client

from switchboard.broadcasts import actions
from switchboard.broadcasts.models import Recipient
from switchboard.broadcasts.store import SQL_UNEXPANDED
from switchboard.core import clock
from switchboard.core.tenancy import workspace_scope
from switchboard.delivery.models import Message, Outbox
from switchboard.delivery.statements import moving
from switchboard.numbers import rules
from switchboard.numbers.models import Number
from tests import factories
from tests.conftest import NOON
from tests.web.conftest import Shop


@pytest.mark.parametrize(
    ("state", "code", "may"),
    [
        ("connected", "190", True),
        ("connected", "133010", True),
        ("disconnected", "", True),
        ("connected", "131048", False),
        ("connected", "368", False),
        ("connected", "131031", False),
        ("connected", "131042", False),
        ("restricted", "190", False),
        ("connected", "person", False),
        ("connected", "", False),
    ],
)
def test_only_a_technical_stop_lets_others_take_over(state: str, code: str, may: bool) -> None:
    assert rules.is_technical_stop(state, code) is may


def start(shop: Shop) -> int:
    """A broadcast through both numbers, its messages made and waiting."""
    with workspace_scope(shop.workspace.pk):
        broadcast = factories.make_broadcast(shop.workspace, shop.numbers, now=clock.now())
        actions.start_broadcast(workspace_id=shop.workspace.pk, broadcast_id=broadcast.pk, now=clock.now())
    actions.prepare_broadcast(workspace_id=shop.workspace.pk, broadcast_id=broadcast.pk, now=clock.now())
    expand(shop, broadcast.pk)
    return broadcast.pk


def expand(shop: Shop, broadcast_id: int) -> None:
    """Make every message that is missing."""
    with workspace_scope(shop.workspace.pk):
        while actions.expand_next_batch(workspace_id=shop.workspace.pk, broadcast_id=broadcast_id, now=clock.now()):
            pass


def stop(shop: Shop, code: str) -> Number:
    """The first number with messages stops."""
    with workspace_scope(shop.workspace.pk):
        number_id = Outbox.objects.values_list("number_id", flat=True)[0]
        Number.objects.filter(pk=number_id).update(stopped_at=NOON, stopped_code=code)
        return Number.objects.get(pk=number_id)


def test_it_shows_what_would_happen_then_others_write(shop: Shop, olive: Client) -> None:
    """Runs SQL_COUNT_MOVABLE, SQL_TAKE_BACK and SQL_UNEXPANDED."""
    broadcast_id = start(shop)
    number = stop(shop, "190")
    page = olive.get(f"/numbers/{number.pk}/move/").content.decode()
    assert "Autumn" in page
    assert "What would happen" in page
    olive.post(f"/numbers/{number.pk}/move/")
    with workspace_scope(shop.workspace.pk):
        assert not Message.objects.filter(number_id=number.pk).exists()
    expand(shop, broadcast_id)
    with workspace_scope(shop.workspace.pk):
        assert Outbox.objects.exclude(number_id=number.pk).count() == len(shop.contacts)
        assert not Recipient.objects.filter(message_id__isnull=True).exists()


@pytest.mark.parametrize("code", ["131048", "368", "131031", "131042"])
def test_a_restricted_number_keeps_its_work(shop: Shop, olive: Client, code: str) -> None:
    start(shop)
    number = stop(shop, code)
    assert "Move 1" not in olive.get(f"/numbers/{number.pk}/move/").content.decode()
    assert olive.post(f"/numbers/{number.pk}/move/").status_code == 409
    with workspace_scope(shop.workspace.pk):
        assert Outbox.objects.filter(number_id=number.pk).exists()


def test_what_waits_is_found_by_its_lanes(database) -> None:
    given = {"workspace_id": 1, "number_id": 1, "broadcast_id": 1, "limit": 1, "message_ids": []}
    with psycopg.connect(database.url, options="-c enable_seqscan=off") as connection:
        for statement in (moving.SQL_COUNT_MOVABLE, moving.SQL_TAKE_BACK):
            assert "delivery_outbox_pkey" in str(connection.execute(f"EXPLAIN {statement}", given).fetchall())
        assert "broadcasts_recipient" in str(connection.execute(f"EXPLAIN {SQL_UNEXPANDED}", given).fetchall())
