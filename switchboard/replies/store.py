"""SQL of incoming messages: keep them once, and find what they answer. Every function takes a connection."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from switchboard.core import ids
from switchboard.delivery.types import State
from switchboard.replies import rules

Connection = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class NewInbound:
    """An incoming message to keep."""

    id: UUID
    workspace_id: int
    number_id: int
    contact_id: int
    wamid: str
    kind: str
    text: str
    body: dict[str, Any]
    sent_at: datetime
    received_at: datetime
    answers_id: UUID | None
    origin_kind: str
    origin_id: int | None
    is_opt_out: bool
    sequence: int = 0


# Index: each month's primary key.
SQL_FIND_KNOWN = "SELECT id FROM replies_inboundmessage WHERE id = ANY (%(ids)s)"


async def find_known(connection: Connection, message_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of the messages that are kept already."""
    cursor = await connection.execute(SQL_FIND_KNOWN, {"ids": list(message_ids)})
    return {row[0] for row in await cursor.fetchall()}


# Index: each month's primary key; the id is made from Meta's, so a second copy meets the first in its month.
SQL_INSERT_INBOUND = """
INSERT INTO replies_inboundmessage (id, workspace_id, number_id, contact_id, wamid, kind, text, body, sent_at,
                                    received_at, answers_id, origin_kind, origin_id, is_opt_out, sequence)
SELECT * FROM unnest(%(ids)s::uuid[], %(workspace_ids)s::bigint[], %(number_ids)s::bigint[], %(contact_ids)s::bigint[],
                     %(wamids)s::text[], %(kinds)s::text[], %(texts)s::text[], %(bodies)s::jsonb[],
                     %(sent_at)s::timestamptz[], %(received_at)s::timestamptz[], %(answers_ids)s::uuid[],
                     %(origin_kinds)s::text[], %(origin_ids)s::bigint[], %(are_opt_outs)s::boolean[],
                     %(sequences)s::bigint[])
ON CONFLICT (id) DO NOTHING
RETURNING id
"""


async def insert_inbound(connection: Connection, messages: Sequence[NewInbound]) -> set[UUID]:
    """Keep messages and return the ids of those that were not there yet."""
    ordered = sorted(messages, key=lambda message: message.id)
    cursor = await connection.execute(
        SQL_INSERT_INBOUND,
        {
            "ids": [message.id for message in ordered],
            "workspace_ids": [message.workspace_id for message in ordered],
            "number_ids": [message.number_id for message in ordered],
            "contact_ids": [message.contact_id for message in ordered],
            "wamids": [message.wamid[:255] for message in ordered],
            "kinds": [message.kind for message in ordered],
            "texts": [message.text for message in ordered],
            "bodies": [json.dumps(message.body) for message in ordered],
            "sent_at": [message.sent_at for message in ordered],
            "received_at": [message.received_at for message in ordered],
            "answers_ids": [message.answers_id for message in ordered],
            "origin_kinds": [message.origin_kind for message in ordered],
            "origin_ids": [message.origin_id for message in ordered],
            "are_opt_outs": [message.is_opt_out for message in ordered],
            "sequences": [message.sequence for message in ordered],
        },
    )
    return {row[0] for row in await cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Question:
    """Whom and when an incoming message came from, and which wamid it quotes."""

    workspace_id: int
    contact_id: int
    number_id: int
    sent_at: datetime
    quoted_wamid: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A message of ours that was answered, and who made it."""

    message_id: UUID
    origin_kind: str
    origin_id: int


# Index: delivery_message_by_contact, then the state's primary key; a person has few messages in 30 days.
# Ids begin with the time a message was made: those made long before they were sent are found by the wider bound.
SQL_FIND_ANSWERED = """
SELECT question.ordinal, found.id, found.origin_kind, found.origin_id
FROM unnest(%(workspace_ids)s::bigint[], %(contact_ids)s::bigint[], %(number_ids)s::bigint[],
            %(not_before)s::timestamptz[], %(not_after)s::timestamptz[], %(lowest_ids)s::uuid[],
            %(quoted)s::text[])
     WITH ORDINALITY
     AS question(workspace_id, contact_id, number_id, not_before, not_after, lowest_id, quoted, ordinal)
CROSS JOIN LATERAL (
    SELECT message.id, message.origin_kind, message.origin_id
    FROM delivery_message AS message
    JOIN delivery_delivery AS delivery ON delivery.message_id = message.id
    WHERE message.workspace_id = question.workspace_id AND message.contact_id = question.contact_id
      AND message.id > question.lowest_id AND message.number_id = question.number_id
      AND delivery.state <> ALL (%(never_reached)s::smallint[])
      AND ((delivery.wamid = question.quoted AND question.quoted <> '')
           OR coalesce(delivery.accepted_at, question.not_before) BETWEEN question.not_before AND question.not_after)
    ORDER BY (delivery.wamid = question.quoted AND question.quoted <> '') IS TRUE DESC, message.id DESC
    LIMIT 1
) AS found
"""


async def find_answered(connection: Connection, questions: Sequence[Question]) -> list[Answered | None]:
    """Return, for each question, the message it quotes, else the last one that its number sent the person."""
    if not questions:
        return []
    cursor = await connection.execute(
        SQL_FIND_ANSWERED,
        {
            "workspace_ids": [one.workspace_id for one in questions],
            "contact_ids": [one.contact_id for one in questions],
            "number_ids": [one.number_id for one in questions],
            "not_before": [one.sent_at - rules.ANSWERS_WITHIN for one in questions],
            "not_after": [one.sent_at + rules.TIMESTAMP_SLACK for one in questions],
            "lowest_ids": [ids.lowest_id(one.sent_at - rules.QUOTES_WITHIN) for one in questions],
            "quoted": [one.quoted_wamid for one in questions],
            "never_reached": [int(state) for state in (State.SKIPPED, State.WAITING, State.FAILED)],
        },
    )
    answers: list[Answered | None] = [None] * len(questions)
    for ordinal, message_id, origin_kind, origin_id in await cursor.fetchall():
        answers[ordinal - 1] = Answered(message_id, origin_kind, origin_id)
    return answers
