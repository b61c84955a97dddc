"""What pages ask about tags, automatic ones included."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from switchboard.contacts import tag_store
from switchboard.contacts.models import Change, Cleanup, Correction, Pass, Tag, TagGroup
from switchboard.core import statements
from switchboard.core.tenancy import seeing_all

# A person with so many tags is marked, never refused.
AMBER, RED = 10, 15


@dataclass(frozen=True, slots=True)
class CountedTag:
    """A tag with how many people carry it."""

    tag: Tag
    people: int


def list_tags(workspace_id: int) -> list[CountedTag]:
    """Return the tags of a workspace, by group, each with how many people carry it now."""
    with seeing_all():
        counts = dict(statements.fetch(tag_store.SQL_COUNT_TAGS, {"workspace_id": workspace_id}))
    tags = Tag.objects.filter(workspace_id=workspace_id).select_related("group")
    ordered = tags.order_by("group__name", "position", "name")
    return [CountedTag(tag, counts.get(tag.pk, 0)) for tag in ordered]


def list_groups(workspace_id: int) -> list[TagGroup]:
    """Return the groups of tags by name."""
    return list(TagGroup.objects.filter(workspace_id=workspace_id).order_by("name"))


def map_classes(workspace_id: int, contact_ids: Iterable[int]) -> dict[int, list[int]]:
    """Return the automatic tags of each of these people."""
    given = {"workspace_id": workspace_id, "contact_ids": list(contact_ids)}
    return dict(statements.fetch(tag_store.SQL_LIST_CLASSES, given))


def list_presets_on(workspace_id: int) -> set[str]:
    """Return the presets that are switched on."""
    tags = Tag.objects.filter(workspace_id=workspace_id).exclude(preset="")
    return set(tags.values_list("preset", flat=True))


def is_catching_up(workspace_id: int) -> bool:
    """Tell whether everybody is being looked at because a rule has changed."""
    found = Pass.objects.filter(workspace_id=workspace_id).first()
    return found is not None and found.done < found.wanted


def list_undoable(workspace_id: int, *, limit: int = 20) -> Sequence[Cleanup]:
    """Return what was put away lately and can be brought back."""
    return list(Cleanup.objects.filter(workspace_id=workspace_id, undone_at__isnull=True).order_by("-id")[:limit])


def list_changes(workspace_id: int, contact_id: int, *, limit: int = 50) -> list[Change]:
    """Return which tags came to a person and left them, newest first."""
    changes = Change.objects.filter(workspace_id=workspace_id, contact_id=contact_id)
    return list(changes.order_by("-id")[:limit])


def list_corrected(workspace_id: int, contact_id: int) -> dict[int, bool]:
    """Return a person's word against the rules: tag to whether they are to have it."""
    words = Correction.objects.filter(workspace_id=workspace_id, contact_id=contact_id)
    return dict(words.values_list("tag_id", "is_member"))
