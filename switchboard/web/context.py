"""What every page's frame shows."""

from typing import Any

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the member and workspace of the signed-in person."""
    member = getattr(request, "member", None)
    return {"member": member, "workspace": member.workspace if member else None}
