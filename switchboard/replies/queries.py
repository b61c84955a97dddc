"""What pages ask about rules: the draft, what is published, and what came of it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import msgspec
from django.db.models import Count, Max, Prefetch, Q, QuerySet

from switchboard.contacts import queries as contacts_queries
from switchboard.contacts import segment_queries
from switchboard.core import statements
from switchboard.language.types import Keyword as ListenFor
from switchboard.language.types import Mode, Pattern, View
from switchboard.numbers import queries as numbers_queries
from switchboard.replies import checking, errors
from switchboard.replies.models import CouponPool, IgnoredPhrase, Keyword, Rule, Rung, Settings, Step, Version
from switchboard.replies.statements import SQL_FINGERPRINT
from switchboard.replies.types import Condition, RuleSet, Scope, StepKind, Trigger, decode_set
from switchboard.replies.types import Rule as RuleDraft
from switchboard.replies.types import Rung as RungDraft
from switchboard.replies.types import Settings as SettingsDraft
from switchboard.replies.types import Step as StepDraft
from switchboard.team import queries as team_queries
from switchboard.templates import catalogue
from switchboard.templates import queries as templates_queries

LAST_RESORTS = frozenset({Trigger.ANY, Trigger.NO_MATCH, Trigger.OUTSIDE_HOURS})
PAYLOAD_MODE = "payload"


def get_rule(workspace_id: int, rule_id: int) -> Rule:
    """Return a rule of the draft.

    :raises RuleNotFoundError: there is no such rule in this workspace.
    """
    rule = Rule.objects.filter(workspace_id=workspace_id, pk=rule_id).first()
    if rule is None:
        raise errors.RuleNotFoundError
    return rule


def list_rules(workspace_id: int) -> list[Rule]:
    """Return the draft in its order, each rule with its rungs and steps."""
    return list(_whole(workspace_id))


def _whole(workspace_id: int) -> QuerySet[Rule]:
    # Index: replies_rule_order.
    steps = Prefetch("steps", Step.objects.order_by("position"))
    return (
        Rule.objects.filter(workspace_id=workspace_id)
        .order_by("position", "id")
        .prefetch_related(Prefetch("rungs", Rung.objects.order_by("position").prefetch_related(steps)))
    )


def list_drafts_of(workspace_id: int, rule_ids: Collection[int]) -> list[tuple[RuleDraft, bool]]:
    """Return these rules of the draft in its order, without what they listen for, and whether each is on."""
    return [(_make_draft(rule, ()), rule.is_on) for rule in _whole(workspace_id).filter(pk__in=rule_ids)]


def read_fingerprint(workspace_id: int) -> str:
    """Return what is another after any change of the draft: reading 10,000 keywords takes twenty times as long."""
    ((found,),) = statements.fetch(SQL_FINGERPRINT, {"workspace": workspace_id})
    return str(found)


def count_keywords(workspace_id: int) -> int:
    """Return how many keywords and payloads the rules of the draft listen for."""
    return Keyword.objects.filter(workspace_id=workspace_id).count()


def _make_drafts(workspace_id: int, rules: Iterable[Rule]) -> list[tuple[RuleDraft, bool]]:
    found = list(rules)
    # As rows: ten thousand keywords as objects took as long as all the rest of the page.
    rows = Keyword.objects.filter(workspace_id=workspace_id, rule_id__in=[rule.pk for rule in found])
    ordered = rows.order_by("position", "id").values_list("rule_id", "text", "mode", "threshold", "patterns")
    by_rule: dict[int, list[_KeywordRow]] = {}
    for rule_id, *row in ordered:
        by_rule.setdefault(rule_id, []).append(_KeywordRow(*row))
    return [(_make_draft(rule, by_rule.get(rule.pk, [])), rule.is_on) for rule in found]


def read_rule(workspace_id: int, rule_id: int) -> tuple[RuleDraft, bool]:
    """Return a rule of the draft as it would be published, and whether it is on.

    :raises RuleNotFoundError: there is no such rule in this workspace.
    """
    found = _make_drafts(workspace_id, _whole(workspace_id).filter(pk=rule_id))
    if not found:
        raise errors.RuleNotFoundError
    return found[0]


class _KeywordRow(NamedTuple):
    text: str
    mode: str
    threshold: int
    patterns: list[list[str]]


def _make_draft(rule: Rule, keywords: Sequence[_KeywordRow]) -> RuleDraft:
    return RuleDraft(
        id=rule.pk,
        name=rule.name,
        trigger=Trigger(rule.trigger),
        priority=rule.priority,
        position=rule.position,
        keywords=tuple(_keyword(row) for row in keywords if row.mode != PAYLOAD_MODE),
        payloads=tuple(row.text for row in keywords if row.mode == PAYLOAD_MODE),
        media_kinds=tuple(rule.media_kinds),
        scope=msgspec.convert(rule.scope, Scope),
        rungs=tuple(_rung(row) for row in rule.rungs.all()),
        delay_from=rule.delay_from,
        delay_until=rule.delay_until,
    )


def _keyword(row: _KeywordRow) -> ListenFor:
    patterns = tuple(Pattern(text, View(view)) for text, view in row.patterns)
    return ListenFor(row.text, Mode(row.mode), row.threshold, patterns)


def _rung(row: Rung) -> RungDraft:
    steps = tuple(
        StepDraft(
            kind=StepKind(step.kind),
            content=step.content,
            condition=msgspec.convert(step.condition, Condition) if step.condition else None,
        )
        for step in row.steps.all()
    )
    return RungDraft(
        steps=steps,
        unread_after_seconds=row.unread_after_seconds,
        asked_again=row.asked_again,
        attempts=row.attempts,
    )


def next_position(workspace_id: int) -> int:
    """Return the place after the last rule."""
    last = Rule.objects.filter(workspace_id=workspace_id).aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1


def get_settings(workspace_id: int) -> SettingsDraft:
    """Return how a workspace answers, as a draft."""
    row = Settings.objects.filter(workspace_id=workspace_id).first()
    return msgspec.convert(row.content if row else {}, SettingsDraft)


def build_draft(workspace_id: int) -> RuleSet:
    """Return what publishing would make of the draft: the rules that are on, and the settings."""
    rules = tuple(rule for rule, _is_on in _make_drafts(workspace_id, _whole(workspace_id).filter(is_on=True)))
    return RuleSet(rules, get_settings(workspace_id))


def find_latest_version(workspace_id: int, *, lock: bool = False) -> Version | None:
    """Return what answers now."""
    # Index: replies_version_once.
    found = Version.objects.filter(workspace_id=workspace_id).order_by("-number")
    if lock:
        found = found.select_for_update(no_key=True)
    return found.first()


def get_published(workspace_id: int) -> RuleSet | None:
    """Return the set that answers now; None while nothing has been published."""
    version = find_latest_version(workspace_id)
    return decode_set(version.content) if version else None


def list_versions(workspace_id: int, limit: int = 20) -> list[Version]:
    """Return what was published, the newest first, without its content."""
    return list(Version.objects.filter(workspace_id=workspace_id).defer("content").order_by("-number")[:limit])


def has_changes(workspace_id: int) -> bool:
    """Tell whether the draft was changed after it was last published."""
    changed_at = Settings.objects.filter(workspace_id=workspace_id).values_list("changed_at", flat=True).first()
    latest = next(iter(list_versions(workspace_id, 1)), None)
    return changed_at is not None and (latest is None or changed_at > latest.published_at)


def list_last_resorts(workspace_id: int) -> list[int]:
    """Return the rules of the draft that answer what nobody else does."""
    resorts = Rule.objects.filter(workspace_id=workspace_id, trigger__in=LAST_RESORTS, is_on=True)
    return list(resorts.values_list("pk", flat=True))


def map_rule_names(workspace_id: int) -> dict[int, str]:
    """Return the names of the draft's rules."""
    return dict(Rule.objects.filter(workspace_id=workspace_id).values_list("id", "name"))


