"""Which rules a message matches, best first. Fast for all that is written as expected; the rest is tried when nothing is."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from switchboard.language import latin, near, regexes, resources, syllables, typos
from switchboard.language.findings import Findings
from switchboard.language.index import AT_START, PART, Hit, Index, Use, find_core
from switchboard.language.message import Message
from switchboard.language.phrases import Phrases
from switchboard.language.scripts import KATAKANA, is_spaced
from switchboard.language.sounds import Homophones, JapaneseSounds
from switchboard.language.types import (
    Explanation,
    KeywordRule,
    Match,
    Mode,
    Pattern,
    View,
)

EXACT_BONUS = 100.0  # The whole message is the keyword: nothing found inside it says more.
SHORTEST_GLUED = 6
SHORTEST_CORRECTED_ABROAD = 6  # Letters of a slip among words of another language: refnud is one, mein is none.
MOST_CORRECTED = 8  # Words of one message that are taken for slips.


def compile_matcher(rules: Iterable[KeywordRule]) -> "Matcher":
    """Make ready to match messages against these rules. Raises PatternError for a regular expression that can't be used."""
    with _uncollected():
        return Matcher(sorted(rules, key=lambda one: (one.position, one.id)))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage meanwhile: nearly everything that compiling makes stays, and looking took a third of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Matcher:
    """A compiled set of rules. Safe to use from several tasks; made anew when rules change."""

    def __init__(self, rules: Sequence[KeywordRule]) -> None:
        self._index = Index(rules)
        self._regexes = regexes.RegexSet([one.keyword.text for one in self._index.regexes])
        self._slips = typos.SlipIndex(_slipping_words(self._index))
        self._phrases = Phrases(self._index)
        self._japanese = JapaneseSounds(self._index)
        self._homophones = Homophones(self._index) if resources.CHINESE in resources.available() else None
        if self._index.entries:
            resources.warm_up()  # Compiling may take its time, a message may not.

    def match(self, text: str) -> list[Match]:
        """Return the rules that this message matches, best first, each with its best keyword."""
        return self._find(text).rank()

    def explain(self, text: str) -> Explanation:
        """Return everything that matching this message came across."""
        findings = self._find(text)
        message = findings.message
        languages = message.find_languages()
        return Explanation(
            text=text,
            normalised=message.folded,
            languages=languages,
            views=tuple(findings.views),
            corrections=tuple(dict.fromkeys(findings.corrections)),
            candidates=tuple(findings.rank()),
            lazy_tier=findings.lazy_tier,
            missing=tuple(one for one in resources.missing() if one in languages),
        )

    def _find(self, text: str) -> Findings:
        message = Message(text)
        findings = Findings(message)
        if self._index.regexes:
            for number in self._regexes.find(text):
                findings.add(self._index.regexes[number], View.REGEX, 0, 0, len(message.folded))
        if not message.folded:
            return findings
        self._find_exact(findings)
        for hit in self._index.surface.scan(message.folded):
            self._note(findings, hit, 0, hit.start, hit.end)
        if message.texts_of_words and (message.has_han or message.unknown_words):
            self._find_pinyin(findings)
            self._find_corrected(findings)
            if message.unknown_words:
                self._find_phrases(findings, only_unknown=True)
        if self._homophones and message.may_be_chinese:
            for sound in self._homophones.find(message):
                findings.add(*sound)
        if findings.parts:
            self._find_near(findings)
        if not findings.by_entry:
            findings.lazy_tier = True
            self._find_by_sound(findings)
        return findings

    def _find_exact(self, findings: Findings) -> None:
        if not self._index.exact:
            return
        folded = findings.message.folded
        for use in self._index.exact.get(find_core(folded), ()):
            findings.add(use.entry, use.view, 0, 0, len(folded), bonus=EXACT_BONUS)

    def _note(self, findings: Findings, hit: Hit, distance: int, start: int, end: int) -> None:
        """Note what a writing means, if it may stand here."""
        for use in hit.target.uses:
            if use.is_plain and not distance:
                findings.add_plain(use.entry, use.view, use.score, start, end)
                continue
            if use.place == PART:
                findings.add_part(use.entry, distance, (start, end, use.slot))
                continue
            if use.place == AT_START and not _is_at_start(findings.message.folded, start):
                continue
            view = _view_here(findings.message, use, start, end) if not distance else use.view
            if view is not None:
                findings.add(use.entry, View.TYPO if distance else view, distance, start, end, weight=use.weight)

    def _find_pinyin(self, findings: Findings) -> None:
        message = findings.message
        if not len(self._index.pinyin):
            return
        unknown = {start for start, _, word in message.unknown_words if not word.isalpha() or syllables.cuts(word)}
        if not unknown and not message.has_han:
            return
        for run in latin.find_runs(message.folded, only_pinyin=True, around=None if message.has_han else unknown):
            findings.views.append(Pattern(run.letters, View.PINYIN))
            cuts = syllables.cuts(run.letters) or frozenset()
            for hit in self._index.pinyin.scan_inside(run.letters):
                start, end = run.place(hit.start, hit.end)
                is_foreign = message.has_han or any(one in unknown for one in run.words_in(hit.start, hit.end))
                if is_foreign and hit.start in cuts and hit.end in cuts:
                    self._note(findings, hit, 0, start, end)
        if message.has_han:
            self._find_glued_pinyin(findings)

    def _find_glued_pinyin(self, findings: Findings) -> None:
        """Find pinyin beside Chinese characters that a name or figure was written onto without a space."""
        for run in latin.find_runs(findings.message.folded, only_pinyin=False):
            for hit in self._index.pinyin.scan_inside(run.letters):
                if hit.target.length >= SHORTEST_GLUED and run.is_split_by_syllables(hit.start, hit.end):
                    self._note(findings, hit, 0, *run.place(hit.start, hit.end))

    def _find_corrected(self, findings: Findings) -> None:
        """Look again with unknown words replaced by the keywords' words that they are slips of."""
        message = findings.message
        slips = [
            (start, end, word, candidates)
            for start, end, word in message.unknown_words
            if word not in self._slips
            and (candidates := self._slips.find(word))
            and (len(word) >= SHORTEST_CORRECTED_ABROAD or not message.is_in_another_language)
        ][:MOST_CORRECTED]
        if not slips:
            return
        for number in range(max(len(one[3]) for one in slips)):
            chosen = [
                (start, end, *candidates[min(number, len(candidates) - 1)]) for start, end, _, candidates in slips
            ]
            self._scan_corrected(findings, chosen)
        findings.corrections += [(word, candidate) for _, _, word, candidates in slips for candidate, _ in candidates]

    def _scan_corrected(self, findings: Findings, chosen: list[tuple[int, int, str, int]]) -> None:
        corrected, replaced = _replace(findings.message.folded, chosen)
        for hit in self._index.surface.scan(corrected):
            touched = [one for one in replaced if one[0] < hit.end and one[1] > hit.start]
            if touched and all(_allows(use, hit, sum(one[4] for one in touched)) for use in hit.target.uses[:1]):
                distance = sum(one[4] for one in touched)
                start = min(touched[0][2], touched[0][2] - (touched[0][0] - hit.start))
                end = max(touched[-1][3], touched[-1][3] + hit.end - touched[-1][1])
                uses = [one for one in hit.target.uses if _allows(one, hit, distance)]
                self._note(findings, hit._replace(target=hit.target._replace(uses=uses)), distance, max(0, start), end)

    def _find_phrases(self, findings: Findings, *, only_unknown: bool) -> None:
        for slip in self._phrases.find(findings.message, only_unknown=only_unknown):
            findings.corrections.append((slip.written, slip.meant))
            findings.add(slip.entry, View.TYPO, slip.distance, slip.start, slip.end)

    def _find_near(self, findings: Findings) -> None:
        for number, places in findings.parts.items():
            span = near.find_nearest(places, len(self._index.near[number]))
            if span:
                findings.add(self._index.entries[number], View.NEAR, findings.part_distance[number], *span)

    def _find_by_sound(self, findings: Findings) -> None:
        """Try everything that costs more and means less."""
        message = findings.message
        if message.texts_of_words:
            self._find_phrases(findings, only_unknown=False)
            for sound in self._japanese.find_romaji(message):
                findings.add(*sound)
        if message.folded.isascii():
            return
        for sound in self._japanese.find_written_otherwise(message):
            findings.add(*sound)
        if not findings.by_entry:
            for sound in self._japanese.find_slips(message):
                findings.add(*sound)


