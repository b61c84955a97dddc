"""Identical messages from careful numbers: 15 seconds apart over the whole workspace, numbers taking turns.

Only messages that read the same to the letter are spaced, so a personalised broadcast never waits for it. Meta has no
such rule: it keeps load even, and a broadcast may switch it off.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import zip_longest

from switchboard.broadcasts import store
from switchboard.broadcasts.models import ContentTurn
from switchboard.core import statements
from switchboard.delivery.rules import quiet_hours
from switchboard.delivery.types import Gate, NewMessage

APART = timedelta(seconds=15)


def hash_content(message: NewMessage) -> str:
    """Return what tells identical messages: the body without the ids of pictures, which differ from number to number."""
    text = json.dumps(_without_ids(message.body), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _without_ids(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_ids(one) for key, one in value.items() if key != "id"}
    return [_without_ids(one) for one in value] if isinstance(value, list) else value


def space_messages(
    workspace_id: int,
    messages: Sequence[NewMessage],
    careful_ids: Iterable[int],
    *,
    night: quiet_hours.Night,
    now: datetime,
) -> list[NewMessage]:
    """Return the messages with those that are identical due one after the other; the rest as they are.

    Locks the turn of each content until the transaction ends, so two broadcasts with one text share its turns.
    """
    careful = frozenset(careful_ids)
    groups: dict[str, list[NewMessage]] = defaultdict(list)
    for message in messages:
        if message.number_id in careful and not message.skip:
            groups[hash_content(message)].append(message)
    # Sorted, so that two batches wait for each other and never deadlock.
    spaced: dict[object, NewMessage] = {}
    for content_hash in sorted(groups):
        if len(groups[content_hash]) > 1 or _is_known(workspace_id, content_hash):
            for message in _take_turns(workspace_id, content_hash, groups[content_hash], night=night, now=now):
                spaced[message.id] = message
    return [spaced.get(message.id, message) for message in messages]


def _is_known(workspace_id: int, content_hash: str) -> bool:
    return ContentTurn.objects.filter(workspace_id=workspace_id, content_hash=content_hash).exists()


def _take_turns(
    workspace_id: int, content_hash: str, messages: Sequence[NewMessage], *, night: quiet_hours.Night, now: datetime
) -> list[NewMessage]:
    key = {"workspace_id": workspace_id, "content_hash": content_hash}
    [(next_at,)] = statements.fetch(store.SQL_HOLD_TURN, {**key, "now": now})
    at = max(next_at, now)
    spaced = []
    for message in _alternate(messages):
        # Whoever is in bed when their turn comes takes one in the morning: no heap waits for eight o'clock.
        at = quiet_hours.opens_at(message.zones, at, night)
        spaced.append(_put_off(message, at, now))
        at += APART
    statements.execute(store.SQL_GIVE_TURN, {**key, "next_at": at})
    return spaced


def _alternate(messages: Sequence[NewMessage]) -> list[NewMessage]:
    """Return first those who may be written to now, each run with its numbers in turns."""
    by_time: dict[datetime, dict[int, list[NewMessage]]] = defaultdict(lambda: defaultdict(list))
    for message in messages:
        by_time[message.due_at][message.number_id].append(message)
    return [
        message
        for _, by_number in sorted(by_time.items(), key=lambda item: item[0])
        for row in zip_longest(*by_number.values())
        for message in row
        if message is not None
    ]


def _put_off(message: NewMessage, at: datetime, now: datetime) -> NewMessage:
    if at <= message.due_at or message.hold == Gate.QUIET_HOURS:
        return replace(message, due_at=max(at, message.due_at))
    if at <= now:
        return message
    detail = {"seconds": int(APART.total_seconds()), "until": at.isoformat()}
    return replace(message, due_at=at, hold=Gate.SAME_CONTENT, hold_detail=detail)
