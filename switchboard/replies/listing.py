"""A page of the list of rules: some of them in their order, each with its first keywords and how many more it has."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Case, Count, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from switchboard.language.types import Mode
from switchboard.replies import queries
from switchboard.replies.models import Keyword, Rule
from switchboard.replies.types import Rule as RuleDraft

# Five hundred rules at once took half a second, most of it for rows that nobody looks at.
PAGE_RULES = 50
SHOWN_KEYWORDS = 6


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule in the list; `rule` is without its keywords, of which there may be thousands."""

    rule: RuleDraft
    is_on: bool
    # 1 is the first of all rules, whatever is looked for.
    place: int
    keywords: tuple[tuple[str, Mode], ...]
    more_keywords: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the rules that were found, and how many there are."""

    rules: tuple[Listed, ...]
    number: int
    found: int
    # Of the workspace, whatever is looked for.
    count: int

    @property
    def last_number(self) -> int:
        """The number of the last page."""
        return page_of(max(1, self.found))

    @property
    def first(self) -> int:
        """Which of those found comes first here, from 1."""
        return (self.number - 1) * PAGE_RULES + 1

    @property
    def last(self) -> int:
        """Which of those found comes last here."""
        return self.first + len(self.rules) - 1


def page_of(place: int) -> int:
    """Return on which page a place is."""
    return (place - 1) // PAGE_RULES + 1


def list_page(workspace_id: int, *, number: int = 1, search: str = "", among: Collection[int] | None = None) -> Page:
    """Return a page of the rules whose name or keywords hold these words, or of those `among` them; the last for a later one."""
    # Index: replies_rule_order.
    ordered = Rule.objects.filter(workspace_id=workspace_id).order_by("position", "id")
    places = {rule_id: place for place, rule_id in enumerate(ordered.values_list("id", flat=True), start=1)}
    wanted = places.keys() if among is None else places.keys() & among
    words = search.strip()
    if words:
        wanted &= set(_find(workspace_id, ordered, words))
    found = sorted(wanted, key=places.__getitem__)
    number = max(1, min(number, page_of(max(1, len(found)))))
    shown = found[(number - 1) * PAGE_RULES : number * PAGE_RULES]
    keywords = _first_keywords(workspace_id, shown, words)
    rules = []
    for draft, is_on in queries.list_drafts_of(workspace_id, shown):
        first, total = keywords.get(draft.id, ((), 0))
        rules.append(Listed(draft, is_on, places[draft.id], first, total - len(first)))
    return Page(tuple(rules), number, len(found), len(places))


def _find(workspace_id: int, rules: QuerySet[Rule], words: str) -> QuerySet[Rule, int]:
    heard = Keyword.objects.filter(workspace_id=workspace_id, text__icontains=words).values("rule_id")
    return rules.filter(Q(name__icontains=words) | Q(pk__in=heard)).values_list("id", flat=True)


def _first_keywords(
    workspace_id: int, rule_ids: Collection[int], words: str
) -> dict[int, tuple[tuple[tuple[str, Mode], ...], int]]:
    """Return the first keywords of each rule, those that hold the words before the others, and how many it has."""
    said_first = Case(When(text__icontains=words, then=Value(0)), default=Value(1)) if words else Value(0)
    # Index: that of keywords by rule.
    rows = (
        Keyword.objects.filter(workspace_id=workspace_id, rule_id__in=rule_ids)
        .exclude(mode=queries.PAYLOAD_MODE)
        .annotate(
            place=Window(RowNumber(), partition_by="rule_id", order_by=[said_first.asc(), "position", "id"]),
            total=Window(Count("id"), partition_by="rule_id"),
        )
        .filter(place__lte=SHOWN_KEYWORDS)
        .order_by("rule_id", "place")
        .values_list("rule_id", "text", "mode", "total")
    )
    found: dict[int, tuple[tuple[tuple[str, Mode], ...], int]] = {}
    for rule_id, text, mode, total in rows:
        before, _total = found.get(rule_id, ((), 0))
        found[rule_id] = ((*before, (text, Mode(mode))), total)
    return found
