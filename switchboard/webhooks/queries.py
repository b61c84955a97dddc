"""What has been received and is not applied yet."""

from switchboard.webhooks.models import Event


def count_unapplied(workspace_id: int) -> int:
    """Count the stored events that wait for the worker."""
    return Event.objects.filter(workspace_id=workspace_id).count()
