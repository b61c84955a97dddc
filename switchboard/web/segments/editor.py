"""The sentence builder: a question as nested form fields, read back into a tree. It works as a plain form.

Every field is named by its place: "n.0.1|test" is the test of the second part of the first part. A part is a group when
it has a "join". Buttons say what to do: "add:n.0", "group:n", "drop:n.0.1".
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from switchboard.contacts.segments import catalogue, tree
from switchboard.web import formats, words
from switchboard.web.segments import wording

ROOT = "n"
_FIGURES = ("days", "hours", "from", "to", "broadcast")
_WHOLE = {"tag", "segment", "number"}
_DEFAULTS: dict[str, float] = {"days": 30, "hours": 48, "from": 1, "to": 10, "broadcast": 0}
_DEFAULT_CONDITION = {"field": "last_seen", "test": "within", "days": 30}
EMPTY: dict[str, Any] = {"all": [_DEFAULT_CONDITION]}

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the workspace has to choose from: value and name, by field."""

    fields: Mapping[str, str]
    values: Mapping[str, list[tuple[Any, str]]]

    @property
    def names(self) -> wording.Names:
        """Return what each value is called."""
        return {key: dict(values) for key, values in self.values.items()}


@dataclass(slots=True)
class Blank:
    """A figure of a condition, as an input."""

    name: str
    label: str
    value: Any


@dataclass(slots=True)
class Row:
    """A group or a condition, as the page shows it."""

    path: str
    is_group: bool
    join: str = ""
    parts: list["Row"] = field(default_factory=list)
    subject: str = ""
    test: str = ""
    tests: list[tuple[str, str]] = field(default_factory=list)
    # Values to choose from; None where they are written.
    options: list[tuple[Any, str, bool]] | None = None
    needs_values: bool = False
    is_date: bool = False
    text: str = ""
    blanks: list[Blank] = field(default_factory=list)
    is_root: bool = False
    # What a field was called that is there no longer.
    gone: str = ""


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def read_form(data: QueryDict, fields: Mapping[str, str]) -> Raw:
    """Return the question that a form holds, finished or not, with the pressed button done."""
    raw = _read_node(data, ROOT, fields)
    if "join" not in _names_at(data, ROOT):
        raw = dict(EMPTY)
    verb, _sep, path = data.get("do", "").partition(":")
    if verb in {"add", "group"}:
        part: Raw = dict(_DEFAULT_CONDITION) if verb == "add" else {"any": [dict(_DEFAULT_CONDITION)]}
        _parts_at(raw, path).append(part)
    elif verb == "drop" and "." in path:
        parent, _dot, place = path.rpartition(".")
        parts = _parts_at(raw, parent)
        if place.isdigit() and int(place) < len(parts):
            del parts[int(place)]
    return raw


def _names_at(data: QueryDict, path: str) -> set[str]:
    return {key.partition("|")[2] for key in data if key.partition("|")[0] == path}


def _places_below(data: QueryDict, path: str) -> list[str]:
    places = {
        key.partition("|")[0].removeprefix(f"{path}.").partition(".")[0] for key in data if key.startswith(f"{path}.")
    }
    return sorted((place for place in places if place.isdigit() and len(place) < 4), key=int)


def _read_node(data: QueryDict, path: str, fields: Mapping[str, str], depth: int = 0) -> Raw:
    join = data.get(f"{path}|join", "")
    if join in tree.JOINS and depth < 10:
        return {join: [_read_node(data, f"{path}.{place}", fields, depth + 1) for place in _places_below(data, path)]}
    name, test = data.get(f"{path}|field", ""), data.get(f"{path}|test", "")
    condition: Raw = {"field": name, "test": test}
    subject = _subject(name, fields)
    if subject is None:
        return dict(_DEFAULT_CONDITION)
    tests = catalogue.TESTS[subject.kind]
    if test not in tests:
        condition["test"] = next(iter(tests))
    needs = tests[condition["test"]]
    if "values" in needs:
        condition["values"] = _read_values(data, path, subject.kind, name)
    for need in needs:
        if need != "values":
            condition[need] = _read_figure(data.get(f"{path}|{need}", ""), _DEFAULTS[need])
    return condition


def _subject(name: str, fields: Mapping[str, str]) -> catalogue.Subject | None:
    if name.startswith(catalogue.CUSTOM) and name.removeprefix(catalogue.CUSTOM) not in fields:
        # Kept as it is, so that the page can say that the field is gone.
        return catalogue.Subject(name, "text")
    return (
        catalogue.find_subject(name, fields)
        if name.startswith(catalogue.CUSTOM) or name in catalogue.SUBJECTS
        else None
    )


