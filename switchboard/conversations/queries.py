"""What pages and other rooms ask about conversations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import F, Q

from switchboard.contacts.models import Contact, Identity
from switchboard.conversations import hours as hours_rules
from switchboard.conversations.errors import ConversationNotFoundError
from switchboard.conversations.models import BusinessHours, Conversation, Line, Timer
from switchboard.delivery.models import Window
from switchboard.delivery.rules import gates
from switchboard.numbers.models import Number
from switchboard.team import queries as team_queries

PAGE = 50


@dataclass(frozen=True, slots=True)
class Recipient:
    """How a person is written to through a number."""

    address: str
    zones: str


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """A piece of the list; `next_before` continues it, empty at the end."""

    conversations: tuple[Conversation, ...]
    next_before: str


def get_conversation(workspace_id: int, conversation_id: int, *, lock: bool = False) -> Conversation:
    """Return a conversation.

    :raises ConversationNotFoundError: not in this workspace.
    """
    found = Conversation.objects.filter(workspace_id=workspace_id, pk=conversation_id)
    if lock:
        found = found.select_for_update(no_key=True)
    conversation = found.first()
    if conversation is None:
        raise ConversationNotFoundError
    return conversation


def find_of_contact(workspace_id: int, contact_id: int) -> list[Conversation]:
    """Return a person's conversations, one a number, the latest first."""
    # Index: conversations_once.
    found = Conversation.objects.filter(workspace_id=workspace_id, contact_id=contact_id)
    return list(found.order_by("-last_inbound_at", "-id"))


def list_conversations(
    workspace_id: int, *, is_waiting: bool = False, answering: str = "", number_id: int | None = None, before: str = ""
) -> ConversationPage:
    """Return conversations, the latest first; those that wait for a person in the order of their queue."""
    found = Conversation.objects.filter(workspace_id=workspace_id)
    if answering:
        found = found.filter(answering=answering)
    if number_id is not None:
        found = found.filter(number_id=number_id)
    if is_waiting:
        # Index: conversations_queue.
        waiting = found.filter(waits_since__isnull=False).order_by("-priority", "-is_collected", "waits_since")
        return ConversationPage(tuple(waiting[: 4 * PAGE]), "")
    at, _slash, last_id = before.partition("_")
    if at and last_id.isdigit():
        moment = _read_moment(at)
        if moment is not None:
            found = found.filter(Q(last_inbound_at__lt=moment) | Q(last_inbound_at=moment, id__lt=int(last_id)))
    # Index: conversations_latest.
    rows = list(found.order_by("-last_inbound_at", "-id")[: PAGE + 1])
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    following = f"{rows[-1].last_inbound_at.timestamp():.6f}_{rows[-1].pk}" if more else ""
    return ConversationPage(tuple(rows), following)


def _read_moment(text: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def count_waiting(workspace_id: int, most: int = 999) -> int:
    """Return how many conversations wait for a person, counted up to `most`."""
    # Index: conversations_queue.
    waiting = Conversation.objects.filter(workspace_id=workspace_id, waits_since__isnull=False)
    return len(waiting.values_list("id", flat=True)[:most])


def list_lines(conversation_id: int, workspace_id: int, limit: int = 200) -> list[Line]:
    """Return the newest lines of a conversation."""
    # Index: conversations_line_latest.
    found = Line.objects.filter(workspace_id=workspace_id, conversation_id=conversation_id)
    return list(found.order_by("-id")[:limit])


def list_timers(conversation_id: int, workspace_id: int) -> list[Timer]:
    """Return what is still to be done in a conversation, the soonest first."""
    # Index: conversations_timer_once.
    found = Timer.objects.filter(workspace_id=workspace_id, conversation_id=conversation_id)
    return list(found.order_by("due_at"))


def map_people(workspace_id: int, contact_ids: Iterable[int]) -> dict[int, Contact]:
    """Return the people behind conversations; one that was erased is missing."""
    return {row.pk: row for row in Contact.objects.filter(workspace_id=workspace_id, pk__in=set(contact_ids))}


def find_person(conversation: Conversation) -> Contact | None:
    """Return the person behind a conversation, unless they were erased."""
    return map_people(conversation.workspace_id, [conversation.contact_id]).get(conversation.contact_id)


def get_recipient(conversation: Conversation) -> Recipient:
    """Return how the person of a conversation is written to: by phone, or by the user id of the number's portfolio.

    :raises ConversationNotFoundError: nobody is behind it any more.
    """
    contact = Contact.objects.filter(workspace_id=conversation.workspace_id, pk=conversation.contact_id).first()
    if contact is None:
        raise ConversationNotFoundError
    if contact.phone:
        return Recipient(contact.phone, contact.zones)
    portfolio = Number.objects.filter(pk=conversation.number_id).values_list("account__portfolio_id", flat=True).first()
    known = Identity.objects.filter(
        workspace_id=conversation.workspace_id, contact_id=contact.pk, kind="user_id", portfolio_id=portfolio or 0
    )
    address = known.order_by(F("id").desc()).values_list("value", flat=True).first()
    if address is None:
        raise ConversationNotFoundError("There is no phone number and no user id by which this number could write.")
    return Recipient(address, contact.zones)


def find_window_end(conversation: Conversation) -> datetime | None:
    """Return until when free-form messages are possible in a conversation; None when nothing was ever written."""
    # Index: delivery_window's primary key.
    opened_at = (
        Window.objects.filter(
            workspace_id=conversation.workspace_id,
            contact_id=conversation.contact_id,
            number_id=conversation.number_id,
        )
        .values_list("opened_at", flat=True)
        .first()
    )
    return None if opened_at is None else opened_at + gates.WINDOW


def map_window_ends(workspace_id: int, conversations: Iterable[Conversation]) -> dict[tuple[int, int], datetime]:
    """Return until when free-form messages are possible, by contact and number."""
    contacts = {one.contact_id for one in conversations}
    # Index: delivery_window's primary key.
    rows = Window.objects.filter(workspace_id=workspace_id, contact_id__in=contacts)
    return {(row.contact_id, row.number_id): row.opened_at + gates.WINDOW for row in rows}


def get_hours(workspace_id: int, number_id: int = 0) -> hours_rules.Hours:
    """Return the business hours of a number: its own, else the workspace's, else always open."""
    # Index: conversations_hours_once.
    rows = {
        row.number_id: row
        for row in BusinessHours.objects.filter(workspace_id=workspace_id, number_id__in=[0, number_id])
    }
    row = rows.get(number_id) or rows.get(0)
    if row is None:
        return hours_rules.Hours(zone=team_queries.get_workspace(workspace_id).time_zone)
    return hours_rules.parse_hours(row.zone, row.week, [day.isoformat() for day in row.days_off])


def list_own_hours(workspace_id: int) -> list[BusinessHours]:
    """Return the hours that somebody has set, the workspace's first."""
    return list(BusinessHours.objects.filter(workspace_id=workspace_id).order_by("number_id"))
