"""Very many people are changed in steps: killed anywhere it goes on, stopped it stays, undone it is as before."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from switchboard.consent import actions as consent_actions
from switchboard.consent.models import Standing
from switchboard.contacts import edit_store
from switchboard.contacts.actions import edits, long_edits
from switchboard.contacts.actions import segments as segment_actions
from switchboard.contacts.choosing import Chosen
from switchboard.contacts.edit_store import SQL_FORGET_EDITED, SQL_LIST_EDITED, SQL_RESTORE_EDITED, SQL_TAKE_STEP
from switchboard.contacts.errors import EditRunningError, UndoTooLateError
from switchboard.contacts.models import Change, Contact, Edit, EditedRow, EditStep, Field, Tag
from switchboard.core import statements
from switchboard.core.tenancy import workspace_scope
from switchboard.team.models import Workspace
from tests.conftest import NOON
from tests.factories import make_contact, make_workspace

PEOPLE = 7
SOON = NOON + timedelta(minutes=1)
Start = Callable[..., Edit]


@pytest.fixture
def workspace(db: None) -> Workspace:
    return make_workspace()


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two people a step, so that seven need four."""
    monkeypatch.setattr(edits, "STEP_PEOPLE", 2)


@pytest.fixture
def people(workspace: Workspace) -> list[int]:
    """Seven who are VIP."""
    return [make_contact(workspace, tags=["VIP"]).pk for _ in range(PEOPLE)]


@pytest.fixture
def start(workspace: Workspace, people: list[int]) -> Start:
    """Begin to give everybody a tag, or another change."""

    def begin(chosen: Chosen | None = None, **change: Any) -> Edit:
        with workspace_scope(workspace.pk):
            return long_edits.start_edit(
                workspace_id=workspace.pk,
                chosen=chosen or Chosen(),
                change=edits.Change(**change or {"add_tags": ("spring",)}),
                by=1,
                now=NOON,
            )

    return begin


class KilledError(BaseException):
    """What ends the process here and now."""


def run(
    edit: Edit, *, killed_in_step: int = 0, after_step: Callable[[int], object] = lambda _step: None
) -> dict[str, int]:
    """Run a change to its end, or to where the process is killed after it has written a step, before that is kept."""
    done = 0

    def write(**given: Any) -> int:
        nonlocal done
        done += 1
        changed = former(**given)
        if done == killed_in_step:
            raise KilledError
        after_step(done)
        return changed

    former, edit_store.edit_contacts = edit_store.edit_contacts, write
    try:
        return long_edits.run_edit(
            workspace_id=edit.workspace_id, edit_id=edit.pk, withdraw=consent_actions.withdraw_step, now=lambda: SOON
        )
    finally:
        edit_store.edit_contacts = former


def undo(edit: Edit, **later: float) -> dict[str, int]:
    now = SOON + timedelta(**(later or {"hours": 1}))
    with workspace_scope(edit.workspace_id):
        long_edits.start_undo(workspace_id=edit.workspace_id, edit_id=edit.pk, by=1, now=now)
    return long_edits.run_undo(
        workspace_id=edit.workspace_id, edit_id=edit.pk, take_back=consent_actions.take_back_step, now=lambda: now
    )


def tagged(name: str) -> int:
    return Contact.objects.filter(
        tags__contains=list(Tag.objects.filter(name=name).values_list("pk", flat=True))
    ).count()


def test_killed_within_a_step_it_goes_on_and_changes_everybody_once(start: Start) -> None:
    edit = start()
    with pytest.raises(KilledError):
        run(edit, killed_in_step=3)
    edit.refresh_from_db()
    assert (edit.state, edit.done_count, edit.total_count, tagged("spring")) == ("running", 4, PEOPLE, 4)
    assert run(edit) == {"looked_at": PEOPLE, "changed": PEOPLE}
    edit.refresh_from_db()
    assert (edit.state, edit.finished_at, tagged("spring")) == ("done", SOON, PEOPLE)
    spring = Tag.objects.get(name="spring").pk
    assert Change.objects.filter(tag_id=spring, is_member=True).count() == PEOPLE  # One line in each one's timeline.
    assert (EditedRow.objects.count(), EditStep.objects.count()) == (PEOPLE, 0)
    assert run(edit) == {"looked_at": PEOPLE, "changed": PEOPLE}  # A second worker finds nothing to do.


def test_it_is_about_those_who_were_there_when_it_began(workspace: Workspace, start: Start, people: list[int]) -> None:
    vip = Tag.objects.get(name="VIP").pk

    def meanwhile(step: int) -> None:
        if step == 1:
            make_contact(workspace, tags=["VIP"])
            Contact.objects.filter(pk=people[0]).update(tags=[])

    edit = start(Chosen(tag_id=vip), remove_tag_ids=(vip,))
    assert run(edit, after_step=meanwhile) == {"looked_at": PEOPLE, "changed": PEOPLE - 1}
    assert tagged("VIP") == 1  # Who came later.


def test_a_segment_narrowed_by_a_search_is_changed_as_the_list_shows_it(workspace: Workspace, start: Start) -> None:
    sato = make_contact(workspace, name="Sato", tags=["VIP"])
    make_contact(workspace, name="Sato")
    definition = {"all": [{"field": "tag", "test": "has", "values": [Tag.objects.get(name="VIP").pk]}]}
    with workspace_scope(workspace.pk):
        segment = segment_actions.save_segment(
            workspace_id=workspace.pk, name="VIPs", definition=definition, by=1, now=NOON
        )
    assert run(start(Chosen(segment_id=segment.pk))) == {"looked_at": PEOPLE + 1, "changed": PEOPLE + 1}
    assert run(start(Chosen(segment_id=segment.pk, search="Sato"), add_tags=("autumn",)))["changed"] == 1
    assert tagged("autumn") == Contact.objects.filter(pk=sato.pk, tags__len=3).count() == 1


