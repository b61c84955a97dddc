"""Taking a merge back gives each of two people exactly what they had, in every table that knows people."""

import random
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from switchboard.broadcasts.models import Broadcast, Recipient
from switchboard.contacts.errors import NumberTakenError
from switchboard.contacts.models import (
    Activity,
    Alias,
    BroadcastOutcome,
    Check,
    Contact,
    Correction,
    Day,
    Edit,
    EditedRow,
    Event,
    Identity,
    Import,
    ImportedRow,
    Note,
    Tag,
)
from switchboard.conversations.models import Conversation, Line, Session, Timer
from switchboard.conversions import actions as conversions_actions
from switchboard.conversions.rules import NewOrder
from switchboard.core import ids, statements
from switchboard.delivery.models import Delivery, Lane, Message, Outbox, Person, Reach, Window
from switchboard.replies import joining, parting
from switchboard.replies.models import Answer, Coupon, CouponPool, Decision, InboundMessage
from switchboard.team.models import Workspace
from tests.conftest import NOON
from tests.factories import make_broadcast, make_contact, make_number, make_template, make_workspace

# Every table that knows a person by contact_id, or by one of their conversations.
SQL_TABLES = """
SELECT DISTINCT table_name::text FROM information_schema.columns
WHERE table_schema = 'public' AND column_name IN ('contact_id', 'conversation_id')
"""
# Queues and logs that only ever grow: a merge and its undo are two more lines.
GROWING = {"contacts_changed", "contacts_change"}


def look(workspace: Workspace) -> dict[str, list[str]]:
    """Return every row of every table that knows people, as text."""
    seen: dict[str, list[str]] = {}
    for (table,) in statements.fetch(SQL_TABLES, {}):
        rows = [row for (row,) in statements.fetch(f"SELECT to_jsonb(one) - 'version' FROM {table} AS one", {})]
        seen[table] = sorted(map(str, rows))
    seen["delivery_delivery"] = sorted(str(one) for one in Delivery.objects.values())
    tally = """SELECT origin_id, number_id, measure, reason, sum(amount) FROM delivery_tally
        GROUP BY 1, 2, 3, 4 HAVING sum(amount) <> 0 ORDER BY 1, 2, 3, 4"""
    seen["delivery_tally"] = [str(one) for one in statements.fetch(tally, {})]
    return seen


def assert_same(before: dict[str, list[str]], after: dict[str, list[str]]) -> None:
    for table, rows in before.items():
        if table in GROWING:
            assert set(rows) <= set(after[table]), table
        else:
            assert (set(rows) - set(after[table]), set(after[table]) - set(rows)) == (set(), set()), table
            assert len(after[table]) == len(rows), table


