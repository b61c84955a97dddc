"""How well the rules answer: counts of decisions by rule, keyword and week."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from switchboard.core import statements
from switchboard.replies import queries
from switchboard.replies.statements import SQL_COUNT_HITS, SQL_MEASURE, SQL_MEASURE_KEYWORDS, SQL_MEASURE_WAITS

GOOD_COMPLETION = 0.85
HITS_DAYS = timedelta(days=7)
WEEKS = 8
MOST_KEYWORDS = 20


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """Return percent; None of nothing."""
        return round(100 * self.part / self.whole, 1) if self.whole else None

    @property
    def is_good(self) -> bool:
        """Whether a completion of this share is what one wants."""
        return self.whole > 0 and self.part >= GOOD_COMPLETION * self.whole


@dataclass(frozen=True, slots=True)
class Measures:
    """Shares of the questions that people asked."""

    questions: int
    matched: Share
    unanswered: Share
    handed_over: Share
    completed: Share


@dataclass(frozen=True, slots=True)
class Line:
    """The measures of one rule or one week."""

    rule_id: int
    name: str
    begins_on: date | None
    measures: Measures


@dataclass(frozen=True, slots=True)
class Keyword:
    """How often a keyword was what a rule answered to."""

    text: str
    count: int
    share: Share


@dataclass(frozen=True, slots=True)
class Report:
    """Everything on the page of measures."""

    total: Measures
    rules: tuple[Line, ...]
    weeks: tuple[Line, ...]
    keywords: tuple[Keyword, ...]
    first_answer_seconds: float | None  # The median.
    slow_answer_seconds: float | None  # Nine of ten are quicker.


def build_report(workspace_id: int, now: datetime, zone: str) -> Report:
    """Return the measures of the last eight weeks; weeks begin on Monday in the workspace's zone."""
    asked = {"workspace": workspace_id, "since": now - timedelta(weeks=WEEKS), "mature": now - timedelta(hours=24)}
    names = queries.map_rule_names(workspace_id)
    weeks, rules = [], []
    for week, rule_id, *counts in statements.fetch(SQL_MEASURE, {**asked, "zone": zone}):
        if week is not None:
            weeks.append(Line(0, "", week, _measures(*counts)))
        elif rule_id:
            rules.append(Line(rule_id, names.get(rule_id, ""), None, _measures(*counts)))
    counted = statements.fetch(SQL_MEASURE_KEYWORDS, {**asked, "most": MOST_KEYWORDS})
    ((median, slow),) = statements.fetch(SQL_MEASURE_WAITS, asked)
    return Report(
        total=_add_up([one.measures for one in weeks]),
        rules=tuple(rules),
        weeks=tuple(weeks),
        keywords=tuple(Keyword(text, count, Share(count, whole)) for text, count, whole in counted),
        first_answer_seconds=median,
        slow_answer_seconds=slow,
    )


def count_hits(workspace_id: int, now: datetime) -> dict[int, int]:
    """Return how often each rule answered in the last seven days."""
    return dict(statements.fetch(SQL_COUNT_HITS, {"workspace": workspace_id, "since": now - HITS_DAYS}))


def _measures(questions: int, matched: int, unanswered: int, handed: int, ripe: int, completed: int) -> Measures:
    return Measures(
        questions=questions,
        matched=Share(matched, questions),
        unanswered=Share(unanswered, questions),
        handed_over=Share(handed, questions),
        completed=Share(completed, ripe),
    )


def _add_up(parts: list[Measures]) -> Measures:
    return _measures(
        sum(one.questions for one in parts),
        sum(one.matched.part for one in parts),
        sum(one.unanswered.part for one in parts),
        sum(one.handed_over.part for one in parts),
        sum(one.completed.whole for one in parts),
        sum(one.completed.part for one in parts),
    )
