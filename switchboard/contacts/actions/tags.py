"""Words that mark people: given by hand, or kept by a rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from switchboard.contacts import segment_queries, tag_store
from switchboard.contacts.errors import CleanupError, SegmentError, TagError, TagNotFound
from switchboard.contacts.models import Cleanup, Correction, Pass, Tag, TagGroup
from switchboard.contacts.segments import tree
from switchboard.core import statements
from switchboard.core.rows import get_own

COLOURS = ("blue", "azure", "cyan", "teal", "green", "lime", "yellow", "orange", "red", "pink", "purple", "secondary")
LONGEST_NAME = 60


def ensure_tags(*, workspace_id: int, names: Iterable[str]) -> dict[str, int]:
    """Return the id of each tag, made where there was none."""
    wanted = sorted(set(names))
    Tag.objects.bulk_create([Tag(workspace_id=workspace_id, name=name) for name in wanted], ignore_conflicts=True)
    return dict(Tag.objects.filter(workspace_id=workspace_id, name__in=wanted).values_list("name", "id"))


@dataclass(frozen=True, slots=True)
class TagWish:
    """What a tag is to be like. `rule` None: it is given by hand. `group` is a name; empty means none."""

    name: str
    colour: str = "blue"
    description: str = ""
    owner_id: int | None = None
    group: str = ""
    is_exclusive: bool = False
    rule: dict[str, Any] | None = None


def get_tag(workspace_id: int, tag_id: int, *, lock: bool = False) -> Tag:
    """Return a tag.

    :raises TagNotFound: not in this workspace.
    """
    return get_own(Tag, workspace_id, tag_id, TagNotFound, lock=lock)


def save_tag(*, workspace_id: int, wish: TagWish, now: datetime, tag_id: int | None = None) -> Tag:
    """Make a tag, or change one; a new rule begins to work within a minute.

    :raises TagError: the name is empty, too long or taken, or the rule asks for itself.
    :raises SegmentError: the rule cannot be asked.
    """
    name = wish.name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise TagError(f"A tag needs a name of 1 to {LONGEST_NAME} characters.")
    tag = get_tag(workspace_id, tag_id, lock=True) if tag_id else Tag(workspace_id=workspace_id, created_at=now)
    former = tag.rule
    if tag.pk and (former is None) != (wish.rule is None):
        raise TagError("A tag given by hand cannot become one kept by a rule, nor the reverse. Make a new tag instead.")
    if wish.rule is not None:
        _check_rule(workspace_id, wish.rule, now, tag_id=tag.pk)
    group = _ensure_group(workspace_id, wish.group.strip(), is_exclusive=wish.is_exclusive)
    has_new_group = (group.pk if group else None) != tag.group_id
    tag.name, tag.colour = name, wish.colour if wish.colour in COLOURS else COLOURS[0]
    tag.description, tag.owner_id, tag.group, tag.rule = wish.description.strip()[:500], wish.owner_id, group, wish.rule
    has_new_rule = wish.rule is not None and (wish.rule != former or has_new_group)
    tag.rule_version = (tag.rule_version or 0) + has_new_rule
    tag.moved_on = tag.moved_on or now.date()
    try:
        with transaction.atomic():
            tag.save()
    except IntegrityError as error:
        raise TagError(f"There is a tag “{name}” already. Choose another name, or merge the two.") from error
    if has_new_rule or (group is not None and group.is_exclusive and tag_id):
        look_at_everybody(workspace_id)
    return tag


def _check_rule(workspace_id: int, rule: dict[str, Any], now: datetime, *, tag_id: int | None) -> None:
    parsed = segment_queries.check_definition(rule, segment_queries.load_world(workspace_id, now))
    rules = dict(Tag.objects.filter(workspace_id=workspace_id, rule__isnull=False).values_list("pk", "rule"))
    world = segment_queries.load_world(workspace_id, now)
    waiting, seen = [parsed], set[int]()
    while waiting:
        node = waiting.pop()
        waiting += [world.segments[key] for key in tree.list_segment_ids(node) if key in world.segments]
        for other in tree.list_tag_ids(node) - seen:
            if other == tag_id:
                raise SegmentError(
                    "This rule asks for its own tag, by itself or through another one. Remove that condition."
                )
            seen.add(other)
            if other in rules:
                waiting.append(tree.parse_tree(rules[other]))


def _ensure_group(workspace_id: int, name: str, *, is_exclusive: bool) -> TagGroup | None:
    if not name:
        return None
    group, is_new = TagGroup.objects.get_or_create(
        workspace_id=workspace_id, name=name[:60], defaults={"is_exclusive": is_exclusive}
    )
    if not is_new and group.is_exclusive != is_exclusive:
        group.is_exclusive = is_exclusive
        group.save(update_fields=["is_exclusive"])
    return group


def look_at_everybody(workspace_id: int) -> None:
    """Have the worker apply all rules to everybody once more, from the beginning."""
    Pass.objects.get_or_create(workspace_id=workspace_id, defaults={"wanted": 0})
    Pass.objects.filter(workspace_id=workspace_id).update(wanted=F("wanted") + 1)


def give_tag(*, workspace_id: int, contact_id: int, tag_id: int, now: datetime, by: int | None) -> None:
    """Give one person a tag. In an exclusive group the others go; against a rule it is a correction that stays.

    :raises TagNotFound: not in this workspace.
    """
    tag = get_tag(workspace_id, tag_id)
    if tag.rule is not None:
        _correct(tag, contact_id, is_member=True, now=now, by=by)
        return
    rivals: list[int] = []
    if tag.group is not None and tag.group.is_exclusive:
        rivals = list(Tag.objects.filter(group_id=tag.group_id, rule__isnull=True).values_list("pk", flat=True))
    given = {"workspace_id": workspace_id, "contact_ids": [contact_id], "remove": rivals, "add": [tag.pk], "now": now}
    statements.execute(tag_store.SQL_CHANGE_TAGS, given)


def take_tag(*, workspace_id: int, contact_id: int, tag_id: int, now: datetime, by: int | None) -> None:
    """Take a tag from one person; against a rule it is a correction that stays.

    :raises TagNotFound: not in this workspace.
    """
    tag = get_tag(workspace_id, tag_id)
    if tag.rule is not None:
        _correct(tag, contact_id, is_member=False, now=now, by=by)
        return
    given = {"workspace_id": workspace_id, "contact_ids": [contact_id], "remove": [tag.pk], "add": [], "now": now}
    statements.execute(tag_store.SQL_CHANGE_TAGS, given)


def _correct(tag: Tag, contact_id: int, *, is_member: bool, now: datetime, by: int | None) -> None:
    Correction.objects.update_or_create(
        contact_id=contact_id,
        tag_id=tag.pk,
        defaults={"workspace_id": tag.workspace_id, "is_member": is_member, "at": now, "by": by},
    )
    given = {"workspace_id": tag.workspace_id, "contact_id": contact_id, "tag_id": tag.pk, "now": now}
    if statements.execute(tag_store.SQL_CLASS_ADD if is_member else tag_store.SQL_CLASS_REMOVE, given):
        statements.execute(tag_store.SQL_NOTE_CHANGE, {**given, "is_member": is_member})


def delete_tag(*, workspace_id: int, tag_id: int, now: datetime, by: int | None) -> Cleanup:
    """Delete a tag and take it from everybody; can be undone.

    :raises TagError: a segment or a rule still asks for it.
    """
    tag = get_tag(workspace_id, tag_id, lock=True)
    uses = segment_queries.list_uses(workspace_id, tag_id=tag_id)
    if used_by := [*(one.name for one in uses.segments), *(one.name for one in uses.tags)]:
        raise TagError(f"“{tag.name}” is asked for by {', '.join(used_by)}. Change that first.")
    people = _people_with(tag)
    done = Cleanup.objects.create(
        workspace_id=workspace_id,
        kind=Cleanup.Kind.DELETE_TAG,
        detail={"tag": _as_detail(tag)},
        contact_ids=people,
        done_at=now,
        done_by=by,
    )
    _take_from(tag, people, now)
    tag.delete()
    return done


def merge_tags(*, workspace_id: int, tag_id: int, into_id: int, now: datetime, by: int | None) -> Cleanup:
    """Give everybody with one tag the other, and delete the first; can be undone.

    :raises TagError: they are the same, one is kept by a rule, or something asks for the first.
    """
    tag, into = get_tag(workspace_id, tag_id, lock=True), get_tag(workspace_id, into_id)
    if tag.pk == into.pk or tag.rule is not None or into.rule is not None:
        raise TagError("Two different tags given by hand can be merged. Choose others.")
    people = _people_with(tag)
    had = set(statements.fetch(tag_store.SQL_WITH_TAG, {"workspace_id": workspace_id, "tag_ids": [into.pk]}))
    gained = [contact_id for contact_id in people if (contact_id,) not in had]
    done = delete_tag(workspace_id=workspace_id, tag_id=tag_id, now=now, by=by)
    _change(workspace_id, gained, add=[into.pk], now=now)
    done.kind = Cleanup.Kind.MERGE_TAGS
    done.detail |= {"into": {"id": into.pk, "name": into.name}, "gained": gained}
    done.save(update_fields=["kind", "detail"])
    return done


def undo_tag_cleanup(*, workspace_id: int, cleanup_id: int, now: datetime) -> Cleanup:
    """Bring a deleted or merged tag back, to everybody who carried it.

    :raises CleanupError: it was undone already, or its name has been given away.
    """
    done = Cleanup.objects.select_for_update(no_key=True).filter(workspace_id=workspace_id, pk=cleanup_id).first()
    if done is None or done.undone_at is not None:
        raise CleanupError
    detail = done.detail["tag"]
    if Tag.objects.filter(workspace_id=workspace_id, name=detail["name"]).exists():
        raise CleanupError(f"There is a new tag “{detail['name']}”. Rename it first.")
    group = TagGroup.objects.filter(workspace_id=workspace_id, pk=detail.pop("group_id")).first()
    Tag.objects.create(workspace_id=workspace_id, created_at=now, moved_on=now.date(), group=group, **detail)
    if detail["rule"] is not None:
        look_at_everybody(workspace_id)
    else:
        _change(workspace_id, done.contact_ids, add=[detail["id"]], now=now)
    if into := done.detail.get("into"):
        _change(workspace_id, done.detail["gained"], remove=[into["id"]], now=now)
    done.undone_at = now
    done.save(update_fields=["undone_at"])
    return done


def _as_detail(tag: Tag) -> dict[str, Any]:
    names = ("name", "colour", "description", "owner_id", "group_id", "position", "rule", "rule_version", "preset")
    return {"id": tag.pk, **{name: getattr(tag, name) for name in names}}


def _people_with(tag: Tag) -> list[int]:
    statement = tag_store.SQL_WITH_TAG if tag.rule is None else tag_store.SQL_WITH_CLASS
    rows = statements.fetch(statement, {"workspace_id": tag.workspace_id, "tag_ids": [tag.pk]})
    return [contact_id for (contact_id,) in rows]


def _take_from(tag: Tag, people: list[int], now: datetime) -> None:
    if tag.rule is None:
        _change(tag.workspace_id, people, remove=[tag.pk], now=now)
    else:
        statements.execute(tag_store.SQL_DROP_CLASS, {"workspace_id": tag.workspace_id, "tag_id": tag.pk})
        Correction.objects.filter(workspace_id=tag.workspace_id, tag_id=tag.pk).delete()


def _change(
    workspace_id: int, people: list[int], *, now: datetime, add: Iterable[int] = (), remove: Iterable[int] = ()
) -> None:
    given = {"workspace_id": workspace_id, "contact_ids": people, "add": list(add), "remove": list(remove), "now": now}
    if people:
        statements.execute(tag_store.SQL_CHANGE_TAGS, given)
