"""What incoming messages do to conversations: they are opened, sessions begin, and the messages wait to be answered."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from psycopg import AsyncConnection

from switchboard.conversations import store as conversations_store
from switchboard.conversations.types import Heard
from switchboard.replies import rules
from switchboard.replies.answering import store as answering_store
from switchboard.replies.store import NewInbound

Connection = AsyncConnection[Any]
Key = tuple[int, int, int]


class Opened:
    """What a batch has done to conversations."""

    def __init__(self, noted: dict[Key, conversations_store.Noted]) -> None:
        # Sessions begun, by (workspace, contact).
        self.sessions: Counter[tuple[int, int]] = Counter()
        # Topics of open pages, by workspace.
        self.topics: defaultdict[int, set[str]] = defaultdict(set)
        for (workspace_id, contact_id, _number_id), one in noted.items():
            self.sessions[workspace_id, contact_id] += one.is_new_session
            self.topics[workspace_id] |= {"conversations", f"conversation:{one.conversation_id}"}


async def open_conversations(connection: Connection, rows: Iterable[NewInbound]) -> Opened:
    """Note messages in their conversations, and have each decided on: whether and how it is answered."""
    written = [row for row in rows if rules.opens_window(row.kind)]
    noted = await conversations_store.note_inbound(connection, _heard(written))
    await answering_store.insert_effects(connection, [(row.id, row.workspace_id, row.sequence) for row in written])
    return Opened(noted)


def _heard(rows: Iterable[NewInbound]) -> list[Heard]:
    by_thread: defaultdict[Key, list[NewInbound]] = defaultdict(list)
    for row in rows:
        by_thread[row.workspace_id, row.contact_id, row.number_id].append(row)
    return [_fold(key, messages) for key, messages in by_thread.items()]


def _fold(key: Key, messages: list[NewInbound]) -> Heard:
    last = max(messages, key=lambda row: (row.sent_at, row.sequence))
    first_at = min(row.sent_at for row in messages)
    return Heard(*key, first_at=first_at, last_at=last.sent_at, count=len(messages), last_id=last.id)