class Place:
    """A shop with everything that two people can have something in."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.workspace = make_workspace()
        self.numbers = [make_number(self.workspace) for _ in range(3)]
        make_template(self.workspace, self.numbers[0].account)
        self.broadcasts = [make_broadcast(self.workspace, self.numbers, name=f"B{index}") for index in range(4)]
        Broadcast.objects.update(state="sending")
        own = {"workspace_id": self.workspace.pk}
        self.tags = [Tag.objects.create(**own, name=f"T{index}", created_at=NOON) for index in range(5)]
        self.edits = [Edit.objects.create(**own, kind="add_tags", at=NOON) for _ in range(2)]
        self.imports = [
            Import.objects.create(**own, file_name="a.csv", file_path="a", file_bytes=1, created_at=NOON, state="done")
            for _ in range(3)
        ]
        self.pools = [CouponPool.objects.create(**own, name=f"P{index}") for index in range(2)]
        self.order_count = 0

    def some(self, things: list[Any]) -> list[Any]:
        return [one for one in things if self.dice.random() < 0.6]

    def moment(self) -> Any:
        return NOON - timedelta(minutes=self.dice.randrange(1, 60_000))

    def make_person(self, phone: str | None) -> Contact:
        dice, workspace = self.dice, self.workspace
        contact = make_contact(
            workspace,
            phone=phone or "+819011112222",
            agreed=dice.choice(["", "marketing", "utility"]),
            is_opted_out=dice.random() < 0.3,
            name=dice.choice(["", "Hana", "花子"]),
            email=dice.choice(["", f"{dice.random()}@example.com"]),
            language=dice.choice(["", "ja"]),
            fields={key: dice.random() for key in self.some(["a", "b", "c"])},
            created_at=self.moment(),
        )
        Contact.objects.filter(pk=contact.pk).update(phone=phone, tags=[tag.pk for tag in self.some(self.tags)])
        self._give_facts(contact.pk)
        self._give_deeds(contact.pk)
        self._give_messages(contact.pk)
        self._give_threads(contact.pk)
        return contact

    def _give_facts(self, contact_id: int) -> None:
        dice, own = self.dice, {"workspace_id": self.workspace.pk, "contact_id": contact_id}
        times = {f"last_{name}_at": self.moment() for name in self.some(["sent", "read", "seen", "reply", "click"])}
        counts = {name: dice.randrange(9) for name in ("inbound_count", "session_count", "messages_7", "events_90")}
        Activity.objects.filter(contact_id=contact_id).update(**times, **counts, classes=[dice.randrange(9)])
        for back in self.some([0, 1, 2, 3]):
            figures = {name: dice.randrange(3) for name in ("sessions", "messages", "events")}
            Day.objects.create(**own, day=NOON.date() - timedelta(days=back), **figures)
        for broadcast in self.some(self.broadcasts):
            number_id = self.numbers[0].pk
            BroadcastOutcome.objects.create(
                **own, broadcast_id=broadcast.pk, number_id=number_id, sent_at=self.moment()
            )
            Recipient.objects.create(**own, broadcast_id=broadcast.pk)
        for tag in self.some(self.tags):
            Correction.objects.create(**own, tag_id=tag.pk, is_member=dice.random() < 0.5, at=self.moment())
        Check.objects.update_or_create(contact_id=contact_id, defaults={**own, "check_at": NOON})
        Alias.objects.create(former_id=contact_id + 1000, **own, merged_at=self.moment())

    def _give_deeds(self, contact_id: int) -> None:
        own = {"workspace_id": self.workspace.pk, "contact_id": contact_id}
        Identity.objects.create(**own, kind="wa_id", value=f"81{contact_id}")
        Note.objects.create(**own, text="likes tea", at=self.moment())
        Event.objects.create(**own, name="visited", external_id=str(contact_id), at=self.moment(), created_at=NOON)
        for edit in self.some(self.edits):
            EditedRow.objects.create(**own, edit_id=edit.pk, before={"tags": [1], "value": None})
        for job in self.some(self.imports):
            before = {"name": None} if self.dice.random() < 0.5 else None
            ImportedRow.objects.create(**own, import_id=job.pk, line=contact_id, is_new=False, before=before)
        for pool in self.some(self.pools):
            Coupon.objects.create(
                workspace_id=self.workspace.pk, pool=pool, code=str(contact_id), contact_id=contact_id
            )
        for _ in range(self.dice.randrange(3)):
            self.order_count += 1
            order = NewOrder(f"A-{self.order_count}", Decimal("19.90"), "JPY", self.moment())
            conversions_actions.record_order(
                workspace_id=self.workspace.pk, person=str(contact_id), order=order, now=NOON
            )

    def _give_messages(self, contact_id: int) -> None:
        own = {"workspace_id": self.workspace.pk, "contact_id": contact_id}
        for number in self.some(self.numbers):
            Window.objects.create(**own, number_id=number.pk, opened_at=self.moment())
        Person.objects.create(**own, version=1, log=self.dice.randbytes(16))
        if self.dice.random() < 0.5:
            Reach.objects.create(**own, undeliverable_count=2, undeliverable_at=self.moment())
        for broadcast in self.some(self.broadcasts):
            self._send(own, broadcast)

    def _send(self, own: dict[str, int], broadcast: Broadcast) -> None:
        number_id = self.numbers[self.dice.randrange(3)].pk
        place = {"workspace_id": own["workspace_id"], "number_id": number_id, "priority": 4}
        lane, _ = Lane.objects.get_or_create(
            **place, origin_kind="broadcast", origin_id=broadcast.pk, defaults={"version": 0}
        )
        message = Message.objects.create(
            **own, id=ids.new_message_id(NOON), lane_id=lane.pk, number_id=number_id, origin_kind="broadcast",
            origin_id=broadcast.pk, category="marketing", recipient="81", zones="", body={"a": 1}, created_at=NOON,
        )  # fmt: skip
        state = self.dice.choice([None, None, 0, 50])
        if state is not None:
            Delivery.objects.create(message_id=message.pk, workspace_id=own["workspace_id"], state=state)
        if state in {None, 0}:
            hold = self.dice.choice([None, {"until": None}])
            Outbox.objects.create(
                **own, lane_id=lane.pk, due_at=NOON, message_id=message.pk, number_id=number_id,
                hold="quiet" if hold else None, hold_detail=hold,
            )  # fmt: skip

    def _give_threads(self, contact_id: int) -> None:
        own = {"workspace_id": self.workspace.pk}
        for number in self.some(self.numbers):
            thread = Conversation.objects.create(
                **own, contact_id=contact_id, number_id=number.pk, session_started_at=self.moment(),
                last_inbound_at=self.moment(), last_inbound_id=uuid.uuid4(), last_outbound_at=self.moment(),
                answering=self.dice.choice(["bot", "person"]), recent_answers=[self.moment()], hand_over={"reason": None},
                waits_since=self.dice.choice([None, self.moment()]),
            )  # fmt: skip
            inside = {**own, "conversation_id": thread.pk}
            for session in range(1, self.dice.randrange(2, 4)):
                Session.objects.create(**inside, number=session, started_at=self.moment())
            Line.objects.create(**inside, kind="no_match", at=self.moment())
            Timer.objects.create(**inside, kind="answer", due_at=NOON + timedelta(minutes=1), payload={"text": "hi"})
            message_id = ids.new_message_id(NOON)
            Decision.objects.create(**inside, message_id=message_id, number_id=number.pk, at=NOON, outcome="answer")
            Answer.objects.create(**inside, rule_id=1, rung=0, version=1, kind="text", asked_at=NOON, at=NOON, parts=1)
            InboundMessage.objects.create(
                **own, id=message_id, number_id=number.pk, contact_id=contact_id, wamid=str(message_id), kind="text",
                text="hello", body={}, sent_at=NOON, received_at=NOON,
            )  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_a_merge_and_its_undo_leave_everything_as_it_was(db: None, seed: int) -> None:
    place = Place(seed)
    kept = place.make_person(None if seed % 4 == 0 else "+819012345678")
    lost = place.make_person("+818012345678")
    before = look(place.workspace)
    merge = joining.merge_people(workspace_id=place.workspace.pk, keep=kept.pk, lose=lost.pk, by=1, now=NOON)
    assert f"'contact_id': {lost.pk}," not in str({**look(place.workspace), "broadcasts_recipient": []})
    parting.undo_merge(workspace_id=place.workspace.pk, merge_id=merge.pk, now=NOON)
    assert_same(before, look(place.workspace))


def test_it_is_refused_in_one_sentence_when_somebody_else_has_the_number_now(db: None) -> None:
    workspace = make_workspace()
    kept, lost = make_contact(workspace), make_contact(workspace, phone="+818012345678")
    merge = joining.merge_people(workspace_id=workspace.pk, keep=kept.pk, lose=lost.pk, by=1, now=NOON)
    make_contact(workspace, phone="+818012345678", name="Sam")
    with pytest.raises(NumberTakenError):
        parting.undo_merge(workspace_id=workspace.pk, merge_id=merge.pk, now=NOON)


def test_what_happened_since_stays_with_the_one_who_was_kept(db: None) -> None:
    workspace = make_workspace()
    kept, lost = make_contact(workspace), make_contact(workspace, fields={"city": "Kobe", "plan": "Free"})
    for contact, count in ((kept, 2), (lost, 5)):
        Activity.objects.filter(contact_id=contact.pk).update(inbound_count=count, last_reply_at=NOON)
    merge = joining.merge_people(workspace_id=workspace.pk, keep=kept.pk, lose=lost.pk, by=1, now=NOON)
    later = NOON + timedelta(hours=1)
    Activity.objects.filter(contact_id=kept.pk).update(inbound_count=8, last_reply_at=later)
    Contact.objects.filter(pk=kept.pk).update(fields={"city": "Osaka", "plan": "Free"})
    parting.undo_merge(workspace_id=workspace.pk, merge_id=merge.pk, now=later)
    activity = Activity.objects.get(contact_id=kept.pk)
    assert (activity.inbound_count, activity.last_reply_at) == (3, later)
    assert Contact.objects.get(pk=kept.pk).fields == {"city": "Osaka"}
    assert Contact.objects.get(pk=lost.pk).fields == {"city": "Kobe", "plan": "Free"}
