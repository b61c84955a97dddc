"""The list of conversations and one thread, as a colleague sees and steers them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from switchboard.conversations.models import Conversation, Line, Timer
from switchboard.core import clock, ids
from switchboard.core.tenancy import workspace_scope
from switchboard.delivery.models import Message, Window
from switchboard.replies.models import InboundMessage
from switchboard.web.conversations import bubbles, thread
from tests import factories
from tests.web.conftest import Shop, SignIn
from tests.web.test_query_counts import FRAME


def make_thread(
    shop: Shop, *, contact: int = 0, written_ago: timedelta = timedelta(minutes=5), **values: Any
) -> Conversation:
    """Somebody wrote to the shop's first number."""
    at = clock.now() - written_ago
    message_id = ids.inbound_message_id(at, f"wamid.{contact}.{written_ago}")
    owner = {
        "workspace_id": shop.workspace.pk,
        "contact_id": shop.contacts[contact].pk,
        "number_id": shop.numbers[0].pk,
    }
    with workspace_scope(shop.workspace.pk):
        InboundMessage.objects.create(
            id=message_id, wamid="w", kind="text", text="返品できますか", body={}, sent_at=at, received_at=at, **owner
        )
        Window.objects.create(opened_at=at, **owner)
        return Conversation.objects.create(
            **{"session_started_at": at, "last_inbound_at": at, "last_inbound_id": message_id, **owner, **values}
        )


def note(thread: Conversation, kind: str, **detail: Any) -> None:
    with workspace_scope(thread.workspace_id):
        Line.objects.create(
            workspace_id=thread.workspace_id, conversation_id=thread.pk, kind=kind, at=clock.now(), detail=detail
        )


def test_the_list_shows_who_wrote_and_who_answers(shop: Shop, olive: Client) -> None:
    make_thread(shop)
    page = olive.get("/conversations/").content.decode()
    assert "花子" in page
    assert "返品できますか" in page
    assert "Automatic" in page


def test_those_who_wait_come_first_the_urgent_and_the_morning_before_others(shop: Shop, olive: Client) -> None:
    now = clock.now()
    urgency: tuple[dict[str, Any], ...] = ({}, {"is_collected": True}, {"priority": 1})
    for place, values in enumerate(urgency):
        make_thread(shop, contact=place, waits_since=now - timedelta(minutes=place), **values)
    page = olive.get("/conversations/?view=waiting").content.decode()
    assert page.index("Emma") < page.index("小明") < page.index("花子")


def test_nobody_waiting_says_what_this_is_for(shop: Shop, olive: Client) -> None:
    assert "Nobody is waiting" in olive.get("/conversations/?view=waiting").content.decode()


def test_a_thread_shows_what_rules_did(shop: Shop, olive: Client) -> None:
    thread = make_thread(shop)
    note(thread, "rule_answered", rule="Returns", rung=1)
    note(thread, "handed_over", reason="third_answer", rule="Returns")
    note(thread, "coupon", coupon="autumn: C1")
    page = olive.get(f"/conversations/{thread.pk}/").content.decode()
    assert "Rule “Returns” answered (layer 2)" in page
    assert "after several automatic answers within an hour" in page
    assert "Coupon given: autumn: C1" in page


@pytest.mark.parametrize("kind", ["unknown_kind", "no_match", "after_hours", "not_sent", "assigned", "rung_unread"])
def test_every_kind_of_line_has_a_sentence(shop: Shop, olive: Client, kind: str) -> None:
    thread = make_thread(shop)
    note(thread, kind)
    assert olive.get(f"/conversations/{thread.pk}/").status_code == 200


@pytest.mark.parametrize(("status", "is_read"), [("delivered", False), ("read", True)])
def test_what_was_read_needs_no_fuller_answer(status: str, is_read: bool) -> None:
    at = clock.now()
    ours = thread.Entry(at, "ours", "1", ticks=bubbles.Ticks("checks", status, status))
    assert thread.is_read([ours, thread.Entry(at, "line", "2")]) is is_read


