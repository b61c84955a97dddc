"""One conversation as a page shows it: messages both ways with their ticks, and what happened between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from switchboard.conversations import queries
from switchboard.core import clock
from switchboard.delivery import boards
from switchboard.replies import latest
from switchboard.team import queries as team_queries
from switchboard.templates import catalogue
from switchboard.web import formats
from switchboard.web.conversations import bubbles, lines

if TYPE_CHECKING:
    from switchboard.conversations.models import Conversation

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing on the page, in its order: a message of theirs or ours, or a line between them."""

    at: datetime
    # "theirs", "ours" or "line".
    side: str
    key: str
    bubble: bubbles.Bubble | None = None
    ticks: bubbles.Ticks | None = None
    sender: str = ""
    text: str = ""
    icon: str = ""
    is_opt_out: bool = False
    # The day that begins with this entry; empty when it goes on.
    day: str = ""


def list_entries(conversation: Conversation) -> list[Entry]:
    """Return the newest of a conversation, oldest first, with a heading where a day begins."""
    found = sorted([*_incoming(conversation), *_outgoing(conversation), *_lines(conversation)], key=_order)
    return list(_with_days(found[-_SHOWN:]))


def is_read(entries: list[Entry]) -> bool:
    """Whether the newest message of ours was read: then no fuller answer follows by itself."""
    ticks = next((entry.ticks for entry in reversed(entries) if entry.side == "ours"), None)
    return ticks is not None and ticks.status == "read"


def _order(entry: Entry) -> tuple[datetime, int, str]:
    # What a rule did stands above what it said, both below the message that brought it about.
    return entry.at, {"theirs": 0, "line": 1, "ours": 2}[entry.side], entry.key


def _with_days(entries: list[Entry]) -> Iterator[Entry]:
    shown = ""
    for entry in entries:
        day = formats.render_day(entry.at)
        yield entry if day == shown else replace(entry, day=day)
        shown = day


def _incoming(conversation: Conversation) -> Iterator[Entry]:
    found = latest.list_of_thread(conversation.workspace_id, conversation.contact_id, conversation.number_id, _SHOWN)
    for row in found:
        # Meta cuts to whole seconds; the moment it came in keeps answers below questions.
        at = max(row.sent_at, row.received_at) if (row.received_at - row.sent_at).total_seconds() < 2 else row.sent_at
        bubble = bubbles.read_incoming(row.kind, row.text)
        yield Entry(at, "theirs", str(row.id), bubble=bubble, is_opt_out=row.is_opt_out)


def _outgoing(conversation: Conversation) -> Iterator[Entry]:
    rows = boards.list_of_thread(conversation.workspace_id, conversation.contact_id, conversation.number_id, _SHOWN)
    templates = catalogue.map_templates(
        conversation.workspace_id, {row.template_id for row in rows if row.template_id is not None}
    )
    for row in rows:
        bubble = bubbles.read_outgoing(row.body, templates.get(row.template_id or 0))
        ticks = bubbles.read_ticks(row.state, row.reason)
        yield Entry(row.at, "ours", str(row.id), bubble=bubble, ticks=ticks, sender=bubbles.say_sender(row.origin_kind))


def _lines(conversation: Conversation) -> Iterator[Entry]:
    names = team_queries.map_member_names(conversation.workspace_id)
    for row in queries.list_lines(conversation.pk, conversation.workspace_id, _SHOWN):
        text = lines.say(row.kind, row.detail, names)
        yield Entry(row.at, "line", f"{row.pk:020}", text=text, icon=lines.icon_of(row.kind))


@dataclass(frozen=True, slots=True)
class WindowChip:
    """How long free-form messages are still possible: open, closing soon, or closed."""

    state: str
    span: str = ""

    @property
    def is_open(self) -> bool:
        """Whether a colleague may write freely."""
        return self.state != "closed"


def find_window(conversation: Conversation) -> WindowChip:
    """Return the window of a conversation."""
    return make_chip(queries.find_window_end(conversation))


def make_chip(ends_at: datetime | None) -> WindowChip:
    """Return the chip of a window that ends then."""
    left = (ends_at - clock.now()).total_seconds() if ends_at else 0.0
    if left <= 30:
        return WindowChip("closed")
    return WindowChip("soon" if left < 7200 else "open", formats.render_span(left - left % 60))


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation in the list."""

    conversation: Conversation
    name: str
    number: str
    text: str
    window: WindowChip
    key: UUID
