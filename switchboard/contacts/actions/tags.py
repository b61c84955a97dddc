"""Words that mark people."""

from collections.abc import Iterable

from switchboard.contacts.models import Tag


def ensure_tags(*, workspace_id: int, names: Iterable[str]) -> dict[str, int]:
    """Return the id of each tag, made where there was none."""
    wanted = sorted(set(names))
    Tag.objects.bulk_create([Tag(workspace_id=workspace_id, name=name) for name in wanted], ignore_conflicts=True)
    return dict(Tag.objects.filter(workspace_id=workspace_id, name__in=wanted).values_list("name", "id"))
