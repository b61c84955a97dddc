"""The form of a rule: fields named by their place, read into a draft and written back. It works as a plain form.

"r0|attempts" is of the first layer, "r0.s1|text" of its second step. Buttons say what to do: "add_rung", "add_step:0",
"drop_rung:1", "drop_step:0.1", "add_row:0.1", "word:返金".
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import QueryDict

from switchboard.language import keywords as language_keywords
from switchboard.language.types import DEFAULT_THRESHOLD, Keyword, Mode
from switchboard.replies.types import Rule, Rung, Scope, StepKind, Trigger
from switchboard.web.replies.stepform import StepForm, read_step, whole, write_step

MODES = tuple(Mode)
_MOST_RUNGS, _MOST_STEPS = 6, 10


@dataclass(slots=True)
class RungForm:
    """A layer as inputs."""

    steps: list[StepForm]
    unread: str = ""
    asked_again: bool = True
    attempts: str = "1"


@dataclass(slots=True)
class RuleForm:
    """A rule as inputs."""

    name: str = ""
    trigger: str = Trigger.KEYWORDS
    is_on: bool = True
    priority: str = "0"
    words: dict[str, str] = field(default_factory=dict)
    threshold: str = str(DEFAULT_THRESHOLD)
    payloads: str = ""
    media_kinds: list[str] = field(default_factory=list)
    scope: dict[str, list[str]] = field(default_factory=dict)
    from_time: str = ""
    until_time: str = ""
    delay_from: str = ""
    delay_until: str = ""
    rungs: list[RungForm] = field(default_factory=list)


def new_form(name: str = "", words: Iterable[str] = ()) -> RuleForm:
    """Return an empty rule: one layer with a text, then a person."""
    listed = dict.fromkeys((mode.value for mode in MODES), "") | {Mode.FUZZY.value: "\n".join(words)}
    rungs = [RungForm([StepForm(StepKind.TEXT)]), RungForm([StepForm(StepKind.HAND_OVER)])]
    return RuleForm(name=name, words=listed, rungs=rungs)


# ── from the page ────────────────────────────────────────────────────────────────────────────────


def read_form(data: QueryDict) -> RuleForm:
    """Return what the page holds, finished or not, with the pressed button done."""
    form = RuleForm(
        name=data.get("name", ""),
        trigger=data.get("trigger", Trigger.KEYWORDS),
        is_on="is_on" in data,
        priority=data.get("priority", "0"),
        words={mode.value: data.get(f"words_{mode.value}", "") for mode in MODES},
        threshold=data.get("threshold", str(DEFAULT_THRESHOLD)),
        payloads=data.get("payloads", ""),
        media_kinds=data.getlist("media_kinds"),
        scope={name: data.getlist(name) for name in ("number_ids", "languages", "tag_ids", "segment_ids", "days")},
        from_time=data.get("from_time", ""),
        until_time=data.get("until_time", ""),
        delay_from=data.get("delay_from", ""),
        delay_until=data.get("delay_until", ""),
        rungs=_read_rungs(data),
    )
    _press(form, data.get("do", ""))
    return form


def _read_rungs(data: QueryDict) -> list[RungForm]:
    rungs = []
    for place in range(_MOST_RUNGS):
        if f"r{place}|attempts" not in data:
            break
        steps = []
        for step in range(_MOST_STEPS):
            head = f"r{place}.s{step}|"
            if f"{head}kind" not in data:
                break
            values = {key.removeprefix(head): str(data.get(key, "")) for key in data if key.startswith(head)}
            steps.append(StepForm(values.pop("kind"), values))
        asked_again = f"r{place}|asked" in data
        rungs.append(
            RungForm(steps, data.get(f"r{place}|unread", ""), asked_again, data.get(f"r{place}|attempts", "1"))
        )
    return rungs


def _press(form: RuleForm, button: str) -> None:
    verb, _sep, rest = button.partition(":")
    places = [int(one) for one in rest.split(".") if one.isdigit()]
    if verb == "word" and rest:
        form.words[Mode.FUZZY] = "\n".join(filter(None, (form.words.get(Mode.FUZZY, "").rstrip(), rest)))
    elif verb == "add_rung" and len(form.rungs) < _MOST_RUNGS:
        form.rungs.insert(_place_of_new_rung(form.rungs), RungForm([StepForm(StepKind.TEXT)], unread="30"))
    elif verb == "drop_rung" and places and places[0] < len(form.rungs):
        del form.rungs[places[0]]
    elif verb == "add_step" and places and places[0] < len(form.rungs):
        form.rungs[places[0]].steps.append(StepForm(StepKind.TEXT))
    elif verb in {"drop_step", "add_row"} and len(places) == 2 and places[0] < len(form.rungs):
        steps = form.rungs[places[0]].steps
        if verb == "drop_step":
            del steps[places[1] : places[1] + 1]
        for step in steps[places[1] : places[1] + 1] if verb == "add_row" else ():
            step.values["rows"] = str(len(step.places) + 1)


def _place_of_new_rung(rungs: list[RungForm]) -> int:
    """Return the end, or the place before a layer that hands over: nothing comes after a person."""
    is_last = len(rungs) > 1 and any(step.kind == StepKind.HAND_OVER for step in rungs[-1].steps)
    return len(rungs) - is_last


def build_draft(form: RuleForm, rule_id: int = 0, position: int = 0) -> Rule:
    """Return the draft that a form describes; what is wrong with it is for the room to say."""
    trigger = Trigger(form.trigger) if form.trigger in list(Trigger) else Trigger.KEYWORDS
    scope = form.scope
    return Rule(
        id=rule_id,
        name=form.name,
        trigger=trigger,
        priority=whole(form.priority, 0),
        position=position,
        keywords=tuple(_read_keywords(form)) if trigger is Trigger.KEYWORDS else (),
        payloads=tuple(_lines(form.payloads)) if trigger is Trigger.PAYLOAD else (),
        media_kinds=tuple(form.media_kinds) if trigger is Trigger.MEDIA else (),
        scope=Scope(
            number_ids=_ids(scope.get("number_ids", [])),
            languages=tuple(scope.get("languages", [])),
            tag_ids=_ids(scope.get("tag_ids", [])),
            segment_ids=_ids(scope.get("segment_ids", [])),
            days=_ids(scope.get("days", [])),
            from_time=form.from_time.strip(),
            until_time=form.until_time.strip(),
        ),
        rungs=build_rungs(form),
        delay_from=whole(form.delay_from, -1) if form.delay_from.strip() else None,
        delay_until=whole(form.delay_until, -1) if form.delay_until.strip() else None,
    )


def build_rungs(form: RuleForm) -> tuple[Rung, ...]:
    """Return the layers that a form describes."""
    return tuple(_read_rung(one) for one in form.rungs)


def _read_keywords(form: RuleForm) -> list[Keyword]:
    threshold = whole(form.threshold, DEFAULT_THRESHOLD)
    found = []
    for mode in MODES:
        pasted = form.words.get(mode.value, "")
        texts = _lines(pasted) if mode is Mode.REGEX else language_keywords.split_pasted(pasted)
        found += [Keyword(text, mode, threshold if mode is Mode.FUZZY else DEFAULT_THRESHOLD) for text in texts]
    return language_keywords.tidy_keywords(found)


def _read_rung(form: RungForm) -> Rung:
    unread = whole(form.unread, -1) if form.unread.strip() else None
    return Rung(tuple(read_step(one) for one in form.steps), unread, form.asked_again, max(1, whole(form.attempts, 1)))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _ids(texts: Iterable[str]) -> tuple[int, ...]:
    return tuple(int(text) for text in texts if text.isascii() and text.isdigit())


# ── to the page ──────────────────────────────────────────────────────────────────────────────────


def write_form(rule: Rule, *, is_on: bool) -> RuleForm:
    """Return a saved rule as inputs."""
    fuzzy = [one.threshold for one in rule.keywords if one.mode is Mode.FUZZY]
    scope = rule.scope
    return RuleForm(
        name=rule.name,
        trigger=rule.trigger,
        is_on=is_on,
        priority=str(rule.priority),
        words={mode.value: "\n".join(one.text for one in rule.keywords if one.mode is mode) for mode in MODES},
        threshold=str(fuzzy[0] if fuzzy else DEFAULT_THRESHOLD),
        payloads="\n".join(rule.payloads),
        media_kinds=list(rule.media_kinds),
        scope={
            name: [str(one) for one in getattr(scope, name)]
            for name in ("number_ids", "languages", "tag_ids", "segment_ids", "days")
        },
        from_time=scope.from_time,
        until_time=scope.until_time,
        delay_from="" if rule.delay_from is None else str(rule.delay_from),
        delay_until="" if rule.delay_until is None else str(rule.delay_until),
        rungs=[_write_rung(one) for one in rule.rungs],
    )


def _write_rung(rung: Rung) -> RungForm:
    unread = "" if rung.unread_after_seconds is None else str(rung.unread_after_seconds)
    return RungForm([write_step(one) for one in rung.steps], unread, rung.asked_again, str(rung.attempts))
