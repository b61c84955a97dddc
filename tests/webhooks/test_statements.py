"""The statements of the receiving path use the indexes they state, however small the tables of a test are."""

import asyncio
import uuid
from typing import Any

import psycopg
import pytest

from switchboard.consent import store as consent_store
from switchboard.contacts import identity_store
from switchboard.contacts import store as contacts_store
from switchboard.delivery.store import joining
from switchboard.numbers import store as numbers_store
from switchboard.replies import media_store, merging
from switchboard.replies import store as replies_store
from switchboard.templates import store as templates_store
from switchboard.webhooks import account_store, letters, metrics_store, store
from tests.conftest import NOON, OwnDatabase
from tests.webhooks.applying import a_message, keep
from tests.webhooks.world import World, make_contact, make_message, make_world

LETTER = {
    "workspace_ids": [1],
    "app_ids": [1],
    "received_at": [NOON],
    "bodies": [b"x"],
    "reasons": ["why"],
    "now": NOON,
}
EVENT = {"workspace_ids": [1], "app_ids": [1], "are_inbound": [True], "received_at": [NOON], "bodies": [b"x"]}
ORPHAN = {"workspace_ids": [1], "app_ids": [1], "received_at": [NOON], "wamids": ["wamid.1"], "bodies": [b"x"]}
WITHDRAWAL: dict[str, Any] = {
    "workspace_ids": [1],
    "contact_ids": [1],
    "event_keys": ["wamid.1"],
    "at": [NOON],
    "sources": ["message"],
    "wordings": ["STOP"],
    "evidence": ["{}"],
    "actors": ["contact"],
}
ARRIVAL = {
    "ordinals": [0, 0],
    "workspace_ids": [1, 1],
    "kinds": ["wa_id", "phone"],
    "portfolio_ids": [0, 0],
    "values": ["819012345678", "+819012345678"],
}
PAIR: dict[str, Any] = {"workspace_id": 1, "keep": 1, "lose": 2}
MOVE = {"workspace_id": 1, "contact_id": 1, "old_wa_ids": ["8190"], "new_wa_id": "8180", "phone": "+8180"}
MOVE |= {"country": "JP", "zones": "", "now": NOON}
FILL: dict[str, Any] = PAIR | {
    "newest_phone": None,
    "phone": None,
    "name": "",
    "email": "",
    "language": "",
    "country": "",
    "zones": "",
}
FILL |= {"fields": "{}", "tags": [], "created_by_import": None, "created_at": NOON, "now": NOON}
PERSON = {"workspace_ids": [1], "names": [""], "phones": ["+8190"], "countries": [""], "zones": [""], "now": NOON}
IDENTITY = {"workspace_ids": [1], "contact_ids": [1], "kinds": ["wa_id"], "portfolio_ids": [0], "values": ["8190"]}
SEEN = {
    "workspace_ids": [1],
    "contact_ids": [1],
    "seen_at": [NOON],
    "counts": [1],
    "sessions": [1],
    "replied_at": [None],
}
REACHED = {"workspace_ids": [1], "contact_ids": [1], "sent_at": [NOON], "delivered_at": [NOON]}
QUESTION: dict[str, Any] = {
    "workspace_ids": [1],
    "contact_ids": [1],
    "number_ids": [1],
    "not_before": [NOON],
    "not_after": [NOON],
    "lowest_ids": [uuid.UUID(int=0)],
    "quoted": ["wamid.1"],
    "never_reached": [-1, 0, 40],
}
INBOUND: dict[str, Any] = {
    "ids": [uuid.UUID(int=1)],
    "workspace_ids": [1],
    "number_ids": [1],
    "contact_ids": [1],
    "wamids": ["wamid.1"],
    "kinds": ["text"],
    "texts": [""],
    "bodies": ["{}"],
    "sent_at": [NOON],
    "received_at": [NOON],
    "answers_ids": [None],
    "origin_kinds": [""],
    "origin_ids": [None],
    "are_opt_outs": [False],
    "sequences": [1],
}
FILE = {"workspace_ids": [1], "message_ids": [uuid.UUID(int=1)], "number_ids": [1], "media_ids": ["1"]}
FILE |= {"kinds": ["image"], "mimes": [""], "digests": [""], "file_names": [""], "due_at": [NOON], "expires_at": [NOON]}
RECORD = {"id": 1, "state": "stored", "path": "", "size": 1, "sha256": "", "mime": "", "due_at": NOON, "error": ""}
ACCOUNT: dict[str, Any] = {"workspace_id": 1, "account_id": 1}
TEMPLATE = ACCOUNT | {"meta_id": "", "name": "a", "language": "ja", "state": "paused", "category": None}
TEMPLATE |= {"quality": None, "reason": ""}
STOP = ACCOUNT | {"state": None, "now": NOON, "code": "", "detail": "", "until": None, "is_restriction": True}
NUMBER = {"throughput": 80, "verified_name": None, "digits": "81500000001"}
PLANS: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    (store.SQL_LIST_APPS, {}, ()),
    (store.SQL_CHECK, {}, ()),
    (store.SQL_INSERT_EVENTS, EVENT, ()),
    (store.SQL_TAKE_EVENTS, {"is_inbound": True, "limit": 500, "bytes": 10**6}, ("webhooks_event_order",)),
    (store.SQL_FIND_OLDEST_INBOUND, {}, ("webhooks_event_order",)),
    (store.SQL_FIND_NUMBERS, {"meta_ids": ["880001"]}, ("numbers_number_meta_id", "numbers_account_pkey")),
    (store.SQL_FIND_BY_WAMID, {"workspace_ids": [1], "wamids": ["wamid.1"]}, ("_hashtextextended_idx",)),
    (store.SQL_INSERT_ORPHANS, ORPHAN, ()),
    (store.SQL_RETURN_ORPHANS, {"before": NOON}, ("_hashtextextended_idx",)),
    (account_store.SQL_FIND_ACCOUNT, {"meta_ids": ["1"], "app_id": 1}, ("numbers_account_",)),
    (account_store.SQL_ADVANCE, {"workspace_id": 1, "subject": "a", "at": NOON}, ("webhooks_latest_once",)),
    (account_store.SQL_CHANGE_TEMPLATE, TEMPLATE | {"until_read": NOON}, ("templates_template_",)),
    (
        account_store.SQL_PAUSE_CATEGORY,
        ACCOUNT | {"category": "utility", "reason": "", "until": NOON},
        ("templates_template_",),
    ),
    (account_store.SQL_STOP_NUMBERS, STOP | {"replaced": ["a"]}, ("numbers_number_",)),
    (account_store.SQL_LIFT, ACCOUNT | {"now": NOON, "code": "", "codes": ["a"]}, ("numbers_number_",)),
    (account_store.SQL_LIFT_PAUSES, ACCOUNT | {"now": NOON}, ("templates_template_",)),
    (numbers_store.SQL_END_RESTRICTIONS, {"now": NOON, "codes": []}, ("numbers_number_",)),
    (templates_store.SQL_END_PAUSES, {"now": NOON}, ("templates_template_paused",)),
    (account_store.SQL_RESUME_NUMBERS, ACCOUNT | {"codes": ["a"]}, ("numbers_number_",)),
    (account_store.SQL_CHANGE_NUMBER, ACCOUNT | NUMBER, ("numbers_number_",)),
    (account_store.SQL_SET_LIMIT, {"workspace_id": 1, "portfolio_id": 1, "limit": 250}, ("numbers_portfolio_",)),
    (account_store.SQL_WARN, ACCOUNT | {"text": ""}, ("numbers_account_",)),
    (store.SQL_INSERT_DEAD_LETTERS, LETTER, ()),
    (store.SQL_BURY_EVENT, {"id": 1, "reason": "", "now": NOON}, ("webhooks_event_pkey",)),
    (store.SQL_REPLAY, {"workspace_id": 1, "ids": [1], "now": NOON}, ("webhooks_deadletter_",)),
    (metrics_store.SQL_BACKLOG, {"now": NOON}, ("webhooks_event_order", "delivery_lane_due")),
    (metrics_store.SQL_HEARTS, {"since": NOON}, ()),
    (letters.SQL_LIST_LETTERS, {"workspace_id": None, "limit": 10}, ("webhooks_deadletter_pkey",)),
    (letters.SQL_LIST_UNREPLAYED, {"workspace_id": 1, "letter_id": None}, ("webhooks_deadletter_",)),
    (joining.SQL_JOIN_AT_ONCE, {"nested": "off"}, ()),
    (consent_store.SQL_WITHDRAW, WITHDRAWAL, ("consent_entry_event_once", "consent_standing_pkey")),
    (
        consent_store.SQL_COME_BACK,
        WITHDRAWAL,
        ("consent_standing_pkey", "consent_entry_by_contact", "consent_entry_event_once"),
    ),
    (identity_store.SQL_FIND_CONTACTS, ARRIVAL, ("contacts_identity_once", "contacts_contact_phone_once")),
    (identity_store.SQL_CREATE_BY_PHONE, PERSON, ("contacts_contact_phone_once",)),
    (identity_store.SQL_LOCK_USER_ID, {"key": "x"}, ()),
    (identity_store.SQL_CREATE_BY_USER_ID, {"workspace_id": 1, "name": "", "country": "", "now": NOON}, ()),
    (identity_store.SQL_REMEMBER_IDENTITIES, IDENTITY, ("contacts_identity_once",)),
    (identity_store.SQL_HOLD, {"ids": [1]}, ("contacts_contact_pkey",)),
    (identity_store.SQL_LOCK_PAIR, {"workspace_id": 1, "ids": [1, 2]}, ("contacts_contact_",)),
    (
        identity_store.SQL_MERGE_BELONGINGS,
        PAIR | {"now": NOON},
        ("contacts_identity_", "contacts_activity_pkey", "contacts_importedrow_pkey"),
    ),
    (identity_store.SQL_TAKE_CONTACT, PAIR, ("contacts_contact_",)),
    (identity_store.SQL_FILL_CONTACT, FILL, ("contacts_contact_",)),
    (identity_store.SQL_FIND_ALIASES, {"ids": [1]}, ("contacts_alias_pkey",)),
    (identity_store.SQL_MOVE_PHONE, MOVE, ("contacts_identity_once",)),
    (merging.SQL_MERGE_STANDING, PAIR, ("consent_standing_pkey",)),
    (merging.SQL_MOVE_ENTRIES, PAIR, ("consent_entry_by_contact",)),
    (merging.SQL_MERGE_WINDOWS, PAIR, ("delivery_window_pkey",)),
    (merging.SQL_MERGE_PERSON, PAIR, ("delivery_person_pkey",)),
    (merging.SQL_FORGET_REACH, PAIR, ("delivery_reach_pkey",)),
    (merging.SQL_SKIP_DOUBLES, PAIR | {"now": NOON}, ("workspace_id_contact_id_id_idx", "delivery_outbox_pkey")),
    (merging.SQL_MOVE_WAITING, PAIR, ("workspace_id_contact_id_id_idx", "delivery_outbox_pkey")),
    (merging.SQL_MOVE_MESSAGES, PAIR, ("workspace_id_contact_id_id_idx",)),
    (merging.SQL_MOVE_INBOUND, PAIR, ("workspace_id",)),
    (merging.SQL_MOVE_RECIPIENTS, PAIR, ("broadcasts_recipient",)),
    (media_store.SQL_INSERT_MEDIA, FILE, ()),
    (media_store.SQL_LIST_DUE, {"now": NOON, "limit": 4}, ("replies_media_waiting",)),
    (media_store.SQL_RECORD_MEDIA, RECORD, ("replies_media_",)),
    (replies_store.SQL_FIND_KNOWN, {"ids": [uuid.UUID(int=1)]}, ("_pkey",)),
    (contacts_store.SQL_RECORD_SEEN, SEEN, ("contacts_activity_pkey",)),
    (contacts_store.SQL_RECORD_REACHED, REACHED | {"read_at": [None]}, ("_pkey", "contacts_activity_pkey")),
    (replies_store.SQL_INSERT_INBOUND, INBOUND, ("replies_inboundmessage_pkey",)),
    (replies_store.SQL_FIND_ANSWERED, QUESTION, ("workspace_id_contact_id_id_idx", "_pkey")),
]


@pytest.fixture(scope="module")
def stocked(shared_database: OwnDatabase) -> World:
    """A world in which each table has a row."""
    world = make_world(shared_database.url, NOON)
    make_message(world, make_contact(world, "+819012345678", NOON), NOON)
    asyncio.run(keep(world, a_message(world, "hello")))
    return world


@pytest.mark.parametrize(("statement", "parameters", "indexes"), PLANS)
def test_it_runs_by_its_index(
    stocked: World, statement: str, parameters: dict[str, Any], indexes: tuple[str, ...]
) -> None:
    with psycopg.connect(stocked.url, options="-c role=switchboard_stream -c enable_seqscan=off") as connection:
        connection.execute("SET LOCAL enable_sort = off")
        rows = connection.execute(f"EXPLAIN (COSTS off) {statement}", parameters).fetchall()
    plan = "\n".join(row[0] for row in rows)
    assert all(index in plan for index in indexes), plan
