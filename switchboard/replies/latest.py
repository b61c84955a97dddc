"""Incoming messages as pages show them, newest first."""

from switchboard.replies.models import InboundMessage


def list_latest(workspace_id: int, limit: int) -> list[InboundMessage]:
    """Return the newest incoming messages of a workspace."""
    # Index: replies_inbound_newest.
    return list(InboundMessage.objects.filter(workspace_id=workspace_id).order_by("-id")[:limit])


def list_of_contact(workspace_id: int, contact_id: int, limit: int) -> list[InboundMessage]:
    """Return the newest messages that one person sent us."""
    # Index: replies_inbound_by_contact.
    return list(InboundMessage.objects.filter(workspace_id=workspace_id, contact_id=contact_id).order_by("-id")[:limit])
