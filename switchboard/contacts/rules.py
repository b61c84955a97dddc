"""What a column means, and what a row says: pure decisions over cells."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from zoneinfo import available_timezones

from switchboard.contacts import fields as typed
from switchboard.contacts import words
from switchboard.contacts.fields import Definition, Value
from switchboard.contacts.types import Person, Problem, Row
from switchboard.core import phone

TARGETS = ("phone", "name", "family_name", "given_name", "email", "language", "zone", "tags", "opt_out")
FIELD_PREFIX = "field:"
# A column for which a field of this kind is made: new:date.
NEW_PREFIX = "new:"
LONGEST_NAME = 255
LONGEST_EMAIL = 254
LONGEST_FIELD = 2000
LONGEST_TAG = 60
_MOST_ANSWERS = 8192

# Reasons beside those of core.phone.
BROKEN_CHARACTERS = "broken_characters"
TOO_MANY_CELLS = "too_many_cells"
TOO_LONG_TEXT = "too_long_text"
OPT_OUT_UNCLEAR = "opt_out_unclear"
REPEATED = "repeated"
KNOWN = "known"
HEADINGS_AGAIN = "headings_again"
NO_PHONE_COLUMN = "no_phone_column"
# Notes: the row is used, one of its cells is not; or somebody stays opted out.
EMAIL_LEFT_OUT = "email_left_out"
LANGUAGE_LEFT_OUT = "language_left_out"
ZONE_LEFT_OUT = "zone_left_out"
OPTED_OUT = "opted_out"
REASONS = (
    *phone.REASONS,
    BROKEN_CHARACTERS,
    TOO_MANY_CELLS,
    TOO_LONG_TEXT,
    OPT_OUT_UNCLEAR,
    REPEATED,
    KNOWN,
    HEADINGS_AGAIN,
    NO_PHONE_COLUMN,
)
NOTES = (EMAIL_LEFT_OUT, LANGUAGE_LEFT_OUT, ZONE_LEFT_OUT, OPTED_OUT, *typed.REASONS)

# Which basis holds for which category: marketing needs an explicit opt-in.
CONSENT_BASES = {"marketing": ("opt_in",), "utility": ("transaction", "opt_in"), "all": ("opt_in",)}

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:_[A-Z]{2,4})?")
_TAG_SEPARATORS = re.compile(r"[,;|、，；\n]+")
_HEADING_NOISE = re.compile(r"[\s_\-./()（）:：*#]+")


def normalise_heading(heading: str) -> str:
    """Return a heading as it stands in words.HEADINGS: one width, one case, no spaces or signs."""
    return _HEADING_NOISE.sub("", unicodedata.normalize("NFKC", heading).casefold())


def suggest_mapping(
    columns: Sequence[str],
    samples: Sequence[Sequence[str]],
    country: str,
    known_fields: Sequence[str] = (),
) -> dict[str, str]:
    """Return what each column probably is, from its heading and then from its cells; the rest become fields."""
    fields = {normalise_heading(key): key for key in known_fields}
    meanings = {heading: target for target, headings in words.HEADINGS.items() for heading in headings}
    mapping: dict[str, str] = {}
    for column in columns:
        target = meanings.get(normalise_heading(column), "")
        if target and target not in mapping.values():
            mapping[column] = target
    if "phone" not in mapping.values():
        found = _find_phone_column(columns, samples, country, taken=mapping)
        if found:
            mapping[found] = "phone"
    for index, column in enumerate(columns):
        if column not in mapping and "email" not in mapping.values() and _is_mostly_email(samples, index):
            mapping[column] = "email"
        mapping.setdefault(column, FIELD_PREFIX + fields.get(normalise_heading(column), column[: typed.LONGEST_KEY]))
    return {column: mapping[column] for column in columns}


def override_mapping(guessed: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
    """Return the guessed mapping with what somebody says of some columns; what they name is no other column any more."""
    taken = set(said.values())
    return {column: "" if target in taken else target for column, target in guessed.items()} | dict(said)


# Where a file in such an encoding most likely comes from.
_COUNTRIES_BY_ENCODING = {
    "cp932": "JP", "shift_jis": "JP", "euc_jp": "JP", "iso2022_jp": "JP", "gb18030": "CN", "gbk": "CN", "big5": "TW",
    "euc_kr": "KR",
}  # fmt: skip


def suggest_country(samples: Sequence[Sequence[str]], encoding: str, country: str) -> str:
    """Return the country whose national numbers a file holds: `country`, or the encoding's when that reads more of them."""
    other = _COUNTRIES_BY_ENCODING.get(encoding.lower().replace("-", "_"), country)

    def count_phones(of: str) -> int:
        return sum(phone.is_phone(cell, of) for row in samples for cell in row if cell.strip())

    return other if other != country and count_phones(other) > count_phones(country) else country


