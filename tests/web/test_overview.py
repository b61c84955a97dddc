"""The first page: what runs, what came back, what to do first."""

from datetime import timedelta

from django.test import Client

from switchboard.broadcasts import actions as broadcasts_actions
from switchboard.core import clock, ids
from switchboard.core.tenancy import workspace_scope
from switchboard.delivery import actions as delivery_actions
from switchboard.delivery.types import Measure, Origin
from switchboard.replies.models import InboundMessage
from tests import factories
from tests.web.conftest import Shop, SignIn


def test_a_new_workspace_is_told_the_first_steps(db: None, sign_in: SignIn) -> None:
    page = sign_in(factories.make_workspace("Empty")).get("/").content.decode()
    assert "First steps" in page
    assert "No broadcasts yet" in page


def test_the_day_is_added_up(shop: Shop, olive: Client) -> None:
    broadcast = factories.make_broadcast(shop.workspace, shop.numbers)
    with workspace_scope(shop.workspace.pk):
        broadcasts_actions.start_broadcast(workspace_id=shop.workspace.pk, broadcast_id=broadcast.pk, now=clock.now())
        for measure, amount in ((Measure.SENT, 1234), (Measure.READ, 617)):
            delivery_actions.tally(
                workspace_id=shop.workspace.pk,
                origin=Origin.BROADCAST,
                origin_id=broadcast.pk,
                number_id=shop.numbers[0].pk,
                measure=measure,
                amount=amount,
                now=clock.now(),
            )
    page = olive.get("/").content.decode()
    assert "1,234" in page
    assert "50%" in page


def test_the_latest_replies_name_who_wrote(shop: Shop, olive: Client) -> None:
    at = clock.now() - timedelta(minutes=1)
    with workspace_scope(shop.workspace.pk):
        InboundMessage.objects.create(
            id=ids.inbound_message_id(at, "wamid.1"),
            workspace_id=shop.workspace.pk,
            number_id=shop.numbers[0].pk,
            contact_id=shop.contacts[0].pk,
            wamid="wamid.1",
            kind="text",
            text="<b>停止</b>",
            body={},
            sent_at=at,
            received_at=at,
            is_opt_out=True,
        )
    page = olive.get("/").content.decode()
    assert "花子" in page
    assert "&lt;b&gt;停止&lt;/b&gt;" in page
    assert "Opted out" in page


def test_htmx_gets_the_live_part_alone(olive: Client) -> None:
    part = olive.get("/", headers={"HX-Request": "true"}).content.decode()
    assert "Waiting" in part
    assert "<html" not in part
