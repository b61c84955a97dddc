"""SQL of answering; every function takes a connection."""

from typing import Any

from psycopg import AsyncConnection

from switchboard.replies.answering.store.doing import (
    NewAnswer,
    change_tags,
    insert_answers,
    lock_contacts,
    set_field,
    take_coupon,
)
from switchboard.replies.answering.store.effects import (
    NewDecision,
    QuestionRow,
    delete_effects,
    find_decided,
    insert_decisions,
    insert_effects,
    list_earlier_texts,
    list_recent_answers,
    read_questions,
    set_effect_aside,
    take_effects,
)
from switchboard.replies.answering.store.people import (
    NumberRow,
    PersonRow,
    Progress,
    TemplateRow,
    find_numbers,
    find_upload,
    list_templates,
    read_people,
    read_progress,
    sends_receipts,
)
from switchboard.replies.answering.store.sets import list_versions, read_version

Connection = AsyncConnection[Any]

__all__ = [
    "Connection",
    "NewAnswer",
    "NewDecision",
    "NumberRow",
    "PersonRow",
    "Progress",
    "QuestionRow",
    "TemplateRow",
    "change_tags",
    "delete_effects",
    "find_decided",
    "find_numbers",
    "find_upload",
    "insert_answers",
    "insert_decisions",
    "insert_effects",
    "list_earlier_texts",
    "list_recent_answers",
    "list_templates",
    "list_versions",
    "lock_contacts",
    "read_people",
    "read_progress",
    "read_questions",
    "read_version",
    "sends_receipts",
    "set_effect_aside",
    "set_field",
    "take_coupon",
    "take_effects",
]
