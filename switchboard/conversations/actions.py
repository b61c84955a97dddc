"""Every synchronous write: taking over, handing back, resolving, assigning, replying, business hours."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from switchboard.cloudapi import payloads
from switchboard.conversations import hours as hours_rules
from switchboard.conversations import queries
from switchboard.conversations.errors import AlreadyAnsweringError, BotAnsweringError
from switchboard.conversations.models import BusinessHours, Conversation, Line, Timer
from switchboard.conversations.types import Answering, LineKind, Priority, State, TimerKind
from switchboard.core import ids, statements
from switchboard.delivery import actions as delivery_actions
from switchboard.delivery.types import NewMessage, Origin
from switchboard.delivery.types import Priority as LanePriority

_AUTOMATIC = [TimerKind.ANSWER, TimerKind.PARTS, TimerKind.RUNG, TimerKind.HAND_BACK, TimerKind.TYPING]
_DIALOGUE = ["ladder_rule_id", "ladder_rung", "ladder_attempts", "ladder_since", "ladder_expires_at"]


def take_over(*, workspace_id: int, conversation_id: int, member_id: int, by: str, now: datetime) -> Conversation:
    """Let a person answer from now on: what automatic answers had in mind is dropped.

    :raises ConversationNotFoundError: not in this workspace.
    :raises AlreadyAnsweringError: this person answers already.
    """
    with transaction.atomic():
        thread = queries.get_conversation(workspace_id, conversation_id, lock=True)
        if thread.answering == Answering.PERSON and thread.assignee_id == member_id:
            raise AlreadyAnsweringError
        thread.answering = Answering.PERSON
        thread.assignee_id = member_id
        _forget_ladder(thread)
        _save(thread, "answering", "assignee_id", *_DIALOGUE)
        _drop_timers(thread)
        write_line(thread, LineKind.TAKEN_OVER, now, by=by)
    return thread


def restart(*, workspace_id: int, conversation_id: int, by: str, now: datetime) -> Conversation:
    """Let automatic answers begin afresh in this conversation.

    :raises ConversationNotFoundError: not in this workspace.
    :raises BotAnsweringError: they are at work already and stand on no rung.
    """
    with transaction.atomic():
        thread = queries.get_conversation(workspace_id, conversation_id, lock=True)
        if thread.answering == Answering.BOT and thread.ladder_rule_id is None and thread.waits_since is None:
            raise BotAnsweringError
        thread.answering = Answering.BOT
        thread.waits_since = thread.handed_over_at = thread.hand_over = None
        thread.is_collected = False
        thread.negative_count = thread.quick_count = thread.same_count = 0
        thread.recent_answers = []
        thread.priority = Priority.NORMAL
        _forget_ladder(thread)
        changed = ["answering", "waits_since", "handed_over_at", "hand_over", "is_collected", "priority"]
        _save(thread, *changed, "negative_count", "quick_count", "same_count", "recent_answers", *_DIALOGUE)
        _drop_timers(thread)
        write_line(thread, LineKind.RESTARTED, now, by=by)
    return thread


def resolve(*, workspace_id: int, conversation_id: int, by: str, now: datetime) -> Conversation:
    """Close the session: the person's next message begins a new one.

    :raises ConversationNotFoundError: not in this workspace.
    """
    with transaction.atomic():
        thread = queries.get_conversation(workspace_id, conversation_id, lock=True)
        thread.state = State.RESOLVED
        thread.waits_since = None
        thread.is_collected = False
        thread.priority = Priority.NORMAL
        _forget_ladder(thread)
        _save(thread, "state", "waits_since", "is_collected", "priority", *_DIALOGUE)
        _drop_timers(thread)
        write_line(thread, LineKind.RESOLVED, now, by=by)
    return thread


def assign(
    *, workspace_id: int, conversation_id: int, member_id: int | None, to: str, by: str, now: datetime
) -> Conversation:
    """Make a conversation somebody's, or nobody's.

    :raises ConversationNotFoundError: not in this workspace.
    """
    with transaction.atomic():
        thread = queries.get_conversation(workspace_id, conversation_id, lock=True)
        thread.assignee_id = member_id
        _save(thread, "assignee_id")
        write_line(thread, LineKind.ASSIGNED, now, by=by, to=to)
    return thread


def send_reply(*, workspace_id: int, conversation_id: int, text: str, user_id: int, now: datetime) -> UUID:
    """Write to the person as one of us, free-form; the gates say no outside the 24-hour window.

    :raises ConversationNotFoundError: not in this workspace.
    :raises PayloadError: the text is empty or too long.
    """
    body = {"type": "text", "text": payloads.Text(text.strip()).build()}
    with transaction.atomic():
        thread = queries.get_conversation(workspace_id, conversation_id, lock=True)
        person = queries.get_recipient(thread)
        lanes = delivery_actions.open_lanes(
            workspace_id=workspace_id,
            origin=Origin.PERSON,
            origin_id=user_id,
            priority=LanePriority.PERSON,
            number_ids=[thread.number_id],
        )
        message = NewMessage(
            id=ids.new_message_id(now),
            lane_id=lanes[thread.number_id],
            number_id=thread.number_id,
            contact_id=thread.contact_id,
            category="service",
            recipient=person.address,
            zones=person.zones,
            body=body,
            due_at=now,
        )
        delivery_actions.enqueue_messages(
            workspace_id=workspace_id, origin=Origin.PERSON, origin_id=user_id, messages=[message], now=now
        )
        thread.last_outbound_at = now
        thread.waits_since = None
        thread.is_collected = False
        _save(thread, "last_outbound_at", "waits_since", "is_collected")
        _tell(thread)
    return message.id


def set_hours(
    *,
    workspace_id: int,
    zone: str,
    week: Mapping[str, str],
    days_off: Sequence[str] = (),
    number_id: int = 0,
) -> BusinessHours:
    """Set when somebody is there, for the workspace (number 0) or one number; an empty week is always open.

    :raises ZoneError: the zone does not exist.
    :raises HoursError: a span or a day cannot be read.
    """
    hours_rules.parse_hours(zone, week, days_off)
    values: dict[str, Any] = {
        "zone": zone,
        "week": {day: week[day] for day in hours_rules.DAYS if week.get(day)},
        "days_off": [date.fromisoformat(day.strip()) for day in days_off if day.strip()],
    }
    row, _created = BusinessHours.objects.update_or_create(
        workspace_id=workspace_id, number_id=number_id, defaults=values
    )
    return row


def write_line(thread: Conversation, kind: LineKind, now: datetime, **detail: Any) -> None:
    """Write down what happened, and tell open pages."""
    Line.objects.create(
        workspace_id=thread.workspace_id, conversation_id=thread.pk, kind=kind.value, at=now, detail=detail
    )
    _tell(thread)


def _tell(thread: Conversation) -> None:
    statements.notify_live(thread.workspace_id, ["conversations", f"conversation:{thread.pk}"])


def _forget_ladder(thread: Conversation) -> None:
    thread.ladder_rule_id = thread.ladder_since = thread.ladder_expires_at = None
    thread.ladder_rung = thread.ladder_attempts = 0


def _save(thread: Conversation, *fields: str) -> None:
    # What a person decides belongs to the session that is open now.
    thread.dialogue_session = thread.session_number
    thread.save(update_fields=[*fields, "dialogue_session"])


def _drop_timers(thread: Conversation) -> None:
    Timer.objects.filter(conversation_id=thread.pk, kind__in=_AUTOMATIC).delete()
