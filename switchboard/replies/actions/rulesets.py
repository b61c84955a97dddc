"""The draft of the rules: saved whole, rule by rule, checked as it will be sent."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from switchboard.language import readings
from switchboard.language.types import Keyword as ListenFor
from switchboard.language.types import Mode, Pattern
from switchboard.replies import checking, errors, queries
from switchboard.replies.models import IgnoredPhrase, Keyword, Rule, Rung, Settings, Step
from switchboard.replies.types import Rule as RuleDraft

WITHOUT_READINGS = (queries.PAYLOAD_MODE, Mode.REGEX.value)


def save_rule(
    *, workspace_id: int, draft: RuleDraft, by: str, now: datetime, rule_id: int | None = None, is_on: bool = True
) -> Rule:
    """Save a rule of the draft, a new one without an id; readings and pinyin of its keywords are made here.

    :raises Invalid: a part of it cannot be used; the sentence says which and why.
    :raises RuleNotFoundError: there is no such rule in this workspace.
    """
    checking.check_rule(draft, queries.load_known(workspace_id, draft))
    values = {
        "name": draft.name.strip()[:150],
        "is_on": is_on,
        "trigger": draft.trigger.value,
        "priority": draft.priority,
        "media_kinds": list(draft.media_kinds),
        "scope": msgspec.to_builtins(draft.scope),
        "delay_from": draft.delay_from,
        "delay_until": draft.delay_until,
        "updated_at": now,
        "updated_by": by[:64],
    }
    with transaction.atomic():
        known = _map_patterns(workspace_id, rule_id) if rule_id else {}
        if rule_id is None:
            position = queries.next_position(workspace_id)
            rule = Rule.objects.create(workspace_id=workspace_id, position=position, **values)
        else:
            rule = queries.get_rule(workspace_id, rule_id)
            Rule.objects.filter(workspace_id=workspace_id, pk=rule_id).update(**values)
            rule.refresh_from_db()
            Keyword.objects.filter(workspace_id=workspace_id, rule=rule).delete()
            Rung.objects.filter(workspace_id=workspace_id, rule=rule).delete()
        _put_keywords(rule, draft, known)
        _put_rungs(rule, draft)
        _touch(workspace_id, now)
    return rule


def _map_patterns(workspace_id: int, rule_id: int) -> dict[str, list[list[str]]]:
    """Return the readings that a rule has already, made as they are made now: ten thousand anew take seconds."""
    kept = Keyword.objects.filter(
        workspace_id=workspace_id, rule_id=rule_id, derivation=readings.current_derivation()
    ).exclude(mode__in=WITHOUT_READINGS)
    return dict(kept.values_list("text", "patterns"))


def _put_keywords(rule: Rule, draft: RuleDraft, known: Mapping[str, list[list[str]]]) -> None:
    rows = [
        Keyword(
            workspace_id=rule.workspace_id,
            rule=rule,
            text=keyword.text.strip(),
            mode=keyword.mode.value,
            threshold=keyword.threshold,
            patterns=(keyword.mode != Mode.REGEX and known.get(keyword.text.strip()))
            or render_patterns(_derive(keyword)),
            derivation=readings.current_derivation(),
            position=position,
        )
        for position, keyword in enumerate(draft.keywords)
    ]
    rows += [
        Keyword(
            workspace_id=rule.workspace_id,
            rule=rule,
            text=payload.strip(),
            mode=queries.PAYLOAD_MODE,
            position=position,
        )
        for position, payload in enumerate(draft.payloads)
    ]
    Keyword.objects.bulk_create(rows, ignore_conflicts=True)


def _derive(keyword: ListenFor) -> Sequence[Pattern]:
    if keyword.mode == Mode.REGEX:
        return ()
    return keyword.patterns or tuple(readings.derive_patterns(keyword.text.strip()))


def render_patterns(patterns: Iterable[Pattern]) -> list[list[str]]:
    """Return other writings of a keyword in the form in which its row keeps them."""
    return [[pattern.text, pattern.view.value] for pattern in patterns]


def _put_rungs(rule: Rule, draft: RuleDraft) -> None:
    for position, rung in enumerate(draft.rungs):
        row = Rung.objects.create(
            workspace_id=rule.workspace_id,
            rule=rule,
            position=position,
            unread_after_seconds=rung.unread_after_seconds,
            asked_again=rung.asked_again,
            attempts=rung.attempts,
        )
        Step.objects.bulk_create(
            Step(
                workspace_id=rule.workspace_id,
                rung=row,
                position=place,
                kind=step.kind.value,
                content=step.content,
                condition=msgspec.to_builtins(step.condition) if step.condition else None,
            )
            for place, step in enumerate(rung.steps)
        )


def set_rule_on(*, workspace_id: int, rule_id: int, is_on: bool, by: str, now: datetime) -> None:
    """Switch a rule of the draft on or off.

    :raises RuleNotFoundError: there is no such rule in this workspace.
    """
    with transaction.atomic():
        changed = Rule.objects.filter(workspace_id=workspace_id, pk=rule_id).update(
            is_on=is_on, updated_at=now, updated_by=by[:64]
        )
        if not changed:
            raise errors.RuleNotFoundError
        _touch(workspace_id, now)


def delete_rule(*, workspace_id: int, rule_id: int, now: datetime) -> None:
    """Take a rule out of the draft; what is published keeps it until the next publishing.

    :raises RuleNotFoundError: there is no such rule in this workspace.
    """
    with transaction.atomic():
        deleted, _by_table = Rule.objects.filter(workspace_id=workspace_id, pk=rule_id).delete()
        if not deleted:
            raise errors.RuleNotFoundError
        _touch(workspace_id, now)


def move_rule(*, workspace_id: int, rule_id: int, now: datetime, place: int | None = None, steps: int = 0) -> int:
    """Move a rule to a place among all rules, 1 the first, or by so many steps; return where it is now.

    :raises RuleNotFoundError: there is no such rule in this workspace.
    """
    with transaction.atomic():
        known = list(
            Rule.objects.filter(workspace_id=workspace_id).order_by("position", "id").select_for_update(no_key=True)
        )
        moved = next((rule for rule in known if rule.pk == rule_id), None)
        if moved is None:
            raise errors.RuleNotFoundError
        wanted = (known.index(moved) if place is None else place - 1) + steps
        wanted = max(0, min(wanted, len(known) - 1))
        known.remove(moved)
        known.insert(wanted, moved)
        _number(known)
        _touch(workspace_id, now)
    return wanted + 1


def _number(ordered: Sequence[Rule]) -> None:
    """Write down this order, of as few rules as it takes."""
    others = [(position, rule) for position, rule in enumerate(ordered) if rule.position != position]
    for position, rule in others:
        rule.position = position
    Rule.objects.bulk_update([rule for _position, rule in others], ["position"])


def ignore_phrase(*, workspace_id: int, phrase: str) -> None:
    """Leave a phrase out of the unanswered ones from now on."""
    IgnoredPhrase.objects.get_or_create(workspace_id=workspace_id, phrase=phrase[:256])


def _touch(workspace_id: int, now: datetime) -> None:
    """Note that there is something to publish."""
    Settings.objects.update_or_create(
        workspace_id=workspace_id, defaults={"changed_at": now}, create_defaults={"changed_at": now, "content": {}}
    )
