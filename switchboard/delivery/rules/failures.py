"""When a broadcast must stop by itself: what share of its last messages failed, and through whose fault."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from switchboard.cloudapi import errors

# The share is taken of so many; of fewer messages as if they were so many, so that one bad address stops nobody.
WINDOW = 200
OURS_PERCENT = 5
PEOPLE_WARN_PERCENT = 5
PEOPLE_PERCENT = 20
# Codes that say something about the person, and only when they are many about the list.
ABOUT_PEOPLE = frozenset({"131026", "131049", "130472"})


class Step(StrEnum):
    """What to do about it."""

    GO_ON = "go_on"
    WARN = "warn"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What to do, because of which code, and how many of how many failed."""

    step: Step
    code: str = ""
    failed: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction counted: how many went out, arrived, and failed for which reason."""

    sent: int = 0
    delivered: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)


def judge_failures(batches: Iterable[Batch]) -> Judgement:
    """Judge the latest batches, newest first.

    Failures come with the answers or with the statuses. They are held against whichever of the two is more, so that
    the failures of an hour, told all at once after an outage, do not look like those of the last 200 messages.
    """
    failed: Counter[str] = Counter()
    sent = delivered = total = 0
    for batch in batches:
        sent, delivered = sent + batch.sent, delivered + batch.delivered
        failed.update(batch.failed)
        total = max(sent, delivered) + failed.total()
        if total >= WINDOW:
            break
    of = max(total, WINDOW)
    people = Counter({code: count for code, count in failed.items() if code in ABOUT_PEOPLE})
    ours = Counter({code: count for code, count in failed.items() if code not in people and not _is_personal(code)})
    if 100 * ours.total() >= OURS_PERCENT * of:
        return Judgement(Step.PAUSE, ours.most_common(1)[0][0], ours.total(), total)
    if 100 * people.total() >= PEOPLE_WARN_PERCENT * of:
        step = Step.PAUSE if 100 * people.total() >= PEOPLE_PERCENT * of else Step.WARN
        return Judgement(step, people.most_common(1)[0][0], people.total(), total)
    return Judgement(Step.GO_ON, failed=failed.total(), of=total)


def _is_personal(reason: str) -> bool:
    """Tell whether a failure is one person's affair, such as an opt-out, and never a reason to stop for the others."""
    return reason.isdigit() and errors.outcome_of(int(reason)).fault is errors.Fault.CONTACT
