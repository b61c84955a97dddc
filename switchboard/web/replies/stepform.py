"""The inputs of one part of an answer, read into a step and written back."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from switchboard.cloudapi.payloads.interactive import MOST_BUTTONS, MOST_ROWS
from switchboard.replies.types import Condition, ConditionKind, Step, StepKind

OTHER_LANGUAGES = ("ja", "zh")
# Texts that may be written in several languages; "title0" is of a button or a row, "more0" a row's description.
_SPOKEN = ("text", "caption", "header", "footer", "button")
_PLAIN = ("link", "filename", "latitude", "longitude", "name", "address", "key", "value")
_IDS = ("tag_id", "member_id", "asset_id")
# What each kind keeps of the inputs; what was typed for another kind would take coupons without being said.
_FILE = ("asset_id", "link", "filename", "caption")
_KEEPS = {
    StepKind.TEXT: ("text",),
    StepKind.BUTTONS: ("text", "header", "footer"),
    StepKind.LIST: ("text", "header", "footer", "button"),
    StepKind.IMAGE: _FILE,
    StepKind.VIDEO: _FILE,
    StepKind.DOCUMENT: _FILE,
    StepKind.LOCATION: ("latitude", "longitude", "name", "address"),
    StepKind.TEMPLATE: ("name", "asset_id", "filename"),
    StepKind.ADD_TAG: ("tag_id",),
    StepKind.REMOVE_TAG: ("tag_id",),
    StepKind.SET_FIELD: ("key", "value"),
    StepKind.ASSIGN: ("member_id",),
    StepKind.HAND_OVER: ("text",),
}
_VALUE = "var:"
_FEWEST_ROWS = 3
# "35.681, 139.767", as maps give it.
_PAIR = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*[,、，]\s*(-?\d{1,3}(?:\.\d+)?)\s*")


@dataclass(slots=True)
class StepForm:
    """A step as inputs; everything is text."""

    kind: str
    values: dict[str, str] = field(default_factory=dict)
    # What is wrong with its file.
    fault: str = ""

    @property
    def places(self) -> range:
        """Return the places of its buttons or rows, filled and empty."""
        if self.kind == StepKind.BUTTONS:
            return range(MOST_BUTTONS)
        filled = [place for place in range(MOST_ROWS) if self.values.get(f"title{place}", "").strip()]
        asked = self.values.get("rows", "")
        count = max(_FEWEST_ROWS, max(filled, default=0) + 1, int(asked) if asked.isdigit() else 0)
        return range(min(count, MOST_ROWS))

    @property
    def has_room(self) -> bool:
        """Whether a list takes another row."""
        return len(self.places) < MOST_ROWS

    @property
    def is_spoken_otherwise(self) -> bool:
        """Whether something is written for another language."""
        return any(text.strip() for name, text in self.values.items() if name.endswith(("_ja", "_zh")))

    @property
    def asset_id(self) -> int:
        """Return the chosen file; 0 is none."""
        chosen = self.values.get("asset_id", "")
        return int(chosen) if chosen.isdigit() else 0


# ── from the page ────────────────────────────────────────────────────────────────────────────────


def read_step(form: StepForm) -> Step:
    """Return the step that inputs describe; what is wrong with it is for the room to say."""
    kind = StepKind(form.kind) if form.kind in list(StepKind) else StepKind.TEXT
    values = form.values
    content: dict[str, Any] = {name: values[name].strip() for name in _PLAIN if values.get(name, "").strip()}
    content |= {name: int(values[name]) for name in _IDS if values.get(name, "").isdigit() and int(values[name])}
    content |= {name: words for name in _SPOKEN if (words := _words(values, name))}
    content = {name: content[name] for name in _KEEPS[kind] if name in content}
    if kind is StepKind.BUTTONS:
        content["buttons"] = [_choice(values, place) for place in _filled(values, MOST_BUTTONS)]
    if kind is StepKind.LIST:
        rows = [
            {**_choice(values, place), "description": _words(values, f"more{place}")}
            for place in _filled(values, MOST_ROWS)
        ]
        content["sections"] = [{"title": "", "rows": rows}]
    if kind is StepKind.LOCATION and (pair := _PAIR.fullmatch(values.get("latitude", ""))):
        content["latitude"], content["longitude"] = pair.groups()
    if kind is StepKind.TEMPLATE:
        content["values"] = {
            name.removeprefix(_VALUE): text.strip()
            for name, text in values.items()
            if name.startswith(_VALUE) and text.strip()
        }
    return Step(kind, content, _read_condition(values))


def _words(values: Mapping[str, str], name: str) -> str | dict[str, str]:
    """Return a text, by language where it is written in several."""
    usual = values.get(name, "").strip()
    others = {
        language: values[f"{name}_{language}"].strip()
        for language in OTHER_LANGUAGES
        if values.get(f"{name}_{language}", "").strip()
    }
    return {**others, "": usual} if others else usual


def _filled(values: Mapping[str, str], most: int) -> list[int]:
    return [place for place in range(most) if _words(values, f"title{place}")]


def _choice(values: Mapping[str, str], place: int) -> dict[str, Any]:
    title = _words(values, f"title{place}")
    usual = title if isinstance(title, str) else next(filter(None, (title[""], *title.values())))
    return {"id": values.get(f"payload{place}", "").strip() or usual, "title": title}


def _read_condition(values: Mapping[str, str]) -> Condition | None:
    kind = values.get("if", "")
    if kind not in list(ConditionKind):
        return None
    number = values.get("if_segment" if kind == ConditionKind.IN_SEGMENT else "if_tag", "")
    return Condition(
        ConditionKind(kind),
        days=whole(values.get("if_days", ""), 0),
        id=whole(number, 0),
        name=values.get("if_name", ""),
        value=values.get("if_value", ""),
    )


def whole(text: str, default: int) -> int:
    """Return a whole number that is neither absurdly small nor large."""
    try:
        return max(-1000, min(int(text), 1_000_000))
    except ValueError:
        return default


# ── to the page ──────────────────────────────────────────────────────────────────────────────────


def write_step(step: Step) -> StepForm:
    """Return a saved step as inputs."""
    content = step.content
    values = {name: str(content[name]) for name in (*_PLAIN, *_IDS) if name in content}
    for name in _SPOKEN:
        values |= _spread(name, content.get(name, ""))
    values |= _spread_choices(content.get("buttons", []))
    values |= _spread_choices(row for section in content.get("sections", []) for row in section.get("rows", []))
    values |= {f"{_VALUE}{key}": str(text) for key, text in content.get("values", {}).items()}
    if step.condition:
        one = step.condition
        values |= {"if": one.kind.value, "if_days": str(one.days), "if_name": one.name, "if_value": one.value}
        values["if_segment" if one.kind == ConditionKind.IN_SEGMENT else "if_tag"] = str(one.id)
    return StepForm(step.kind.value, values)


def _spread(name: str, words: Any) -> dict[str, str]:
    spoken = words if isinstance(words, dict) else {"": str(words)}
    return {f"{name}_{language}" if language else name: text for language, text in spoken.items() if text}


def _spread_choices(choices: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    values: dict[str, str] = {}
    for place, one in enumerate(choices):
        title = _spread(f"title{place}", one["title"])
        values |= title | _spread(f"more{place}", one.get("description", ""))
        if one["id"] not in title.values():
            values[f"payload{place}"] = str(one["id"])
    return values