def _column_cells(samples: Sequence[Sequence[str]], index: int) -> list[str]:
    return [row[index] for row in samples if index < len(row) and row[index].strip()]


def _find_phone_column(
    columns: Sequence[str], samples: Sequence[Sequence[str]], country: str, *, taken: Mapping[str, str]
) -> str:
    """Return the column most of whose cells are valid phone numbers."""
    best, best_share = "", 0.5
    for index, column in enumerate(columns):
        cells = _column_cells(samples, index)
        share = sum(phone.is_phone(cell, country) for cell in cells) / len(cells) if cells else 0.0
        if share > best_share and column not in taken:
            best, best_share = column, share
    return best


def _is_mostly_email(samples: Sequence[Sequence[str]], index: int) -> bool:
    cells = _column_cells(samples, index)
    return bool(cells) and sum(_EMAIL.fullmatch(cell.strip()) is not None for cell in cells) > len(cells) / 2


class _Answers(dict[str, tuple[Value | None, str]]):
    """What the cells of one column said so far: days and plans come again and again."""

    def keep(self, text: str, answer: tuple[Value | None, str]) -> tuple[Value | None, str]:
        """Remember an answer, and forget all when there are many."""
        if len(self) >= _MOST_ANSWERS:
            self.clear()
        self[text] = answer
        return answer


class RowParser:
    """Reads the rows of one file by one mapping."""

    def __init__(
        self,
        columns: Sequence[str],
        mapping: Mapping[str, str],
        country: str,
        definitions: Sequence[Definition] = (),
    ) -> None:
        self.columns = tuple(columns)
        self._definitions = {one.key: one for one in definitions if one.kind != typed.TEXT}
        self.country = country
        places: dict[str, list[int]] = {}
        for index, column in enumerate(self.columns):
            target = mapping.get(column, "")
            if target:
                places.setdefault(target, []).append(index)
        self._places = {target: tuple(indexes) for target, indexes in places.items()}
        fields = [
            (target.removeprefix(FIELD_PREFIX), indexes[0])
            for target, indexes in places.items()
            if target.startswith(FIELD_PREFIX)
        ]
        self._texts = [(key, index) for key, index in fields if key not in self._definitions]
        self._typed = [(self._definitions[key], index, _Answers()) for key, index in fields if key in self._definitions]
        self._used = sorted({index for indexes in places.values() for index in indexes})
        self._single = {target: indexes[0] for target, indexes in places.items()}
        # Looked up once: a million rows ask for them.
        self._width = len(self.columns)
        self._opt_out, self._tags = self._single.get("opt_out"), self._single.get("tags")
        self._name, self._email = self._single.get("name"), self._single.get("email")
        self._language, self._zone = self._single.get("language"), self._single.get("zone")
        self._has_names = "family_name" in places or "given_name" in places

    @property
    def has_phone(self) -> bool:
        """Tell whether any column is the phone number."""
        return "phone" in self._places

    @property
    def phone_places(self) -> tuple[int, ...]:
        """Where the phone columns are."""
        return self._places.get("phone", ())

    @property
    def phone_column(self) -> str:
        """The name of the first phone column."""
        return self.columns[self._places["phone"][0]]

    def parse_row(self, row: Row) -> Person | Problem:
        """Return the person of a row, or why there is none."""
        cells, width = row.cells, self._width
        if len(cells) != width:
            if any(cell.strip() for cell in cells[width:]):
                return Problem("", TOO_MANY_CELLS)
            cells = cells + [""] * (width - len(cells))
        whole = "".join(cells)
        if (len(whole) > LONGEST_FIELD or "\ufffd" in whole) and (
            problem := self._find_unusable_cell(cells)
        ) is not None:
            return problem
        reading, phone_column = self._read_phone(cells)
        if reading.reason:
            is_heading = reading.reason == phone.NOT_DIGITS and self._is_heading(cells)
            return Problem(phone_column, HEADINGS_AGAIN if is_heading else reading.reason)
        is_opted_out = parse_flag(cells[self._opt_out]) if self._opt_out is not None and cells[self._opt_out] else False
        if is_opted_out is None:
            return Problem(self.columns[self._single["opt_out"]], OPT_OUT_UNCLEAR)
        return self._compose(row.line, cells, reading, is_opted_out=is_opted_out)

    def _cell(self, cells: Sequence[str], target: str) -> str:
        index = self._single.get(target)
        return "" if index is None else cells[index].strip()

    def _is_heading(self, cells: Sequence[str]) -> bool:
        """Tell whether the row is a second row of headings: every phone cell says what it is."""
        phones = [normalise_heading(cells[index]) for index in self._places["phone"] if cells[index].strip()]
        return all(text in words.HEADINGS["phone"] for text in phones)

    def _find_unusable_cell(self, cells: Sequence[str]) -> Problem | None:
        for index in self._used:
            cell = cells[index]
            if "\ufffd" in cell:
                return Problem(self.columns[index], BROKEN_CHARACTERS)
            if len(cell) > LONGEST_FIELD and len(cell.strip()) > LONGEST_FIELD:
                return Problem(self.columns[index], TOO_LONG_TEXT)
        return None

    def _read_phone(self, cells: Sequence[str]) -> tuple[phone.PhoneReading, str]:
        """Return the first valid number of the phone columns, or the first refusal that says most."""
        refused: tuple[phone.PhoneReading, str] | None = None
        for index in self._places["phone"]:
            reading = phone.parse_phone(cells[index], self.country)
            if not reading.reason:
                return reading, self.columns[index]
            if refused is None or refused[0].reason == phone.EMPTY:
                refused = reading, self.columns[index]
        assert refused is not None  # noqa: S101  there is at least one phone column
        return refused

    def _compose(
        self, line: int, cells: Sequence[str], reading: phone.PhoneReading, *, is_opted_out: bool
    ) -> Person | Problem:
        name = clean_name(cells[self._name]) if self._name is not None else ""
        if not name and self._has_names:
            name = clean_name(self._join_names(cells))
        if len(name) > LONGEST_NAME:
            return Problem(self.columns[self._single.get("name", self._single.get("family_name", 0))], TOO_LONG_TEXT)
        notes: list[Problem] = []
        email = cells[self._email].strip() if self._email is not None else ""
        if email and not is_email(email):
            email = ""
            notes.append(self._note("email", EMAIL_LEFT_OUT))
        language_text = cells[self._language] if self._language is not None else ""
        language = parse_language(language_text) if language_text else ""
        if not language and language_text.strip():
            notes.append(self._note("language", LANGUAGE_LEFT_OUT))
        zone = cells[self._zone].strip() if self._zone is not None else ""
        if zone and zone not in _known_zones():
            zone = ""
            notes.append(self._note("zone", ZONE_LEFT_OUT))
        fields: dict[str, Value] = {key: value for key, index in self._texts if (value := cells[index].strip())}
        if self._typed:
            self._read_typed(cells, fields, notes)
        tags_text = cells[self._tags] if self._tags is not None else ""
        tags = split_tags(tags_text) if tags_text else ()
        return tuple.__new__(
            Person,
            (
                line,
                reading.phone,
                reading.country,
                name,
                email,
                language,
                zone,
                fields,
                tags,
                is_opted_out,
                tuple(notes),
            ),
        )

    def _read_typed(self, cells: Sequence[str], fields: dict[str, Value], notes: list[Problem]) -> None:
        for definition, index, answers in self._typed:
            text = cells[index]
            if not text:
                continue
            answer = answers.get(text)
            if answer is None:
                answer = answers.keep(text, typed.parse_cell(definition, text, self.country))
            value, reason = answer
            if value is not None:
                fields[definition.key] = value
            elif reason:
                notes.append(Problem(self.columns[index], reason))

    def _note(self, target: str, reason: str) -> Problem:
        return Problem(self.columns[self._single[target]], reason)

    def _join_names(self, cells: Sequence[str]) -> str:
        """Return family and given name in the order their script has them."""
        family, given = self._cell(cells, "family_name"), self._cell(cells, "given_name")
        if not family or not given:
            return family or given
        return f"{given} {family}" if family.isascii() and given.isascii() else f"{family} {given}"