def _slipping_words(index: Index) -> Iterable[tuple[str, int]]:
    """Give every word that may be misspelt, with how many slips it may have."""
    for entry in index.slipping():
        threshold = entry.keyword.threshold
        for word in entry.folded.split(" "):
            if is_spaced(word[0]) and not word.isdigit() and (limit := typos.count_slips(len(word), threshold)):
                yield word, limit
    for entry in index.entries:
        if entry.keyword.mode is Mode.ALL_NEAR:
            for word in index.near.get(entry.number, ()):
                if (
                    is_spaced(word[0])
                    and word.isalpha()
                    and (limit := typos.count_slips(len(word), entry.keyword.threshold))
                ):
                    yield word, limit


def _is_at_start(folded: str, start: int) -> bool:
    return not any(one.isalnum() for one in folded[:start])


def _view_here(message: Message, use: Use, start: int, end: int) -> View | None:
    """Return the view in which a writing counts at this place, or None where it is a coincidence."""
    if use.view is View.READING:
        return View.READING if message.is_word_by_sound(start, end, use.entry.folded) else None
    if use.entry.is_katakana and not KATAKANA.search(message.cleaned, start, end):
        # A borrowed word in hiragana is rarer than native words that hold the same sounds.
        return View.READING if message.is_word_by_sound(start, end, use.entry.folded) else None
    return use.view


def _allows(use: Use, hit: Hit, distance: int) -> bool:
    """Whether a keyword forgives so many slips in what was found."""
    keyword = use.entry.keyword
    if keyword.mode not in (Mode.FUZZY, Mode.ALL_NEAR):
        return False
    letters = hit.target.length - hit.target.text.count(" ")
    return distance <= typos.count_slips(letters, keyword.threshold)


def _replace(text: str, chosen: list[tuple[int, int, str, int]]) -> tuple[str, list[tuple[int, int, int, int, int]]]:
    """Return a text with words replaced, and for each (start, end, former start, former end, distance)."""
    parts, replaced, place, length = [], [], 0, 0
    for start, end, word, distance in chosen:
        parts += [text[place:start], word]
        begin = length + start - place
        length = begin + len(word)
        replaced.append((begin, length, start, end, distance))
        place = end
    parts.append(text[place:])
    return "".join(parts), replaced
