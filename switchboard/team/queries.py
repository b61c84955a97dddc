"""Who is who."""

from switchboard.team.models import Member


def find_member(*, user_id: int, workspace_id: int | None) -> Member | None:
    """Return the person's place in that workspace, or else in the newest one they belong to."""
    memberships = Member.objects.select_related("workspace").filter(user_id=user_id).order_by("-workspace_id")
    if workspace_id is not None:
        chosen = memberships.filter(workspace_id=workspace_id).first()
        if chosen is not None:
            return chosen
    return memberships.first()
