"""The sample file: people who do not exist, in a file as messy as real ones. The same seed writes the same bytes.

About 3 in 100 rows repeat an earlier person in another notation and 5 in 100 hold no usable number; one in eight
people lives in a far zone. What an import of the file must find is returned with it.
"""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from switchboard.contacts import sample_words as words

_REPEATED_SHARE = 0.03
_IMPOSSIBLE_SHARE = 0.05
_OPTED_OUT_SHARE = 0.02
_FAR = ("US", "US", "BR", "DE", "GB", "GB", "FR", "AU", "SG")
_CODES = {"JP": "81", "CN": "86", "US": "1", "BR": "55", "DE": "49", "GB": "44", "FR": "33", "AU": "61", "SG": "65"}
_IMPOSSIBLE = (
    "8.19012E+11",
    "090-1234",
    "なし",
    "000-0000-0000",
    "03-XXXX-5678",
    "+999 12 345 678",
    "090-0000-0000",
    "12345",
    "0901234567890123",
    "info@example.com",
    "",
    " ",
    "-",
)
_IMPOSSIBLE_CHINESE = (
    "8.61382E+12",
    "138001380",
    "无",
    "000-0000-0000",
    "12345",
    "+999 12 345 678",
    "13800138000138000",
    "",
    "-",
)
# The long-vowel mark for the dash, as hurried people type it; unlike the full-width hyphen every Japanese encoding has it.
_FULL_WIDTH = str.maketrans("0123456789-+ ()", "０１２３４５６７８９ー＋　（）")


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """What is in a sample file: usable + repeated + impossible = rows."""

    rows: int
    usable: int
    repeated: int
    impossible: int
    opted_out: int
    # The country whose national numbers it holds.
    country: str


@dataclass(frozen=True, slots=True)
class _Someone:
    country: str
    national: str
    name: str
    language: str
    town: str


def write_sample(
    path: Path, *, rows: int = 10_000, people: int | None = None, seed: int = 1, encoding: str = "utf-8-sig"
) -> SampleSummary:
    """Write a sample file of so many rows, or of as many rows as it takes to hold so many different people.

    They are of many countries in UTF-8 (with a mark, as Excel writes it), Japanese in Shift_JIS or EUC-JP, Chinese in
    GB18030.
    """
    content = _Sample(rows, people, seed, _profile_of(encoding))
    with path.open("w", encoding=encoding, newline="", errors="strict") as file:
        for line in content.lines():
            file.write(line)
    return content.summary()


def _profile_of(encoding: str) -> str:
    name = encoding.lower().replace("-", "_")
    if name in {"cp932", "shift_jis", "sjis", "euc_jp"}:
        return "japanese"
    return "chinese" if name in {"gb18030", "gbk", "gb2312"} else "mixed"