def _read_values(data: QueryDict, path: str, kind: str, name: str) -> list[Any]:
    given = [value.strip() for value in data.getlist(f"{path}|values") if value.strip()]
    if kind in {"text", "outcome", "event"} or (kind == "choice" and len(given) == 1):
        given = [
            part.strip()
            for value in given
            for part in value.replace("、", ",").replace("，", ",").split(",")
            if part.strip()
        ]
    return [int(value) for value in given if value.isdigit()] if name in _WHOLE else given


def _read_figure(text: str, default: float) -> float:
    try:
        value = float(text)
    except ValueError:
        return default
    return int(value) if value.is_integer() else value


def _parts_at(raw: Raw, path: str) -> list[Raw]:
    node = raw
    for place in path.split(".")[1:]:
        parts = _parts_of(node)
        if not place.isdigit() or int(place) >= len(parts):
            return []
        node = parts[int(place)]
    return _parts_of(node)


def _parts_of(node: Raw) -> list[Raw]:
    parts: list[Raw] = next((node[join] for join in tree.JOINS if join in node), [])
    return parts


# ── showing ──────────────────────────────────────────────────────────────────────────────────────


def build_rows(raw: Raw, choices: Choices, path: str = ROOT) -> Row:
    """Return a question as the page shows it."""
    join = next((join for join in tree.JOINS if join in raw), "")
    if join:
        parts = [build_rows(part, choices, f"{path}.{place}") for place, part in enumerate(raw[join])]
        return Row(path, is_group=True, join=join, parts=parts, is_root=path == ROOT)
    subject = _subject(raw["field"], choices.fields) or catalogue.SUBJECTS["last_seen"]
    tests = catalogue.TESTS[subject.kind]
    test = raw["test"] if raw["test"] in tests else next(iter(tests))
    row = Row(path, is_group=False, subject=raw["field"], test=test, needs_values="values" in tests[test])
    if subject.key.startswith(catalogue.CUSTOM) and subject.key.removeprefix(catalogue.CUSTOM) not in choices.fields:
        row.gone = subject.key.removeprefix(catalogue.CUSTOM)
    row.tests = [(key, wording.say_test(subject.kind, key)) for key in tests]
    values = raw.get("values", [])
    known = choices.values.get(raw["field"])
    if row.needs_values and known and subject.kind != "outcome":
        row.options = [(value, name, value in values) for value, name in known]
        if unlisted := wording.UNLISTED.get(raw["field"]):
            listed = {value for value, _name in known}
            row.options += [(value, unlisted(value), True) for value in values if value not in listed]
    row.text = ", ".join(str(value) for value in values)
    row.is_date = subject.kind == "date"
    labels = {"days": _("days"), "hours": _("hours"), "from": _("from"), "to": _("to"), "broadcast": _("Broadcast")}
    row.blanks = [Blank(need, labels[need], raw.get(need, _DEFAULTS[need])) for need in tests[test] if need in _FIGURES]
    return row


def list_fields(choices: Choices) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what can be asked, by group, for a select."""
    groups = [(str(label), [(key, wording.say_field(key)) for key in keys]) for label, keys in wording.GROUPS]
    own = [(f"{catalogue.CUSTOM}{key}", key) for key in sorted(choices.fields)]
    return [*groups, (_("Own fields"), own)] if own else groups


def build_choices(
    fields: Mapping[str, str],
    *,
    tags: Iterable[tuple[int, str]],
    segments: Iterable[tuple[int, str]],
    numbers: Iterable[tuple[int, str]],
    broadcasts: Iterable[tuple[int, str]],
    events: Iterable[str],
    languages: Iterable[str],
    countries: Collection[str],
    field_choices: Mapping[str, list[str]],
) -> Choices:
    """Return what the workspace has to choose from."""
    return Choices(
        fields=fields,
        values={
            "tag": list(tags),
            "segment": list(segments),
            "number": list(numbers),
            "broadcast": [(0, _("any broadcast")), *broadcasts],
            "event": [(name, name) for name in events],
            "country": _list_countries(countries),
            "language": [(code, formats.render_language(code)) for code in languages],
            "consent": [(key, str(words.CATEGORIES[key])) for key in ("marketing", "utility")],
            **{
                f"{catalogue.CUSTOM}{key}": [(word, word) for word in some]
                for key, some in field_choices.items()
                if some
            },
        },
    )


def _list_countries(known: Collection[str]) -> list[tuple[str, str]]:
    """Return every country by name, those first where people of this workspace are."""
    named = [(code, name.rpartition(" (+")[0] or name) for code, name in formats.list_countries()]
    return sorted(named, key=lambda row: row[0] not in known)
