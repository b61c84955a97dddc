"""What a set of keywords becomes once: automata over its writings, so that a message is read once for all of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import ahocorasick

from switchboard.language import scripts, syllables
from switchboard.language.folding import clean, fold, unify
from switchboard.language.scripts import ALL_HAN, ALL_KANA, KATAKANA, SPACED_WORD
from switchboard.language.types import Keyword, KeywordRule, Mode, View

HAN_WEIGHT = 2.2  # A Chinese character says about as much as two letters.
FACTORS = {
    View.SURFACE: 1.0,
    View.NEAR: 0.95,
    View.READING: 1.0,
    View.PINYIN: 1.0,
    View.ROMAJI: 0.84,
    View.TYPO: 0.95,
    View.HOMOPHONE: 1.0,
    View.REGEX: 1.0,
}
ANYWHERE, AT_START, PART = range(3)
SHORTEST_JOINED = 5  # Letters of pinyin or of joined words that may stand without spaces.


class Entry(NamedTuple):
    """A keyword of a rule."""

    number: int
    rule: KeywordRule
    keyword: Keyword
    folded: str
    weight: float
    is_katakana: bool


class Use(NamedTuple):
    """What finding a writing means: which keyword, in which view, and where it has to stand."""

    entry: Entry
    view: View
    place: int
    slot: int  # Which word of an all-near keyword.
    weight: float
    score: float  # Of finding it literally.
    is_plain: bool  # Whether finding it is enough, wherever it stands.


def make_use(entry: Entry, view: View, place: int = ANYWHERE, slot: int = 0, *, weight: float = 0.0) -> Use:
    """Return what a writing of this keyword means."""
    weight = weight or entry.weight
    is_plain = place == ANYWHERE and view is not View.READING and not entry.is_katakana
    return Use(entry, view, place, slot, weight, weight * FACTORS[view], is_plain)


class Target(NamedTuple):
    """A writing that is looked for."""

    text: str
    length: int
    starts_spaced: bool
    ends_spaced: bool
    uses: list[Use]


class Hit(NamedTuple):
    """A writing found in a text."""

    start: int
    end: int
    target: Target


class Automaton:
    """Finds all of many texts in one pass."""

    def __init__(self) -> None:
        self._targets: dict[str, Target] = {}
        self._automaton = ahocorasick.Automaton()

    def __len__(self) -> int:
        return len(self._targets)

    def __contains__(self, text: str) -> bool:
        return text in self._targets

    def get(self, text: str) -> Target | None:
        """Return what this text would mean."""
        return self._targets.get(text)

    def add(self, text: str, use: Use) -> None:
        """Look for one more text."""
        target = self._targets.get(text)
        if target is None:
            target = Target(text, len(text), scripts.is_spaced(text[0]), scripts.is_spaced(text[-1]), [])
            self._targets[text] = target
            self._automaton.add_word(text, target)
        # Keywords come one after the other: what this one has put here already stands at the end.
        for known in reversed(target.uses):
            if known.entry is not use.entry:
                break
            if known == use:
                return
        target.uses.append(use)

    def close(self) -> None:
        """Make it ready: nothing is added afterwards."""
        self._automaton.make_automaton()

    def targets(self) -> Iterable[Target]:
        """Return everything that is looked for."""
        return self._targets.values()

    def scan_inside(self, text: str) -> Iterator[Hit]:
        """Give every writing in a text, wherever it stands."""
        if self._targets:
            for last, target in self._automaton.iter(text):
                yield Hit(last + 1 - target.length, last + 1, target)

    def scan(self, text: str) -> list[Hit]:
        """Return every writing in a text that begins and ends where words may."""
        if not self._targets:
            return []
        hits, length, is_spaced = [], len(text), scripts.is_spaced
        for last, target in self._automaton.iter(text):
            start, end = last + 1 - target.length, last + 1
            if target.starts_spaced and start and is_spaced(text[start - 1]):
                continue
            if target.ends_spaced and end < length and is_spaced(text[end]):
                rest = SPACED_WORD.match(text, end)
                if rest and not scripts.may_follow(target.text, rest[0]):
                    continue
            hits.append(Hit(start, end, target))
        return hits


class Index:
    """All keywords of all rules, by how they are looked for."""

    def __init__(self, rules: Sequence[KeywordRule]) -> None:
        self.entries: list[Entry] = []
        self.surface = Automaton()
        self.pinyin = Automaton()
        self.exact: dict[str, list[Use]] = defaultdict(list)
        self.near: dict[int, tuple[str, ...]] = {}
        self.regexes: list[Entry] = []
        for rule in rules:
            for keyword in rule.keywords:
                self._add(rule, keyword)
        self.surface.close()
        self.pinyin.close()

    def _add(self, rule: KeywordRule, keyword: Keyword) -> None:
        cleaned = clean(keyword.text)
        folded = unify(cleaned)
        if not folded and keyword.mode is not Mode.REGEX:
            return
        is_katakana = bool(ALL_KANA.fullmatch(folded) and KATAKANA.search(cleaned))
        weight = weigh(folded) if keyword.mode is not Mode.REGEX else float(len(keyword.text))
        entry = Entry(len(self.entries), rule, keyword, folded, weight, is_katakana)
        self.entries.append(entry)
        if keyword.mode is Mode.REGEX:
            self.regexes.append(entry)
        elif keyword.mode is Mode.EXACT:
            self._add_exact(entry)
        elif keyword.mode is Mode.ALL_NEAR and (words := split_words(keyword.text)):
            self._add_words(entry, words)
        else:
            self._add_text(entry, AT_START if keyword.mode is Mode.STARTS else ANYWHERE)

    def _add_exact(self, entry: Entry) -> None:
        self.exact[find_core(entry.folded)].append(make_use(entry, View.SURFACE))
        for pattern in entry.keyword.patterns:
            for text in {pattern.text, pattern.text.replace(" ", "")}:
                self.exact[find_core(text)].append(make_use(entry, pattern.view))

    def _add_words(self, entry: Entry, words: tuple[str, ...]) -> None:
        self.near[entry.number] = words
        for slot, word in enumerate(words):
            for form in (word, *scripts.inflect(word)):
                self.surface.add(form, make_use(entry, View.NEAR, PART, slot))

    def _add_text(self, entry: Entry, place: int) -> None:
        surface = make_use(entry, View.SURFACE, place)
        for text in spell(entry.folded):
            self.surface.add(text, surface)
        for pattern in entry.keyword.patterns:
            # Another spelling may be shorter, and then says less; a reading says what the keyword says.
            weight = min(entry.weight, weigh(pattern.text)) if pattern.view is View.SURFACE else entry.weight
            use = make_use(entry, pattern.view, place, weight=weight)
            if pattern.view is View.PINYIN:
                self._add_pinyin(pattern.text, use)
            elif pattern.text:
                self.surface.add(pattern.text, use)

    def _add_pinyin(self, text: str, use: Use) -> None:
        if " " not in text:
            return  # A single syllable is everywhere.
        joined = text.replace(" ", "")
        for letters in {joined, syllables.merge_v(joined)}:
            self.pinyin.add(letters, use)

    def slipping(self) -> Iterator[Entry]:
        """Give the entries that forgive slips."""
        return (one for one in self.entries if one.keyword.mode is Mode.FUZZY and one.keyword.threshold < 100)


def spell(folded: str) -> list[str]:
    """Return the forms in which a keyword is looked for literally: its inflections, and its words written as one."""
    words = folded.split(" ")
    forms = [folded, *(" ".join([*words[:-1], form]) for form in scripts.inflect(words[-1]))]
    if len(words) > 1 and folded.isascii() and len(folded) - len(words) >= SHORTEST_JOINED + 1:
        forms.append("".join(words))
    return forms


def split_words(text: str) -> tuple[str, ...]:
    """Return the folded words of a keyword, each once; none when there is only one."""
    words = tuple(dict.fromkeys(folded for word in text.split() if (folded := fold(word))))
    return words if len(words) > 1 else ()


def weigh(folded: str) -> float:
    """Return how much finding this text says."""
    letters = len(folded) if folded.isalnum() else sum(map(str.isalnum, folded))
    han = 0 if folded.isascii() else sum(map(len, ALL_HAN.findall(folded)))
    return han * HAN_WEIGHT + letters - han or 1.0


def find_core(folded: str) -> str:
    """Return the letters and figures of a text with their spaces; all of it where there are none."""
    core = "".join(one if one.isalnum() or one in " ー" else " " for one in folded)
    return " ".join(core.split()) or folded