def load_known(workspace_id: int, draft: RuleDraft) -> checking.Known:
    """Return what a rule of this workspace can name."""
    contents = [(step.kind, step.content) for rung in draft.rungs for step in rung.steps]
    names = {str(content.get("name", "")) for kind, content in contents if kind is StepKind.TEMPLATE}
    asset_ids = {content["asset_id"] for _kind, content in contents if content.get("asset_id")}
    return checking.Known(
        pools=list_pool_names(workspace_id),
        tag_ids={tag.pk for tag in contacts_queries.list_tags(workspace_id)},
        hand_tag_ids={tag.pk for tag in segment_queries.list_hand_tags(workspace_id)},
        member_ids=set(team_queries.map_member_names(workspace_id)),
        segment_ids={segment.pk for segment in segment_queries.list_segments(workspace_id)},
        files=templates_queries.map_asset_kinds(workspace_id, asset_ids),
        templates={name: _list_approved(workspace_id, name) for name in names},
        accounts=numbers_queries.map_accounts(workspace_id),
    )


def _list_approved(workspace_id: int, name: str) -> list[checking.Approved]:
    family = catalogue.find_family(workspace_id, name)
    rows = family.approved if family else []
    return [checking.Approved(row.account_id, catalogue.get_shape(row)) for row in rows]


# ── coupons ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PoolCount:
    """A pool of coupons, and how many are left."""

    name: str
    codes: int
    left: int
    last_taken_at: datetime | None

    @property
    def given(self) -> int:
        """How many codes somebody has got."""
        return self.codes - self.left


def list_pool_names(workspace_id: int) -> set[str]:
    """Return the names of all pools."""
    return set(CouponPool.objects.filter(workspace_id=workspace_id).values_list("name", flat=True))


def list_pools(workspace_id: int) -> list[PoolCount]:
    """Return every pool of coupons with its counts."""
    rows = (
        CouponPool.objects.filter(workspace_id=workspace_id)
        .order_by("name")
        .annotate(
            codes=Count("coupons"),
            left=Count("coupons", filter=Q(coupons__contact_id__isnull=True, coupons__taken_at__isnull=True)),
            last=Max("coupons__taken_at"),
        )
        .values_list("name", "codes", "left", "last")
    )
    return [PoolCount(*row) for row in rows]


def list_ignored(workspace_id: int) -> set[str]:
    """Return the phrases that need no rule."""
    return set(IgnoredPhrase.objects.filter(workspace_id=workspace_id).values_list("phrase", flat=True))
