"""Incoming messages as pages show them, newest first."""

from collections.abc import Iterable
from uuid import UUID

from switchboard.replies.models import InboundMessage


def list_latest(workspace_id: int, limit: int) -> list[InboundMessage]:
    """Return the newest incoming messages of a workspace."""
    # Index: replies_inbound_newest.
    return _in_order(InboundMessage.objects.filter(workspace_id=workspace_id).order_by("-id")[:limit])


def list_of_contact(workspace_id: int, contact_id: int, limit: int) -> list[InboundMessage]:
    """Return the newest messages that one person sent us."""
    # Index: replies_inbound_by_contact.
    found = InboundMessage.objects.filter(workspace_id=workspace_id, contact_id=contact_id)
    return _in_order(found.order_by("-id")[:limit])


def list_of_thread(workspace_id: int, contact_id: int, number_id: int, limit: int) -> list[InboundMessage]:
    """Return the newest messages that one person sent to one number."""
    # Index: replies_inbound_by_contact.
    found = InboundMessage.objects.filter(workspace_id=workspace_id, contact_id=contact_id, number_id=number_id)
    return _in_order(found.order_by("-id")[:limit])


def map_texts(workspace_id: int, message_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the words of messages, or what they are where they have none."""
    found = InboundMessage.objects.filter(workspace_id=workspace_id, id__in=list(message_ids))
    return {message_id: text or kind for message_id, text, kind in found.values_list("id", "text", "kind")}


def _in_order(newest: Iterable[InboundMessage]) -> list[InboundMessage]:
    """Put messages of one second into the order in which they came: ids know no more than the second."""
    return sorted(newest, key=lambda message: (message.sent_at, message.sequence), reverse=True)
