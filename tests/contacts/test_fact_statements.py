"""The statements behind segments and automatic tags run, by the indexes they state."""

import uuid
from typing import Any

import psycopg

from switchboard.broadcasts import outcomes
from switchboard.contacts import classify_store, facts, facts_store, hygiene_store, tag_store
from switchboard.core import tenancy
from tests import factories
from tests.conftest import NOON, OwnDatabase

ONE = {
    "workspace_id": 1,
    "contact_id": 1,
    "contact_ids": [1],
    "tag_id": 1,
    "tag_ids": [1],
    "now": NOON,
    "today": NOON.date(),
}
ONE |= {
    "limit": 1,
    "after": 0,
    "until": 9,
    "version": 1,
    "ruled": [1],
    "since": NOON,
    "marked": [1],
    "amber": 10,
    "red": 15,
}
ONE |= {
    "add": [1],
    "remove": [2],
    "is_member": True,
    "at": [NOON],
    "broadcast_ids": [1],
    "number_ids": [1],
    "role": "none",
}
ONE |= {"message_ids": [uuid.UUID(int=1)], "counts": [1], "totals": [1], "first_at": [NOON], "last_at": [NOON]}
ONE |= {
    "sent_at": [NOON],
    "delivered_at": [NOON],
    "read_at": [NOON],
    "replied_at": [NOON],
    "failed_at": [NOON],
    "reasons": [""],
}

# Which indexes; empty where it reads a workspace on purpose, or the session's own few rows.
PLANS: dict[str, tuple[str, ...]] = {
    facts.SQL_HOLD_ACTIVITY: ("contacts_activity_pkey",),
    facts.SQL_RECORD_ORDERS: ("contacts_activity_pkey",),
    facts.SQL_RECORD_EVENTS: ("contacts_activity_pkey", "contacts_day_pkey"),
    facts_store.SQL_NOTE_NEWS: (),
    facts_store.SQL_TAKE_NEWS: ("contacts_news_pkey",),
    facts_store.SQL_LIST_NEWS_WORKSPACES: (),
    facts_store.SQL_RECORD_OUTCOMES: ("contacts_outcome_pkey", "contacts_contact_"),
    facts_store.SQL_RECORD_CLICKS: ("contacts_activity_pkey", "contacts_outcome_"),
    facts_store.SQL_NOTE_CHANGED: (),
    outcomes.SQL_FIND_OTHERS: ("delivery_message_default_",),
    outcomes.SQL_READ_OUTCOMES: ("_pkey",),
    classify_store.SQL_LIST_WORK: ("contacts_changed_in_order", "contacts_check_due", "contacts_pass_pkey"),
    classify_store.SQL_LOAD_WORLD: (),
    classify_store.SQL_LOAD_RULES: (),
    classify_store.SQL_TAKE_CHANGED: ("contacts_changed_",),
    classify_store.SQL_TAKE_DUE: ("contacts_check_due",),
    classify_store.SQL_LOCK_RUN: ("contacts_pass_pkey",),
    classify_store.SQL_TAKE_NEXT: ("contacts_activity_pkey",),
    classify_store.SQL_LEAVE_CHANGED: ("contacts_changed_in_order",),
    classify_store.SQL_NOTE_RUN: ("contacts_pass_pkey",),
    classify_store.SQL_LEAVE_ONE: ("contacts_contact_", "contacts_change_by_contact"),
    classify_store.SQL_HOLD_COUNTED: ("contacts_activity_pkey",),
    classify_store.SQL_HOLD_CHANGED: ("contacts_activity_pkey",),
    classify_store.SQL_REFRESH_DAYS: ("contacts_activity_pkey", "contacts_day_pkey"),
    classify_store.SQL_OBEY_CORRECTIONS: ("contacts_correction_pkey",),
    classify_store.SQL_KEEP_CLASSES: ("contacts_activity_pkey",),
    classify_store.SQL_KEEP_CHANGES: (),
    classify_store.SQL_KEEP_SWEEP: (),
    classify_store.SQL_LOOK_AGAIN: (),
    classify_store.SQL_KEEP_CHECKS: ("contacts_check_pkey",),
    classify_store.SQL_FORGET_CHECKS: ("contacts_check_",),
    tag_store.SQL_CHANGE_TAGS: ("contacts_contact_",),
    tag_store.SQL_WITH_TAG: (),
    tag_store.SQL_WITH_CLASS: (),
    tag_store.SQL_DROP_CLASS: (),
    tag_store.SQL_CLASS_ADD: ("contacts_activity_pkey",),
    tag_store.SQL_CLASS_REMOVE: ("contacts_activity_pkey",),
    tag_store.SQL_NOTE_CHANGE: (),
    tag_store.SQL_COUNT_TAGS: (),
    tag_store.SQL_LIST_CLASSES: ("contacts_activity_pkey",),
    hygiene_store.SQL_COUNT_CROWDED: (),
    hygiene_store.SQL_LIST_OVERLAPS: (),
    hygiene_store.SQL_COUNT_ERRORS: (),
    hygiene_store.SQL_LIST_INACTIVE: (),
    hygiene_store.SQL_LIST_INVALID: ("contacts_outcome_",),
    hygiene_store.SQL_COUNT_SENT: ("contacts_outcome_",),
    hygiene_store.SQL_NOTE_COUNTS: (),
    hygiene_store.SQL_HOLD_ROLLED: ("contacts_activity_pkey",),
    hygiene_store.SQL_ROLL_DAYS: ("contacts_activity_pkey", "contacts_day_pkey"),
    hygiene_store.SQL_FORGET_DAYS: ("contacts_day_",),
    hygiene_store.SQL_FORGET_CHANGES: (),
    hygiene_store.SQL_FORGET_SWEEPS: (),
    tenancy.SQL_FOR_SCANS: (),
    tenancy.SQL_SEE_ALL: (),
    tenancy.SQL_SEE_ONE: (),
}


def explain(connection: psycopg.Connection[Any], statement: str) -> str:
    names = {name: value for name, value in ONE.items() if f"%({name})" in statement}
    rows = connection.execute(f"EXPLAIN (COSTS off) {statement}", names or None).fetchall()
    return "\n".join(row[0] for row in rows)


def test_each_statement_runs_by_its_index(database: OwnDatabase) -> None:
    factories.make_contact(factories.make_workspace())
    faults = []
    with psycopg.connect(database.conninfo("stream")) as connection:
        connection.execute(classify_store.SQL_MAKE_ROOM)
        connection.execute(classify_store.SQL_MAKE_RESULT)
        connection.execute(classify_store.SQL_BY_KEY)
        connection.execute("SET LOCAL enable_sort = off")
        for statement, indexes in PLANS.items():
            plan = explain(connection, statement)
            faults += [f"{index} in\n{statement}\n{plan}" for index in indexes if index not in plan]
    assert not faults, "\n\n".join(faults)