def clean_name(text: str) -> str:
    """Return a name as it is kept: one blank between its parts."""
    return " ".join(text.split())


def is_email(text: str) -> bool:
    """Tell whether a text without blanks around it is an address that can be kept."""
    return len(text) <= LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def parse_flag(text: str) -> bool | None:
    """Return what an opt-out cell says; None when that is not clear (consent is never guessed)."""
    word = unicodedata.normalize("NFKC", text).strip().casefold()
    if not word or word in words.NO:
        return False
    return True if word in words.YES or word.replace("-", "").replace(" ", "") in words.YES else None


@lru_cache(maxsize=4096)
def parse_language(text: str) -> str:
    """Return a language as WhatsApp templates name it (ja, zh_CN, en); empty when it is none."""
    word = unicodedata.normalize("NFKC", text).strip()
    if not word:
        return ""
    known = words.LANGUAGES.get(word.casefold().replace("-", "_"))
    if known:
        return known
    base, _, region = word.replace("-", "_").partition("_")
    code = base.lower() + (f"_{region.upper()}" if region else "")
    return code if _LANGUAGE.fullmatch(code) else ""


@lru_cache(maxsize=4096)
def split_tags(text: str) -> tuple[str, ...]:
    """Return the tags of a cell, each once."""
    tags = (" ".join(tag.split())[:LONGEST_TAG] for tag in _TAG_SEPARATORS.split(text))
    return tuple(dict.fromkeys(tag for tag in tags if tag))


@lru_cache(maxsize=1)
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())
