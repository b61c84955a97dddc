"""Does a rule hold here and now, and is a condition true of a person? Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from switchboard.replies.answering.facts import Person, Place
from switchboard.replies.types import Condition, ConditionKind, Scope


def holds(scope: Scope, person: Person, language: str, place: Place, now: datetime) -> bool:
    """Tell whether a rule's scope takes a message in."""
    return (
        (not scope.number_ids or place.number_id in scope.number_ids)
        and (not scope.languages or language in scope.languages)
        and (not scope.tag_ids or not set(scope.tag_ids).isdisjoint(person.tags))
        and (not scope.segment_ids or not person.segments.isdisjoint(scope.segment_ids))
        and _is_within(scope, now.astimezone(ZoneInfo(place.zone)))
    )


def _is_within(scope: Scope, local: datetime) -> bool:
    """Tell whether it is the scope's hour of the scope's day; a night belongs to the day on which it begins."""
    if not scope.from_time and not scope.until_time:
        return not scope.days or local.weekday() in scope.days
    start, end = _time(scope.from_time, time(0)), _time(scope.until_time, time.max)
    moment = local.time()
    if start <= end:
        return (not scope.days or local.weekday() in scope.days) and start <= moment < end
    day = local if moment >= start else local - timedelta(days=1)
    return (not scope.days or day.weekday() in scope.days) and (moment >= start or moment < end)


def _time(text: str, default: time) -> time:
    return time.fromisoformat(text) if text else default


def is_true(condition: Condition | None, person: Person, now: datetime) -> bool:
    """Tell whether a condition holds for a person; no condition always does."""
    if condition is None:
        return True
    days = timedelta(days=condition.days)
    has_ordered = person.last_order_at is not None and now - person.last_order_at <= days
    answers = {
        ConditionKind.ORDERED_WITHIN: has_ordered,
        ConditionKind.NOT_ORDERED_WITHIN: not has_ordered,
        ConditionKind.INACTIVE_FOR: person.silent_for is not None and person.silent_for >= days,
        ConditionKind.HAS_TAG: condition.id in person.tags,
        ConditionKind.LACKS_TAG: condition.id not in person.tags,
        ConditionKind.IN_SEGMENT: condition.id in person.segments,
        ConditionKind.FIELD_IS: str(person.fields.get(condition.name, "")).casefold() == condition.value.casefold(),
    }
    return answers[condition.kind]
