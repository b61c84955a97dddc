"""Ready-made automatic tags: switched on by one click, off by another."""

from collections.abc import Mapping
from datetime import datetime

from switchboard.contacts import tag_store
from switchboard.contacts.actions.tags import ensure_tags, look_at_everybody
from switchboard.contacts.errors import SegmentError, TagError
from switchboard.contacts.models import Correction, Tag, TagGroup
from switchboard.contacts.people_models import Field
from switchboard.contacts.segments import presets
from switchboard.contacts.segments.presets import Preset
from switchboard.core import statements


def find_preset(key: str) -> Preset:
    """Return a preset.

    :raises TagError: there is none of this name.
    """
    if key not in presets.PRESETS:
        raise TagError("There is no such preset. Choose one from the list.")
    return presets.PRESETS[key]


def switch_on(
    *,
    workspace_id: int,
    key: str,
    now: datetime,
    by: int | None,
    names: Mapping[str, str],
    field: str = "",
) -> list[Tag]:
    """Make a preset's tags; people have them within a minute. `names` are the tags' in the language of the page.

    :raises TagError: there is no such preset, or one of its names is taken.
    :raises SegmentError: it needs a field with dates and none was chosen.
    """
    preset = find_preset(key)
    if preset.needs and not Field.objects.filter(workspace_id=workspace_id, key=field, kind=preset.needs).exists():
        raise SegmentError(
            "Choose the field that holds the date. If there is none yet, make one under Contacts, Fields."
        )
    wanted = [names.get(tag.key, tag.name)[:60] for tag in preset.tags]
    taken = Tag.objects.filter(workspace_id=workspace_id, name__in=wanted).exclude(preset=key).first()
    if taken is not None:
        raise TagError(f"There is a tag “{taken.name}” already. Rename it, then switch this on.")
    complaint = 0
    if presets.names_complaint(preset):
        [complaint] = ensure_tags(workspace_id=workspace_id, names=[names.get("complaint", "Complaint")]).values()
    group = None
    if preset.is_exclusive:
        group, _ = TagGroup.objects.get_or_create(
            workspace_id=workspace_id, name=names.get(key, preset.name)[:60], defaults={"is_exclusive": True}
        )
    made = [
        Tag.objects.update_or_create(
            workspace_id=workspace_id,
            name=name,
            defaults={
                "colour": tag.colour,
                "group": group,
                "position": position,
                "rule": presets.fill_in(tag.rule, field=field, complaint=complaint),
                "rule_version": 1,
                "preset": key,
                "owner_id": by if preset.has_owner else None,
                "created_at": now,
                "moved_on": now.date(),
            },
        )[0]
        for position, (name, tag) in enumerate(zip(wanted, preset.tags, strict=True))
    ]
    look_at_everybody(workspace_id)
    return made


def switch_off(*, workspace_id: int, key: str) -> int:
    """Delete the tags that a preset has made, and return how many they were.

    :raises TagError: there is no such preset.
    """
    find_preset(key)
    tags = list(Tag.objects.filter(workspace_id=workspace_id, preset=key))
    for tag in tags:
        statements.execute(tag_store.SQL_DROP_CLASS, {"workspace_id": workspace_id, "tag_id": tag.pk})
        Correction.objects.filter(workspace_id=workspace_id, tag_id=tag.pk).delete()
        tag.delete()
    look_at_everybody(workspace_id)
    return len(tags)
