"""The list of broadcasts, and one with its progress."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from switchboard.broadcasts import actions
from switchboard.broadcasts.models import Broadcast
from switchboard.core import clock
from switchboard.core.tenancy import workspace_scope
from switchboard.delivery import actions as delivery_actions
from switchboard.delivery.types import Measure, Origin
from tests import factories
from tests.web.conftest import Shop


def count(shop: Shop, broadcast: Broadcast, measure: Measure, amount: int, now: datetime, reason: str = "") -> None:
    """Let so many messages of a broadcast have come so far."""
    with workspace_scope(shop.workspace.pk):
        delivery_actions.tally(
            workspace_id=shop.workspace.pk,
            origin=Origin.BROADCAST,
            origin_id=broadcast.pk,
            number_id=shop.numbers[0].pk,
            measure=measure,
            amount=amount,
            now=now,
            reason=reason,
        )


@pytest.fixture
def sending(shop: Shop) -> Broadcast:
    """A broadcast to three people that is being sent."""
    now = clock.now()
    broadcast = factories.make_broadcast(shop.workspace, shop.numbers, name="Autumn", now=now)
    with workspace_scope(shop.workspace.pk):
        actions.start_broadcast(workspace_id=shop.workspace.pk, broadcast_id=broadcast.pk, now=now)
        actions.prepare_broadcast(workspace_id=shop.workspace.pk, broadcast_id=broadcast.pk, now=now)
        while actions.expand_next_batch(workspace_id=shop.workspace.pk, broadcast_id=broadcast.pk, now=now):
            pass
        broadcast.refresh_from_db()
    assert broadcast.state == "sending"
    return broadcast


def test_the_list_filters_by_state_and_name(shop: Shop, olive: Client, sending: Broadcast) -> None:
    factories.make_broadcast(shop.workspace, shop.numbers, name="Spring plan")
    running = olive.get("/broadcasts/?group=running").content.decode()
    assert ("Autumn" in running, "Spring plan" in running) == (True, False)
    assert "Spring plan" in olive.get("/broadcasts/?q=spring").content.decode()
    assert "No broadcast matches" in olive.get("/broadcasts/?q=winter").content.decode()


def test_the_list_goes_on_page_by_page(shop: Shop, olive: Client) -> None:
    for place in range(31):
        factories.make_broadcast(shop.workspace, shop.numbers, name=f"Plan {place:02}")
    first = olive.get("/broadcasts/").content.decode()
    before = first.partition("?before=")[2].partition('"')[0]
    assert "Plan 00" not in first
    assert "Plan 00" in olive.get(f"/broadcasts/?before={before}").content.decode()


def test_a_draft_opens_where_it_is_written(shop: Shop, olive: Client) -> None:
    draft = factories.make_broadcast(shop.workspace, shop.numbers)
    assert olive.get(f"/broadcasts/{draft.pk}/")["Location"] == f"/broadcasts/{draft.pk}/edit/audience/"


def test_the_page_counts_everybody_once(shop: Shop, olive: Client, sending: Broadcast) -> None:
    now = clock.now()
    for measure, amount in ((Measure.SENT, 2), (Measure.DELIVERED, 1)):
        count(shop, sending, measure, amount, now)
    count(shop, sending, Measure.FAILED, 1, now, "131026")
    page = olive.get(f"/broadcasts/{sending.pk}/").content.decode()
    assert 'aria-label="Delivered, not read 1, Sent, not delivered 1, Failed 1"' in page
    assert "Code 131026" in page
    assert "not on WhatsApp, an old app, or the person blocked you" in page


def test_what_was_skipped_has_its_reason(shop: Shop, olive: Client) -> None:
    factories.make_contact(shop.workspace, name="Never asked", agreed="")
    now = clock.now()
    broadcast = factories.make_broadcast(shop.workspace, shop.numbers, now=now)
    with workspace_scope(shop.workspace.pk):
        actions.start_broadcast(workspace_id=shop.workspace.pk, broadcast_id=broadcast.pk, now=now)
        actions.prepare_broadcast(workspace_id=shop.workspace.pk, broadcast_id=broadcast.pk, now=now)
        actions.expand_next_batch(workspace_id=shop.workspace.pk, broadcast_id=broadcast.pk, now=now)
    assert "No consent, or opted out" in olive.get(f"/broadcasts/{broadcast.pk}/").content.decode()
    recipients = olive.get(f"/broadcasts/{broadcast.pk}/recipients/?state=skipped").content.decode()
    assert ("Never asked" in recipients, "花子" in recipients) == (True, False)
    assert "No consent for this category" in recipients


def test_the_night_is_named_with_its_end(shop: Shop, olive: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    night = clock.now().replace(hour=16, minute=0)  # 01:00 in Tokyo
    monkeypatch.setattr(clock, "now", lambda: night)
    broadcast = factories.make_broadcast(shop.workspace, shop.numbers, now=night)
    with workspace_scope(shop.workspace.pk):
        actions.start_broadcast(workspace_id=shop.workspace.pk, broadcast_id=broadcast.pk, now=night)
        actions.prepare_broadcast(workspace_id=shop.workspace.pk, broadcast_id=broadcast.pk, now=night)
        actions.expand_next_batch(workspace_id=shop.workspace.pk, broadcast_id=broadcast.pk, now=night)
    page = olive.get(f"/broadcasts/{broadcast.pk}/").content.decode()
    assert "Quiet hours where the contact lives" in page
    assert ">08:00</time>" in page


def test_the_forecast_names_the_narrowest_limit(shop: Shop, olive: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = clock.now().replace(hour=3, minute=0)  # Noon in Tokyo
    monkeypatch.setattr(clock, "now", lambda: noon)
    broadcast = factories.make_broadcast(shop.workspace, shop.numbers, now=noon, pace="careful")
    with workspace_scope(shop.workspace.pk):
        actions.start_broadcast(workspace_id=shop.workspace.pk, broadcast_id=broadcast.pk, now=noon)
        actions.prepare_broadcast(workspace_id=shop.workspace.pk, broadcast_id=broadcast.pk, now=noon)
        actions.expand_next_batch(workspace_id=shop.workspace.pk, broadcast_id=broadcast.pk, now=noon)
    page = olive.get(f"/broadcasts/{broadcast.pk}/").content.decode()
    assert "Finishes about 12:0" in page
    assert "Narrowest limit: " in page


def test_the_speed_has_a_table_beside_its_line(shop: Shop, olive: Client, sending: Broadcast) -> None:
    with workspace_scope(shop.workspace.pk):
        Broadcast.objects.filter(pk=sending.pk).update(started_at=clock.now() - timedelta(hours=1))
    count(shop, sending, Measure.SENT, 120, clock.now() - timedelta(minutes=2))
    page = olive.get(f"/broadcasts/{sending.pk}/").content.decode()
    assert 'data-chart="speed-table"' in page
    assert 'data-value="120"' in page


def test_pausing_and_resuming_work_from_the_page(olive: Client, sending: Broadcast) -> None:
    page = olive.post(f"/broadcasts/{sending.pk}/pause/", follow=True).content.decode()
    assert "Paused" in page
    assert "/resume/" in page
    olive.post(f"/broadcasts/{sending.pk}/resume/")
    assert Broadcast.objects.get(pk=sending.pk).state == "sending"


def test_cancelling_is_for_good(olive: Client, sending: Broadcast) -> None:
    page = olive.post(f"/broadcasts/{sending.pk}/cancel/", follow=True).content.decode()
    assert "The broadcast is cancelled." in page
    assert olive.post(f"/broadcasts/{sending.pk}/resume/").status_code == 409


def test_htmx_gets_the_live_part_alone(olive: Client, sending: Broadcast) -> None:
    part = olive.get(f"/broadcasts/{sending.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "Planned" in part
    assert "<html" not in part
    assert "<dialog" not in part


@pytest.mark.parametrize(
    "state", ["waiting", "sent", "delivered", "read", "replied", "failed", "skipped", "unknown", ""]
)
def test_recipients_are_listed_by_state(olive: Client, sending: Broadcast, state: str) -> None:
    answer = olive.get(f"/broadcasts/{sending.pk}/recipients/?state={state}")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert ("花子" in page, "from +81" in page) == ((state in {"", "waiting"},) * 2)


@pytest.mark.parametrize("address", ["?before=x", "?before=-1", "?before=99999999999999999999999", "?group=nonsense"])
def test_a_made_up_address_breaks_nothing(olive: Client, address: str) -> None:
    assert olive.get(f"/broadcasts/{address}").status_code == 200


def test_the_speed_comes_as_a_file_too(shop: Shop, olive: Client, sending: Broadcast) -> None:
    Broadcast.objects.filter(pk=sending.pk).update(started_at=clock.now() - timedelta(hours=1))
    count(shop, sending, Measure.SENT, 120, clock.now() - timedelta(minutes=2))
    answer = olive.get(f"/broadcasts/{sending.pk}/speed.csv")
    assert answer["Content-Type"].startswith("text/csv")
    assert answer.content.decode().splitlines()[1].endswith(",120,0,0")


def test_those_who_are_awake_have_a_finish_of_their_own(
    shop: Shop, olive: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.make_contact(shop.workspace, name="Asleep", phone="+447700900123", zones="Europe/London")
    noon = clock.now().replace(hour=3, minute=0)  # Noon in Tokyo, night in London
    monkeypatch.setattr(clock, "now", lambda: noon)
    broadcast = factories.make_broadcast(shop.workspace, shop.numbers, now=noon, pace="careful")
    with workspace_scope(shop.workspace.pk):
        actions.start_broadcast(workspace_id=shop.workspace.pk, broadcast_id=broadcast.pk, now=noon)
        actions.prepare_broadcast(workspace_id=shop.workspace.pk, broadcast_id=broadcast.pk, now=noon)
        actions.expand_next_batch(workspace_id=shop.workspace.pk, broadcast_id=broadcast.pk, now=noon)
    page = olive.get(f"/broadcasts/{broadcast.pk}/").content.decode()
    assert "Whoever is not held: about 12:0" in page
    assert "Quiet hours hold the last ones" in page


@pytest.mark.parametrize(
    ("reason", "promise"),
    [("never_left", "Nobody gets one twice"), ("unconfirmed", "gets it twice if you send it again")],
)
def test_what_failed_without_metas_word_is_sent_again_from_the_page(
    olive: Client, sending: Broadcast, reason: str, promise: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH gone AS (DELETE FROM delivery_outbox RETURNING message_id, workspace_id) "
            "INSERT INTO delivery_delivery (message_id, workspace_id, state, reason, failed_at) "
            "SELECT message_id, workspace_id, 40, %s, now() - interval '1 minute' FROM gone",
            [reason],
        )
    page = olive.get(f"/broadcasts/{sending.pk}/recipients/?state=failed&reason={reason}").content.decode()
    assert promise in page
    olive.post(f"/broadcasts/{sending.pk}/recipients/retry/", {"reason": reason})
    assert "花子" in olive.get(f"/broadcasts/{sending.pk}/recipients/?state=waiting").content.decode()
