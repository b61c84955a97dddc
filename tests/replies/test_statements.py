"""The statements of conversations and of answering use the indexes they state, however small the tables are."""

import uuid
from typing import Any

import psycopg
import pytest

from switchboard.conversations.store import lines, threads, timers
from switchboard.replies import costs, merging, statements
from switchboard.replies.answering.store import doing, effects, people, sets
from tests.conftest import NOON

_ID = uuid.UUID(int=1)
PAIR: dict[str, Any] = {"workspace_id": 1, "keep": 1, "lose": 2}
HEARD = {"workspace_ids": [1], "contact_ids": [1], "number_ids": [1], "first_at": [NOON], "last_at": [NOON]}
KEYS: dict[str, Any] = {"workspace_ids": [1], "contact_ids": [1], "number_ids": [1]}
SAVED: dict[str, Any] = {
    "ids": [1],
    "answering": ["bot"],
    "priorities": [0],
    "last_outbound_at": [None],
    "waits_since": [None],
    "are_collected": [False],
    "handed_over_at": [None],
    "hand_overs": [None],
    "announced_at": [None],
    "ladder_rule_ids": [None],
    "ladder_rungs": [0],
    "ladder_attempts": [0],
    "ladder_since": [None],
    "ladder_expires_at": [None],
    "negative_counts": [0],
    "quick_counts": [0],
    "same_counts": [0],
    "last_text_hashes": [0],
    "dialogue_sessions": [1],
    "last_question_at": [None],
    "assignee_ids": [None],
    "recent_answers": [""],
}
TIMER: dict[str, Any] = {"workspace_ids": [1], "conversation_ids": [1], "kinds": ["answer"], "due_at": [NOON]}
TIMER |= {"payloads": ["{}"], "are_calls": [False]}
LINE: dict[str, Any] = {"workspace_ids": [1], "conversation_ids": [1], "kinds": ["a"], "at": [NOON], "details": ["{}"]}
DECISION: dict[str, Any] = {
    "message_ids": [_ID],
    "workspace_ids": [1],
    "conversation_ids": [1],
    "number_ids": [1],
    "at": [NOON],
    "outcomes": ["answered"],
    "rule_ids": [1],
    "rungs": [0],
    "versions": [1],
    "keywords": [""],
    "views": [""],
    "distances": [0],
    "feelings": [""],
    "due_at": [NOON],
}
ANSWER: dict[str, Any] = {"workspace_ids": [1], "conversation_ids": [1], "rule_ids": [1], "rungs": [0], "versions": [1]}
ANSWER |= {"message_ids": [_ID], "kinds": ["rule"], "asked_at": [NOON], "at": [NOON], "parts": [1]}
PERSON: dict[str, Any] = {"workspace_id": 1, "contact_id": 1, "now": NOON}
COUPON = PERSON | {"pool": "autumn"}
TAG = PERSON | {"tag_id": 1, "is_added": True}
EFFECTS = {"effect": "answer", "message_ids": [_ID], "workspace_ids": [1], "sequences": [1]}
EARLIER = {"workspace_ids": [1], "contact_ids": [1], "message_ids": [_ID], "oldest": _ID, "most": 5}
TEMPLATE = {"workspace_id": 1, "account_id": 1, "name": "a"}
UPLOAD = {"workspace_id": 1, "asset_id": 1, "number_id": 1, "now": NOON}
KIND = {"conversation_ids": [1], "kind": "answer"}