def test_a_reply_is_put_into_its_lane_and_takes_over(shop: Shop, olive: Client) -> None:
    thread = make_thread(shop)
    with workspace_scope(shop.workspace.pk):
        Timer.objects.create(
            workspace_id=shop.workspace.pk, conversation_id=thread.pk, kind="answer", due_at=clock.now()
        )
    page = olive.post(
        f"/conversations/{thread.pk}/reply/", {"text": "はい、14日以内です"}, follow=True
    ).content.decode()
    assert "はい、14日以内です" in page
    with workspace_scope(shop.workspace.pk):
        message = Message.objects.get(workspace_id=shop.workspace.pk)
        assert (message.origin_kind, message.recipient) == ("person", shop.contacts[0].phone)
        assert not Timer.objects.exists()
        assert Conversation.objects.get(pk=thread.pk).answering == "person"


@pytest.mark.parametrize(("text", "says"), [("", "Write something first"), ("x" * 4097, "at most 4,096 characters")])
def test_a_reply_that_cannot_be_sent_says_why(shop: Shop, olive: Client, text: str, says: str) -> None:
    thread = make_thread(shop)
    answer = olive.post(f"/conversations/{thread.pk}/reply/", {"text": text})
    assert (answer.status_code, says in answer.content.decode()) == (422, True)


def test_taking_over_and_restarting_are_one_click_each(shop: Shop, olive: Client) -> None:
    thread = make_thread(shop)
    page = olive.post(f"/conversations/{thread.pk}/take-over/", follow=True).content.decode()
    assert "answers from now on" in page
    page = olive.post(f"/conversations/{thread.pk}/restart/", follow=True).content.decode()
    assert "restarted the automatic answers" in page
    with workspace_scope(shop.workspace.pk):
        assert Conversation.objects.get(pk=thread.pk).answering == "bot"


def test_a_resolved_conversation_is_no_longer_waiting(shop: Shop, olive: Client) -> None:
    thread = make_thread(shop, waits_since=clock.now())
    olive.post(f"/conversations/{thread.pk}/resolve/")
    with workspace_scope(shop.workspace.pk):
        thread.refresh_from_db()
    assert (thread.state, thread.waits_since) == ("resolved", None)


def test_a_closed_window_leaves_only_templates(shop: Shop, olive: Client) -> None:
    thread = make_thread(shop, written_ago=timedelta(hours=30))
    page = olive.get(f"/conversations/{thread.pk}/").content.decode()
    assert "WhatsApp takes only templates now" in page
    assert "disabled" in page


def test_another_workspace_sees_nothing(shop: Shop, sign_in: SignIn) -> None:
    thread = make_thread(shop)
    client = sign_in(factories.make_workspace("Sam's"))
    assert client.get(f"/conversations/{thread.pk}/").status_code == 404
    assert "花子" not in client.get("/conversations/").content.decode()


def test_the_pages_ask_no_more_for_more_conversations(
    shop: Shop, olive: Client, django_assert_max_num_queries: Any
) -> None:
    threads = [make_thread(shop, contact=place, written_ago=timedelta(minutes=place + 1)) for place in range(3)]
    for place in range(10):
        note(threads[0], "rule_answered", rule=f"Rule {place}", rung=0)
    with django_assert_max_num_queries(FRAME + 6):
        assert olive.get("/conversations/?view=all").status_code == 200
    with django_assert_max_num_queries(FRAME + 11):
        assert olive.get(f"/conversations/{threads[0].pk}/").status_code == 200


def test_business_hours_are_set_and_shown(shop: Shop, olive: Client) -> None:
    week = {"mon": "09:00-12:00, 13:00-18:00", "zone": "Asia/Tokyo", "days_off": "2026-12-31"}
    page = olive.post("/conversations/hours/", week, follow=True).content.decode()
    assert "The business hours are saved." in page
    assert "09:00-12:00, 13:00-18:00" in page
    number = shop.numbers[0].pk
    olive.post(f"/conversations/hours/?number={number}", {"tue": "10:00-11:00", "zone": "Asia/Shanghai"})
    assert "Asia/Shanghai" in olive.get(f"/conversations/hours/?number={number}").content.decode()
    assert "2026-12-31" in olive.get("/conversations/hours/").content.decode()


@pytest.mark.parametrize(
    ("change", "says"),
    [({"mon": "9 to 5"}, "09:00-18:00"), ({"zone": "Mars"}, "no time zone"), ({"days_off": "tomorrow"}, "09:00-18:00")],
)
def test_business_hours_that_cannot_be_read_say_so(
    shop: Shop, olive: Client, change: dict[str, str], says: str
) -> None:
    answer = olive.post("/conversations/hours/", {"zone": "Asia/Tokyo", **change})
    assert (answer.status_code, says in answer.content.decode()) == (422, True)