class _Sample:
    """Makes the rows of one file, and counts what it put in."""

    def __init__(self, rows: int, wanted_people: int | None, seed: int, profile: str) -> None:
        self.rows = rows
        self.wanted_people = wanted_people
        self.profile = profile
        self.home = "CN" if profile == "chinese" else "JP"
        self.random = random.Random(seed)  # noqa: S311  a sample has to be the same each time, not secret
        self.people: list[_Someone] = []
        self.numbers: set[tuple[str, str]] = set()
        self.repeated = self.impossible = self.opted_out = 0

    def lines(self) -> Iterator[str]:
        """Give the file's text row by row, the header first."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(words.HEADINGS[self.profile])
        number = 0
        while number < self.rows if self.wanted_people is None else len(self.people) < self.wanted_people:
            number += 1
            writer.writerow(self._row(number))
            yield text.getvalue()
            text.seek(0)
            text.truncate()
        self.rows = number
        yield text.getvalue()

    def summary(self) -> SampleSummary:
        """Count what is in the file."""
        usable = self.rows - self.repeated - self.impossible
        return SampleSummary(self.rows, usable, self.repeated, self.impossible, self.opted_out, self.home)

    def _row(self, number: int) -> list[str]:
        chance = self.random.random()
        is_opted_out = False
        if chance < _REPEATED_SHARE and self.people:
            self.repeated += 1
            someone = self.random.choice(self.people)
            phone = self._notation(someone)
        elif chance < _REPEATED_SHARE + _IMPOSSIBLE_SHARE:
            self.impossible += 1
            someone = self._someone()
            phone = self.random.choice(_IMPOSSIBLE_CHINESE if self.profile == "chinese" else _IMPOSSIBLE)
        else:
            someone = self._new_person()
            phone = self._notation(someone)
            is_opted_out = self.random.random() < _OPTED_OUT_SHARE
            self.opted_out += is_opted_out
        return self._cells(number, someone, phone, is_opted_out=is_opted_out)

    def _cells(self, number: int, someone: _Someone, phone: str, *, is_opted_out: bool) -> list[str]:
        pick, chance = self.random.choice, self.random.random
        plans = [plan for plan in words.PLANS if self._fits(plan)]
        day = f"{self.random.randint(2023, 2026)}-{self.random.randint(1, 12):02d}-{self.random.randint(1, 28):02d}"
        return [
            f"M{number:07d}",
            someone.name if chance() > 0.02 else "",
            phone,
            f"person{number}@example.com" if chance() > 0.35 else "",
            pick(self._language_words(someone.language)) if chance() > 0.15 else "",
            someone.town if chance() > 0.1 else "",
            pick(plans) if chance() > 0.1 else "",
            (day if chance() > 0.3 else day.replace("-", "/")) if chance() > 0.25 else "",
            pick(words.OPT_OUTS[self.profile]) if is_opted_out else "",
            pick([tag for tag in words.TAGS if self._fits(tag)]) if chance() < 0.2 else "",
            pick([memo for memo in words.MEMOS if self._fits(memo)]) if chance() < 0.06 else "",
        ]

    def _fits(self, text: str) -> bool:
        """Tell whether a word belongs into this file: a Japanese file holds what Shift_JIS can write."""
        if self.profile != "japanese":
            return True
        try:
            text.encode("shift_jis")
            text.encode("euc_jp")
        except UnicodeEncodeError:
            return False
        return "标" not in text and "常连" not in text

    def _language_words(self, language: str) -> tuple[str, ...]:
        if self.profile == "chinese":
            return ("中文", "zh-CN", "简体中文")
        spoken = {"ja": ("ja", "日本語", "ja-JP"), "zh_CN": ("zh", "zh-CN", "中文"), "en": ("en", "English", "en-US")}
        return spoken.get(language, ("en",)) if self.profile == "mixed" else ("ja", "日本語")

    def _new_person(self) -> _Someone:
        """Return somebody whose number is not in the file yet."""
        while True:
            someone = self._someone()
            if (someone.country, someone.national) not in self.numbers:
                break
        self.numbers.add((someone.country, someone.national))
        self.people.append(someone)
        return someone

    def _someone(self) -> _Someone:
        chance = self.random.random()
        if self.profile == "japanese" or (self.profile == "mixed" and chance < 0.62):
            return self._japanese()
        if self.profile == "chinese" or chance < 0.8:
            return self._chinese()
        return self._english("JP" if chance < 0.875 else self.random.choice(_FAR))

    def _japanese(self) -> _Someone:
        space = self.random.choice((" ", "　", ""))
        name = self.random.choice(words.JAPANESE_FAMILY) + space + self.random.choice(words.JAPANESE_GIVEN)
        return _Someone("JP", self._national("JP"), name, "ja", self.random.choice(words.JAPANESE_TOWNS))

    def _chinese(self) -> _Someone:
        name = self.random.choice(words.CHINESE_FAMILY) + self.random.choice(words.CHINESE_GIVEN)
        return _Someone("CN", self._national("CN"), name, "zh_CN", self.random.choice(words.CHINESE_TOWNS))

    def _english(self, country: str) -> _Someone:
        name = f"{self.random.choice(words.ENGLISH_GIVEN)} {self.random.choice(words.ENGLISH_FAMILY)}"
        town = self.random.choice(words.FAR_TOWNS.get(country, tuple(words.JAPANESE_TOWNS)))
        return _Someone(country, self._national(country), name, "en", town)

    def _national(self, country: str) -> str:
        """Return a mobile number of a country as it is dialled from abroad, from ranges that are in use for mobiles."""
        digits, pick = self._digits, self.random.choice
        match country:
            case "JP":
                return pick(("70", "80", "90")) + pick("123456789") + digits(7)
            case "CN":
                return pick(("138", "139", "150", "159", "186", "188")) + digits(8)
            case "US":
                return pick(words.US_AREAS) + "555" + digits(4)
            case "BR":
                return pick(("11", "21", "61")) + "96" + digits(7)
            case "DE":
                return "1512" + digits(7)
            case "GB":
                return "7400" + digits(6)
            case "FR":
                return "612" + digits(6)
            case "AU":
                return "412" + digits(6)
            case _:
                return "8123" + digits(4)

    def _digits(self, count: int) -> str:
        return f"{self.random.randrange(10**count):0{count}d}"

    def _notation(self, someone: _Someone) -> str:
        """Return the person's number in one of the ways people write it."""
        code, national = _CODES[someone.country], someone.national
        middle = 3 if len(national) % 2 else 2
        parts = (national[:middle], national[middle:-4], national[-4:])
        abroad = (
            f"+{code}{national}",
            f"+{code} {parts[0]} {parts[1]} {parts[2]}",
            f"+{code}-{parts[0]}-{parts[1]}-{parts[2]}",
            f"tel:+{code}{national}",
            f"00{code} {parts[0]} {parts[1]} {parts[2]}"
            if someone.country != "US"
            else f"+{code} ({parts[0]}) {parts[1]}-{parts[2]}",
        )
        if someone.country != self.home:
            return self.random.choice(abroad)
        trunk = "0" if self.home == "JP" else ""
        at_home = (
            f"{trunk}{parts[0]}-{parts[1]}-{parts[2]}",
            f"{trunk}{parts[0]}-{parts[1]}-{parts[2]}",
            f"{trunk}{national}",
            national,  # A spreadsheet took the zero away.
            f"{trunk}{parts[0]} {parts[1]} {parts[2]}",
            f"({trunk}{parts[0]}) {parts[1]}-{parts[2]}",
            f"'{trunk}{national}",
            f"{trunk}{parts[0]}-{parts[1]}-{parts[2]}".translate(_FULL_WIDTH),
            f"{trunk}{national}".translate(_FULL_WIDTH),
        )
        return self.random.choice(at_home if self.random.random() < 0.75 else abroad)
