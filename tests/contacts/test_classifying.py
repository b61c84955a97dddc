"""Automatic tags keep themselves right: people come and go with what they do, with time, and with the rules."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from switchboard.contacts import classify_store, classifying, facts, facts_store
from switchboard.contacts import store as contacts_store
from switchboard.contacts.actions import classification, events
from switchboard.contacts.actions import hygiene as hygiene_actions
from switchboard.contacts.actions import segments as segment_actions
from switchboard.contacts.actions import tags as tag_actions
from switchboard.contacts.actions.tags import TagWish
from switchboard.contacts.errors import SegmentError
from switchboard.contacts.models import Activity, Change, Check, Contact, Pass, Sweep, Tag
from switchboard.contacts.store import Seen
from switchboard.core.tenancy import workspace_scope
from switchboard.team.models import Workspace
from tests import factories
from tests.conftest import NOON, OwnDatabase

DAY = timedelta(days=1)


class Place:
    """A shop whose worker looks at people when told to."""

    def __init__(self, database: OwnDatabase) -> None:
        self.conninfo = database.conninfo("stream")
        self.workspace: Workspace = factories.make_workspace()

    def stream(self, work: Callable[[Any], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            async with await psycopg.AsyncConnection.connect(self.conninfo, autocommit=True) as connection:
                return await work(connection)

        return asyncio.run(run())

    def look(self, now: datetime) -> None:
        """Let the worker look until nobody is left."""

        async def work(connection: Any) -> None:
            while await classifying.step(connection, now):
                continue

        self.stream(work)

    def wrote(self, contact: Contact, at: datetime, sessions: int = 1) -> None:
        seen = [Seen(self.workspace.pk, contact.pk, at, 1, sessions)]
        self.stream(lambda connection: contacts_store.record_seen(connection, seen))

    def switch_on(self, key: str, now: datetime = NOON) -> None:
        with workspace_scope(self.workspace.pk):
            classification.switch_on(workspace_id=self.workspace.pk, key=key, now=now, by=1, names={})
        self.look(now)

    def tags_of(self, contact: Contact) -> set[str]:
        with workspace_scope(self.workspace.pk):
            names = dict(Tag.objects.values_list("pk", "name"))
            return {names[key] for key in Activity.objects.get(pk=contact.pk).classes}

    def changes_of(self, contact: Contact) -> list[tuple[str, bool]]:
        with workspace_scope(self.workspace.pk):
            names = dict(Tag.objects.values_list("pk", "name"))
            rows = Change.objects.filter(contact_id=contact.pk).order_by("id")
            return [(names[row.tag_id], row.is_member) for row in rows]

    def save_tag(self, name: str, rule: Any, **more: Any) -> Tag:
        with workspace_scope(self.workspace.pk):
            return tag_actions.save_tag(workspace_id=self.workspace.pk, wish=TagWish(name, rule=rule, **more), now=NOON)


@pytest.fixture
def place(database: OwnDatabase) -> Place:
    return Place(database)


def test_whoever_writes_often_becomes_active_and_cools_by_time_alone(place: Place) -> None:
    hana = factories.make_contact(place.workspace)
    place.switch_on("activity")
    assert place.tags_of(hana) == {"Never wrote"}
    for day in range(3):
        place.wrote(hana, NOON + day * DAY)
    place.look(NOON + 2 * DAY)
    assert place.tags_of(hana) == {"Activity: high"}
    last = NOON + 2 * DAY
    # The first bucket (3 March) falls out at the beginning of 10 March, UTC.
    midnight = datetime(2026, 3, 10, tzinfo=NOON.tzinfo)
    place.look(midnight - timedelta(seconds=1))
    assert place.tags_of(hana) == {"Activity: high"}
    place.look(midnight)
    assert place.tags_of(hana) == {"Activity: middle"}
    place.look(last + 31 * DAY)
    assert place.tags_of(hana) == {"Activity: cooling"}
    place.look(last + 90 * DAY)
    assert place.tags_of(hana) == {"Activity: low"}
    # What a rule's switching on has done is no news; everything after it is.
    assert place.changes_of(hana) == [
        ("Activity: high", True), ("Never wrote", False),
        ("Activity: middle", True), ("Activity: high", False),
        ("Activity: cooling", True), ("Activity: middle", False),
        ("Activity: low", True), ("Activity: cooling", False),
    ]  # fmt: skip


def test_nobody_is_looked_at_before_their_time(place: Place) -> None:
    hana = factories.make_contact(place.workspace)
    place.wrote(hana, NOON)
    place.switch_on("activity")
    with workspace_scope(place.workspace.pk):
        assert Check.objects.get(pk=hana.pk).check_at == datetime(2026, 3, 10, tzinfo=NOON.tzinfo)

    async def find(connection: Any) -> list[int]:
        return await classify_store.list_work(connection, NOON + 6 * DAY)

    assert place.stream(find) == []


def test_read_and_not_replied_is_followed_up_for_48_hours(place: Place) -> None:
    hana, ming = factories.make_contact(place.workspace), factories.make_contact(place.workspace)
    place.switch_on("follow_up")
    for contact in (hana, ming):
        _read(place, contact, NOON)
    place.look(NOON)
    assert place.tags_of(hana) == place.tags_of(ming) == {"Follow up"}
    _read(place, ming, NOON, replied_at=NOON + timedelta(hours=1))
    place.look(NOON + timedelta(hours=1))
    assert (place.tags_of(hana), place.tags_of(ming)) == ({"Follow up"}, set())
    place.look(NOON + timedelta(hours=48))
    assert place.tags_of(hana) == set()


def _read(place: Place, contact: Contact, at: datetime, replied_at: datetime | None = None) -> None:
    outcome = facts_store.Outcome(contact.pk, 1, 1, at, at, at, replied_at, None, "")
    reached = contacts_store.Reached(place.workspace.pk, contact.pk, at, at, at)

    async def work(connection: Any) -> None:
        await contacts_store.record_reached(connection, [reached])
        await facts_store.record_outcomes(connection, place.workspace.pk, [outcome])

    place.stream(work)


def test_each_buyer_has_a_cycle_of_their_own(place: Place) -> None:
    hana = factories.make_contact(place.workspace)
    place.switch_on("cycle")
    with workspace_scope(place.workspace.pk):
        bought = facts.OrderFacts(hana.pk, 3, 300, NOON - 20 * DAY, NOON)  # type: ignore[arg-type]  # a whole number will do
        facts.record_order_facts(workspace_id=place.workspace.pk, facts=[bought])
    place.look(NOON)
    found = []
    for day in (9, 10, 15, 25):
        place.look(NOON + day * DAY)
        found.append(place.tags_of(hana))
    assert found == [set(), {"Order due"}, {"Order late"}, {"Order lost"}]


def test_asked_and_not_registered_ends_with_the_registration(place: Place) -> None:
    hana = factories.make_contact(place.workspace)
    place.switch_on("asked")

    def did(name: str, at: datetime) -> None:
        with workspace_scope(place.workspace.pk):
            told = [events.NewEvent(hana.pk, name, name, at)]
            events.add_events(workspace_id=place.workspace.pk, events=told, now=at)
        place.look(at)

    did("asked", NOON)
    assert place.tags_of(hana) == {"Asked, not registered"}
    did("registered", NOON + DAY)
    assert place.tags_of(hana) == set()


def test_a_persons_word_stands_against_the_rule_and_counts_as_its_error(place: Place) -> None:
    hana, ming = factories.make_contact(place.workspace), factories.make_contact(place.workspace)
    place.switch_on("activity")
    with workspace_scope(place.workspace.pk):
        tag = Tag.objects.get(name="Never wrote")
        tag_actions.take_tag(workspace_id=place.workspace.pk, contact_id=hana.pk, tag_id=tag.pk, now=NOON, by=1)
        report = hygiene_actions.write_report(workspace_id=place.workspace.pk, now=NOON)
    assert report.findings["error_rate"] == 1.0
    place.wrote(ming, NOON)
    place.wrote(hana, NOON)
    place.look(NOON)
    with workspace_scope(place.workspace.pk):
        tag_actions.look_at_everybody(place.workspace.pk)
    place.look(NOON)
    assert place.tags_of(hana) == {"Activity: middle"}
    assert ("Never wrote", False) in place.changes_of(hana)


def test_a_changed_rule_is_applied_to_everybody(place: Place) -> None:
    people = [factories.make_contact(place.workspace, country=country) for country in ("JP", "CN")]
    tag = place.save_tag("Near", {"all": [{"field": "country", "test": "in", "values": ["JP"]}]})
    place.look(NOON)
    assert [place.tags_of(one) for one in people] == [{"Near"}, set()]
    with workspace_scope(place.workspace.pk):
        wish = TagWish("Near", rule={"all": [{"field": "country", "test": "in", "values": ["CN"]}]})
        tag_actions.save_tag(workspace_id=place.workspace.pk, wish=wish, now=NOON, tag_id=tag.pk)
    place.look(NOON)
    assert [place.tags_of(one) for one in people] == [set(), {"Near"}]


def test_what_a_rule_did_to_everybody_is_known_but_is_no_news_of_theirs(place: Place) -> None:
    near = [factories.make_contact(place.workspace, country="JP").pk for _ in range(2)]
    far = factories.make_contact(place.workspace, country="CN")
    tag = place.save_tag("Near", {"all": [{"field": "country", "test": "in", "values": ["JP"]}]})
    place.look(NOON)
    with workspace_scope(place.workspace.pk):
        sweep = Sweep.objects.get()
        assert (sweep.tag_id, sweep.is_member, sweep.at, sweep.contact_ids) == (tag.pk, True, NOON, near)
        assert not Change.objects.exists()
        Contact.objects.filter(pk=far.pk).update(country="JP")
    place.look(NOON + DAY)
    assert place.changes_of(far) == [("Near", True)]
    with workspace_scope(place.workspace.pk):
        hygiene_actions.tidy_up(workspace_id=place.workspace.pk, now=NOON + 31 * DAY)
        assert not Sweep.objects.exists()


def test_a_killed_pass_goes_on_where_it_was(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [factories.make_contact(place.workspace, country="JP") for _ in range(5)]
    place.save_tag("Near", {"all": [{"field": "country", "test": "in", "values": ["JP"]}]})

    async def take_two(connection: Any) -> None:
        await classify_store.make_room(connection)
        await classifying.look_at_next(connection, place.workspace.pk, NOON, limit=2)

    place.stream(take_two)
    with monkeypatch.context() as patched:
        patched.setattr(classify_store, "SQL_KEEP_CHECKS", "SELECT 1 / 0")
        with pytest.raises(psycopg.errors.DivisionByZero):
            place.stream(take_two)
    with workspace_scope(place.workspace.pk):
        assert Pass.objects.get().reached_id == people[1].pk
    assert [bool(place.tags_of(one)) for one in people] == [True, True, False, False, False]
    place.look(NOON)
    assert all(place.tags_of(one) == {"Near"} for one in people)


def test_a_change_while_others_are_looked_at_is_not_lost(place: Place) -> None:
    hana = factories.make_contact(place.workspace)
    place.switch_on("activity")

    async def work(looking: Any) -> None:
        await classify_store.make_room(looking)
        async with await psycopg.AsyncConnection.connect(place.conninfo) as writing:
            await contacts_store.record_seen(writing, [Seen(place.workspace.pk, hana.pk, NOON, 1, 1)])
            # Not committed: nobody waits for anybody, and the look finds nothing.
            assert await classifying.look_at_changed(looking, place.workspace.pk, NOON) == 0
            await writing.commit()
        assert await classifying.look_at_changed(looking, place.workspace.pk, NOON) == 1

    place.stream(work)
    assert place.tags_of(hana) == {"Activity: middle"}


def test_a_rule_may_ask_for_an_automatic_tag_but_not_for_its_own(place: Place) -> None:
    hana = factories.make_contact(place.workspace, country="JP")
    near = place.save_tag("Near", {"all": [{"field": "country", "test": "in", "values": ["JP"]}]})
    far = place.save_tag("Not near", {"none": [{"field": "tag", "test": "has", "values": [near.pk]}]})
    place.look(NOON)
    place.look(NOON)
    assert place.tags_of(hana) == {"Near"}
    wish = TagWish("Near", rule={"all": [{"field": "tag", "test": "has", "values": [far.pk]}]})
    with workspace_scope(place.workspace.pk), pytest.raises(SegmentError, match="asks for its own tag"):
        tag_actions.save_tag(workspace_id=place.workspace.pk, wish=wish, now=NOON, tag_id=near.pk)


def test_a_rule_whose_field_is_gone_leaves_people_as_they_are(place: Place) -> None:
    hana = factories.make_contact(place.workspace, country="JP")
    place.save_tag("Near", {"all": [{"field": "country", "test": "in", "values": ["JP"]}]})
    place.look(NOON)
    with workspace_scope(place.workspace.pk):
        Tag.objects.filter(name="Near").update(rule={"all": [{"field": "field:gone", "test": "filled"}]})
    place.wrote(hana, NOON)
    place.look(NOON)
    assert place.tags_of(hana) == {"Near"}


def test_a_rule_follows_the_segment_it_asks_for(place: Place) -> None:
    hana = factories.make_contact(place.workspace, country="JP")
    saved: dict[str, Any] = {"workspace_id": place.workspace.pk, "name": "Here", "now": NOON, "by": 1}
    with workspace_scope(place.workspace.pk):
        segment = segment_actions.save_segment(
            definition={"all": [{"field": "country", "test": "in", "values": ["CN"]}]}, **saved
        )
    place.save_tag("Near", {"all": [{"field": "segment", "test": "in", "values": [segment.pk]}]})
    place.look(NOON)
    assert place.tags_of(hana) == set()
    with workspace_scope(place.workspace.pk):
        segment_actions.save_segment(
            definition={"all": [{"field": "country", "test": "in", "values": ["JP"]}]}, segment_id=segment.pk, **saved
        )
    place.look(NOON)
    assert place.tags_of(hana) == {"Near"}


def test_days_fall_out_of_the_counts_at_night(place: Place) -> None:
    hana = factories.make_contact(place.workspace)
    place.wrote(hana, NOON)
    place.wrote(hana, NOON + 5 * DAY)

    def counts(now: datetime) -> tuple[int, ...]:
        with workspace_scope(place.workspace.pk):
            hygiene_actions.roll_days(workspace_id=place.workspace.pk, now=now)
            found = Activity.objects.get(pk=hana.pk)
            return found.sessions_7, found.messages_30, found.messages_90

    assert counts(NOON + 5 * DAY) == (2, 2, 2)
    assert counts(NOON + 7 * DAY) == (1, 2, 2)
    assert counts(NOON + 31 * DAY) == (0, 1, 2)
    assert counts(NOON + 95 * DAY) == (0, 0, 0)


def test_of_two_tags_that_exclude_each_other_the_newest_stays(place: Place) -> None:
    wish = {"group": "Plan", "is_exclusive": True}
    silver, gold = (place.save_tag(name, None, **wish) for name in ("Silver", "Gold"))
    hana = factories.make_contact(place.workspace, tags=["Gold"])
    with workspace_scope(place.workspace.pk):
        Contact.objects.filter(pk=hana.pk).update(tags=sorted([silver.pk, gold.pk]))
    place.look(NOON)
    place.look(NOON)
    with workspace_scope(place.workspace.pk):
        assert Contact.objects.get(pk=hana.pk).tags == [silver.pk]
        assert Activity.objects.get(pk=hana.pk).tags == [silver.pk]
