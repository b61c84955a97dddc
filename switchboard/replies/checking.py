"""Is a rule fit to be saved, and a set fit to be published? Checked as it will be sent; one sentence says what is wrong."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time

from switchboard.cloudapi import limits
from switchboard.language import keywords
from switchboard.replies import errors
from switchboard.replies.answering import bodies, variables, writing
from switchboard.replies.answering.languages import LANGUAGES
from switchboard.replies.types import (
    MESSAGES,
    Condition,
    ConditionKind,
    Rule,
    RuleSet,
    Settings,
    Step,
    StepKind,
    Trigger,
    Words,
)
from switchboard.templates.types import Shape

MOST_KEYWORDS = keywords.MOST_PASTED
MOST_STEPS = 10
MOST_RUNGS = 6
_SHORTEST_RUNG, _LONGEST_RUNG = 10, 24 * 3600
_LONGEST_DELAY = 120
_SAMPLE = "…"
_FILES = {StepKind.IMAGE: "image", StepKind.VIDEO: "video", StepKind.DOCUMENT: "document"}
_NEEDS = {
    StepKind.ADD_TAG: "tag_id",
    StepKind.REMOVE_TAG: "tag_id",
    StepKind.SET_FIELD: "key",
    StepKind.ASSIGN: "member_id",
    StepKind.TEMPLATE: "name",
}
_MOST_ANNOUNCED = 300
_MOST_SAID = 1024
_MOST_ANSWERS, _MOST_MINUTES, _LONGEST_LINK = 100, 24 * 60, 1000


@dataclass(frozen=True, slots=True)
class Approved:
    """A template in one language, as one account has it approved."""

    account_id: int
    shape: Shape


@dataclass(frozen=True, slots=True)
class Known:
    """What a workspace has that rules can name."""

    pools: Collection[str] = ()
    # All tags, and those of them that are given by hand: the others come and go by their own rule.
    tag_ids: Collection[int] = ()
    hand_tag_ids: Collection[int] = ()
    member_ids: Collection[int] = ()
    segment_ids: Collection[int] = ()
    # What each file is: image, video or document.
    files: Mapping[int, str] = field(default_factory=dict)
    # By name, of those templates that the rule names.
    templates: Mapping[str, Sequence[Approved]] = field(default_factory=dict)
    # The account of each number.
    accounts: Mapping[int, int] = field(default_factory=dict)

    def account_ids(self, number_ids: Collection[int]) -> set[int]:
        """Return the accounts of these numbers; of all where none is named."""
        return {account for number, account in self.accounts.items() if not number_ids or number in number_ids}


def check_rule(rule: Rule, known: Known) -> None:
    """Refuse a rule that could not work.

    :raises Invalid: a part of it cannot be used.
    """
    if not rule.name.strip():
        raise errors.NoNameError(field="name")
    _check_trigger(rule)
    _check_scope(rule, known)
    _check_delay(rule.delay_from, rule.delay_until)
    if not rule.rungs or not rule.rungs[0].steps:
        raise errors.NoAnswerError(field="steps")
    if len(rule.rungs) > MOST_RUNGS:
        raise limits.PayloadError(limits.TOO_MANY, field="rungs", measured=len(rule.rungs), limit=MOST_RUNGS)
    for rung in rule.rungs:
        seconds = rung.unread_after_seconds
        if seconds is not None and not _SHORTEST_RUNG <= seconds <= _LONGEST_RUNG:
            raise errors.RungTimerError(field="unread_after_seconds")
        if len(rung.steps) > MOST_STEPS:
            raise limits.PayloadError(limits.TOO_MANY, field="steps", measured=len(rung.steps), limit=MOST_STEPS)
        for step in rung.steps:
            check_step(step, known)
            if step.kind == StepKind.TEMPLATE:
                _check_template(step, known, known.account_ids(rule.scope.number_ids))


def _check_trigger(rule: Rule) -> None:
    if rule.trigger == Trigger.KEYWORDS:
        if not rule.keywords:
            raise errors.NoKeywordError(field="keywords")
        if len(rule.keywords) > MOST_KEYWORDS:
            raise errors.TooManyKeywordsError(len(rule.keywords), MOST_KEYWORDS)
        for keyword in rule.keywords:
            keywords.check_keyword(keyword)
    elif rule.trigger == Trigger.PAYLOAD and not any(payload.strip() for payload in rule.payloads):
        raise errors.NoPayloadError(field="payloads")


def _check_scope(rule: Rule, known: Known) -> None:
    scope = rule.scope
    if not set(scope.tag_ids) <= set(known.tag_ids):
        raise errors.TagGoneError(field="scope")
    if not set(scope.segment_ids) <= set(known.segment_ids):
        raise errors.SegmentGoneError(field="scope")
    if bool(scope.from_time) != bool(scope.until_time) or any(day not in range(7) for day in scope.days):
        raise errors.ScopeError(field="scope")
    try:
        for text in (scope.from_time, scope.until_time):
            time.fromisoformat(text or "00:00")
    except ValueError as error:
        raise errors.ScopeError(field="scope") from error


def _check_delay(least: int | None, most: int | None) -> None:
    if least is None and most is None:
        return
    if least is None or not 0 <= least <= (least if most is None else most) <= _LONGEST_DELAY:
        raise errors.DelayError(field="delay_from")


def check_settings(settings: Settings) -> None:
    """Refuse settings that could not be kept.

    :raises DelayError: the delay is longer than two minutes, or ends before it begins.
    :raises WordsMissingError: something is to be said, and there are no words for it.
    :raises WordsTooLongError: a text is longer than what still fits.
    :raises SettingOutOfRangeError: a count or a time is beyond what makes sense.
    :raises OrderLinkError: the order link is none.
    """
    _check_delay(settings.delay_from, settings.delay_until)
    for words, is_said, most in (
        (settings.announcement, settings.announces, _MOST_ANNOUNCED),
        (settings.hand_over_text, True, _MOST_SAID),
        (settings.after_hours_text, True, _MOST_SAID),
        (settings.opt_out_text, settings.confirms_opt_out, _MOST_SAID),
        (settings.opt_in_text, settings.confirms_opt_out, _MOST_SAID),
    ):
        _check_words(words, is_said=is_said, most=most)
    counts = (settings.hand_over_at_answer, settings.negatives_raise_at)
    if any(not 0 <= count <= _MOST_ANSWERS for count in counts):
        raise errors.SettingOutOfRangeError
    if not 1 <= settings.ladder_minutes <= _MOST_MINUTES or not 0 <= settings.hand_back_minutes <= _MOST_MINUTES:
        raise errors.SettingOutOfRangeError
    link = settings.order_link
    if link and not (link.startswith("https://") and len(link) <= _LONGEST_LINK and link.split() == [link]):
        raise errors.OrderLinkError(field="order_link")


def _check_words(words: Words, *, is_said: bool, most: int) -> None:
    texts = words if isinstance(words, dict) else {"": words}
    if is_said and not texts.get("", "").strip():
        raise errors.WordsMissingError
    longest = max(map(len, texts.values()), default=0)
    if longest > most:
        raise errors.WordsTooLongError(longest, most)


def check_step(step: Step, known: Known) -> None:
    """Refuse a step that Meta would refuse, or that names what does not exist.

    :raises Invalid: it does.
    """
    need = _NEEDS.get(step.kind)
    if need is not None and not step.content.get(need):
        raise errors.StepIncompleteError(field="steps")
    if step.kind in _FILES and not (step.content.get("asset_id") or step.content.get("link")):
        raise errors.StepIncompleteError(field="steps")
    _check_named(step, known)
    _check_file(step, known)
    if step.condition is not None:
        _check_condition(step.condition, known)
    for text in writing.list_texts(step.content):
        unknown = variables.find_unknown(text)
        if unknown:
            raise errors.UnknownVariableError(unknown[0])
        missing = [pool for pool in variables.find_pools(text) if pool not in known.pools]
        if missing:
            raise errors.UnknownPoolError(missing[0])
    if step.kind in MESSAGES and step.kind != StepKind.TEMPLATE:
        _try_to_build(step)


def _check_named(step: Step, known: Known) -> None:
    """Refuse a tag or a colleague who is not there (any more)."""
    content = step.content
    if step.kind in {StepKind.ADD_TAG, StepKind.REMOVE_TAG}:
        if content["tag_id"] not in known.tag_ids:
            raise errors.TagGoneError(field="steps")
        if content["tag_id"] not in known.hand_tag_ids:
            raise errors.TagAutomaticError(field="steps")
    if step.kind == StepKind.ASSIGN and content["member_id"] not in known.member_ids:
        raise errors.MemberGoneError(field="steps")


def _check_file(step: Step, known: Known) -> None:
    asset_id = step.content.get("asset_id")
    if not asset_id:
        return
    if asset_id not in known.files:
        raise errors.FileGoneError(field="steps")
    if known.files[asset_id] != _FILES.get(step.kind, known.files[asset_id]):
        raise errors.FileKindError(field="steps")


def _check_template(step: Step, known: Known, account_ids: Collection[int]) -> None:
    """Refuse a template that none of these accounts may send, or that would leave with an empty place."""
    name = str(step.content["name"])
    usable = [one for one in known.templates.get(name, ()) if one.account_id in account_ids]
    if not usable:
        raise errors.TemplateGoneError(name)
    values = step.content.get("values", {})
    for one in usable:
        empty = [place.key for place in one.shape.variables if not values.get(place.key)]
        if empty:
            raise errors.TemplateUnfilledError(name, ", ".join(empty))
        if one.shape.needs_media and known.files.get(step.content.get("asset_id", 0)) != one.shape.header:
            raise errors.TemplateFileError(name)


def _check_condition(condition: Condition, known: Known) -> None:
    if condition.kind in {ConditionKind.HAS_TAG, ConditionKind.LACKS_TAG} and condition.id not in known.tag_ids:
        raise errors.TagGoneError(field="steps")
    if condition.kind == ConditionKind.IN_SEGMENT and condition.id not in known.segment_ids:
        raise errors.SegmentGoneError(field="steps")


def _try_to_build(step: Step) -> None:
    """Build the step in every language, each variable one character long: what is too long even so never fits."""
    media_id = "0" if step.content.get("asset_id") else ""
    for language in LANGUAGES:
        bodies.build_body(step, language, _fill_with_sample, media_id=media_id)


def _fill_with_sample(text: str) -> str:
    return variables.fill(text, dict.fromkeys(variables.find_names(text), _SAMPLE))


def check_set(rules: RuleSet) -> None:
    """Refuse a set in which nobody can ever reach a person.

    :raises NoWayToAPersonError: no step of any rule hands over.
    """
    if not any(_leads_to_a_person(rule) for rule in rules.rules):
        raise errors.NoWayToAPersonError


def _leads_to_a_person(rule: Rule) -> bool:
    return any(step.kind == StepKind.HAND_OVER for rung in rule.rungs for step in rung.steps)