PLANS: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    (threads.SQL_NOTE_INBOUND, HEARD | {"last_ids": [_ID]}, ("conversations_once", "conversations_session_once")),
    (threads.SQL_LOCK_THREADS, KEYS, ("conversations_",)),
    (threads.SQL_READ_THREADS, {"ids": [1]}, ("conversations_conversation_pkey",)),
    (threads.SQL_SAVE_THREADS, SAVED, ("conversations_conversation_pkey",)),
    (threads.SQL_LIST_HOURS, {"workspace_id": 1}, ("conversations_hours_once",)),
    (timers.SQL_SET_TIMERS, TIMER, ("conversations_timer_once",)),
    (timers.SQL_DROP_TIMERS, {"conversation_ids": [1], "kinds": ["answer"]}, ("conversations_timer_once",)),
    (timers.SQL_TAKE_TIMERS, {"now": NOON, "limit": 9}, ("conversations_timer_due", "conversations_conversation_pkey")),
    (timers.SQL_DELETE_TIMERS, {"ids": [1]}, ("conversations_timer_pkey",)),
    (timers.SQL_FIND_TIMERS, KIND, ("conversations_timer_once",)),
    (timers.SQL_FORGET_TIMERS, {"before": NOON}, ()),
    (timers.SQL_LEASE_CALLS, {"now": NOON, "until": NOON, "limit": 9}, ("conversations_timer_due",)),
    (timers.SQL_FINISH_CALLS, {"ids": [1]}, ("conversations_timer_pkey",)),
    (lines.SQL_INSERT_LINES, LINE | {"message_ids": [None]}, ()),
    (effects.SQL_INSERT_EFFECTS, EFFECTS, ("replies_effect_pkey",)),
    (effects.SQL_NOTIFY_EFFECTS, {}, ()),
    (effects.SQL_TAKE_EFFECTS, {"effect": "answer", "limit": 9}, ("replies_effect_order",)),
    (effects.SQL_SET_EFFECT_ASIDE, {"effect": "answer"}, ("replies_effect_order",)),
    (timers.SQL_SET_TIMER_ASIDE, {"now": NOON}, ("conversations_timer_due",)),
    (effects.SQL_DELETE_EFFECTS, {"effect": "answer", "message_ids": [_ID]}, ("replies_effect_pkey",)),
    (
        effects.SQL_READ_QUESTIONS,
        {"message_ids": [_ID]},
        ("replies_inboundmessage_", "conversations_", "contacts_contact_", "consent_standing_pkey"),
    ),
    (
        effects.SQL_COUNT_ELSEWHERE,
        {"workspace_ids": [1], "contact_ids": [1], "since": NOON},
        ("conversations_",),
    ),
    (effects.SQL_LIST_EARLIER_TEXTS, EARLIER, ("workspace_id_contact_id_id_idx",)),
    (effects.SQL_INSERT_DECISIONS, DECISION, ("replies_decision_pkey",)),
    (effects.SQL_FIND_DECIDED, {"message_ids": [_ID]}, ("_pkey",)),
    (people.SQL_READ_PEOPLE, {"thread_ids": [1]}, ("conversations_conversation_pkey", "contacts_identity_")),
    (people.SQL_READ_PROGRESS, {"message_ids": [_ID]}, ("_pkey",)),
    (people.SQL_HAS_RECEIPTS, {"workspace_id": 1, "contact_id": 1}, ("workspace_id_contact_id_id_idx",)),
    (people.SQL_FIND_TEMPLATE, TEMPLATE, ("templates_template_",)),
    (people.SQL_FIND_UPLOAD, UPLOAD, ("templates_upload_",)),
    (doing.SQL_LOCK_CONTACTS, {"ids": [1]}, ("contacts_contact_pkey",)),
    (doing.SQL_CHANGE_TAGS, TAG, ("contacts_contact_",)),
    (doing.SQL_SET_FIELD, PERSON | {"key": "a", "value": "b"}, ("contacts_contact_",)),
    (doing.SQL_FIND_COUPON, COUPON, ("replies_coupon_",)),
    (doing.SQL_GUARD_COUPON, {"contact_id": 1}, ()),
    (doing.SQL_TAKE_COUPON, COUPON, ("replies_coupon_free",)),
    (doing.SQL_INSERT_ANSWERS, ANSWER | {"first_message_ids": [None]}, ()),
    (sets.SQL_LIST_VERSIONS, {}, ("replies_version_once",)),
    (sets.SQL_READ_VERSION, {"workspace_id": 1, "number": 1}, ("replies_version_once",)),
    (people.SQL_FIND_NUMBERS, {"ids": [1]}, ("numbers_number_pkey",)),
    (costs.SQL_COUNT_SERVICE, {"workspace_id": 1, "since": NOON}, ("delivery_tally_by_origin",)),
    (costs.SQL_COUNT_RUNGS, {"workspace_id": 1, "since": NOON}, ("replies_answer_by_rule",)),
    (statements.SQL_NOTIFY_RULES, {"workspace": "1"}, ()),
    (
        statements.SQL_FINGERPRINT,
        {"workspace": 1},
        ("replies_rule_order", "replies_keyword_", "replies_rung_", "replies_step_"),
    ),
    (merging.SQL_MOVE_THREADS, PAIR, ("conversations_once",)),
    (merging.SQL_JOIN_THREADS, PAIR, ("conversations_once", "conversations_line_latest", "conversation_id_at_idx")),
    (merging.SQL_MOVE_COUPONS, PAIR, ("replies_coupon_",)),
]


@pytest.mark.parametrize(("statement", "parameters", "indexes"), PLANS)
def test_it_runs_by_its_index(
    shared_url: str, statement: str, parameters: dict[str, Any], indexes: tuple[str, ...]
) -> None:
    with psycopg.connect(shared_url, options="-c role=switchboard_stream -c enable_seqscan=off") as connection:
        connection.execute("SET LOCAL enable_sort = off")
        rows = connection.execute(f"EXPLAIN (COSTS off) {statement}", parameters).fetchall()
    plan = "\n".join(row[0] for row in rows)
    assert all(index in plan for index in indexes), plan