def test_stopped_it_stays_where_it_is_and_that_much_is_undone(workspace: Workspace, start: Start) -> None:
    edit = start()

    def stop(step: int) -> None:
        if step == 2:
            with workspace_scope(workspace.pk):
                long_edits.stop_edit(workspace_id=workspace.pk, edit_id=edit.pk, now=SOON)

    with workspace_scope(workspace.pk), pytest.raises(EditRunningError):
        edits.undo_edit(workspace_id=workspace.pk, edit_id=edit.pk, now=SOON)
    with pytest.raises(KilledError):
        run(edit, killed_in_step=3)
    stop(2)
    assert run(edit) == {"looked_at": 4, "changed": 4}
    assert (tagged("spring"), EditStep.objects.count()) == (4, 0)
    assert undo(edit) == {"restored": 4}
    assert tagged("spring") == 0


def test_an_undo_that_was_killed_goes_on_and_whoever_was_changed_since_stays(
    start: Start, people: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    Field.objects.create(workspace_id=Contact.objects.all()[0].workspace_id, key="plan", kind="text", created_at=NOON)
    Contact.objects.update(fields={"plan": "Free", "city": "Kyoto"})
    edit = start(field_key="plan", field_text="Gold")
    run(edit)
    Contact.objects.filter(pk=people[0]).update(fields={"plan": "Silver"}, updated_at=SOON + timedelta(minutes=1))
    former, calls = edits.restore_step, []

    def restore(*given: Any) -> bool:
        done = former(*given)
        calls.append(done)
        if len(calls) == 2:
            raise KilledError
        return done

    monkeypatch.setattr(edits, "restore_step", restore)
    with pytest.raises(KilledError):
        undo(edit)
    edit.refresh_from_db()
    assert (edit.state, edit.restored_count) == ("undoing", 1)  # Of two; the other was changed since.
    later = SOON + timedelta(hours=2)
    assert long_edits.run_undo(
        workspace_id=edit.workspace_id, edit_id=edit.pk, take_back=consent_actions.take_back_step, now=lambda: later
    ) == {"restored": PEOPLE - 1}
    plans = sorted(Contact.objects.values_list("fields__plan", "fields__city"), key=str)
    assert plans == [("Free", "Kyoto")] * (PEOPLE - 1) + [("Silver", None)]
    edit.refresh_from_db()
    assert (edit.state, edit.undone_at) == ("done", later)


def test_it_can_be_undone_for_a_day_after_its_end(start: Start) -> None:
    edit = start()
    run(edit)
    with pytest.raises(UndoTooLateError):
        undo(edit, hours=25)


def test_many_are_opted_out_in_steps_and_back_but_for_those_who_asked_themselves(
    workspace: Workspace, people: list[int]
) -> None:
    own: dict[str, Any] = {"workspace_id": workspace.pk, "source": "asked"}
    with workspace_scope(workspace.pk):
        edit = consent_actions.start_withdrawal(chosen=Chosen(), by=1, now=NOON, **own)
        consent_actions.withdraw_consent(contact_id=people[0], actor="person", at=NOON, **own)
    assert run(edit) == {"looked_at": PEOPLE, "changed": PEOPLE - 1}
    assert Standing.objects.filter(opted_out_at__isnull=False).count() == PEOPLE
    assert undo(edit) == {"restored": PEOPLE - 1}
    assert list(Standing.objects.filter(opted_out_at__isnull=False).values_list("pk", flat=True)) == [people[0]]


def test_a_tag_that_is_deleted_meanwhile_ends_it_with_a_sentence(start: Start) -> None:
    edit = start()
    run(edit, after_step=lambda step: Tag.objects.filter(name="spring").delete() if step == 2 else None)
    edit.refresh_from_db()
    assert (edit.state, edit.done_count, EditStep.objects.count()) == ("failed", 4, 0)
    assert "was deleted meanwhile" in edit.error


def test_what_people_were_is_forgotten_once_nothing_can_be_undone(workspace: Workspace, start: Start) -> None:
    edit = start()
    run(edit)
    with workspace_scope(workspace.pk):
        soon, late = (
            long_edits.forget_befores(workspace_id=workspace.pk, now=SOON + timedelta(hours=hours))
            for hours in (23, 25)
        )
    assert (soon, late) == (0, PEOPLE)


def test_the_statements_find_their_rows_by_key(workspace: Workspace) -> None:
    statements.execute("SET LOCAL enable_seqscan = off", {})
    given: dict[str, Any] = {"workspace_id": workspace.pk, "edit_id": 1, "edited_at": NOON, "after": 0, "limit": 5}
    given |= {"contact_ids": [1], "befores": ["{}"], "moments": [NOON], "now": NOON}
    for statement, indexes in (
        (SQL_LIST_EDITED, ("contacts_editedrow_pkey",)),
        (SQL_RESTORE_EDITED, ("contacts_contact_",)),
        (SQL_TAKE_STEP, ("contacts_editstep_next",)),
        (SQL_FORGET_EDITED, ("contacts_editedrow_pkey",)),
    ):
        plan = "\n".join(str(line) for (line,) in statements.fetch(f"EXPLAIN {statement}", given))
        assert all(index in plan for index in indexes), plan
