"""Messages by their sound, when nothing was found as written: homophones, slips of the converter, romaji, kana slips."""

import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

import ahocorasick
import jaconv
from rapidfuzz.distance import OSA

from switchboard.language import resources, syllables
from switchboard.language.folding import Sparse, fold, unify
from switchboard.language.index import Automaton, Entry, Index, make_use
from switchboard.language.message import Message
from switchboard.language.scripts import ALL_HAN, ALL_KANA, HAS_HAN, KATAKANA
from switchboard.language.types import Mode, View
from switchboard.language.typos import count_slips

_FIRST_CODE = 0xE000  # Private use: one character a syllable, so that places stay the same.
SHORTEST_READING = 3
SHORTEST_ROMAJI = 4
# What can become kana: English words are mostly told apart here, before they cost a conversion.
_ROMAJI = re.compile(r"(?:(?:([bcdfghjklmpqrstvwxyz])\1?|n{0,2}|tch)(?:[hswyz])?[aeiou]|nn?(?![aeiou])|m(?=[bp])|-)+")
SHORTEST_SLIPPED_KATAKANA, SHORTEST_SLIPPED_READING = 4, 5


class Sound(NamedTuple):
    """A keyword heard in a message."""

    entry: Entry
    view: View
    distance: int
    start: int
    end: int


@functools.cache
def _codes() -> dict[str, str]:
    blurred = sorted({syllables.blur(one) for one in syllables.SYLLABLES})
    return {one: chr(_FIRST_CODE + number) for number, one in enumerate(blurred)}


@functools.cache
def _character_codes() -> Sparse:
    """Map each Chinese character to the code of its usual sound."""
    codes = _codes()
    blurred = {character: syllables.blur(sounds[0]) for character, sounds in resources.sounds_of_characters().items()}
    return Sparse({ord(character): codes[sound] for character, sound in blurred.items() if sound in codes})


class Homophones:
    """Chinese keywords by their syllables, without what many speakers do not tell apart."""

    def __init__(self, index: Index) -> None:
        self._automaton = Automaton()
        for entry in index.slipping():
            if len(entry.folded) < 2 or not ALL_HAN.fullmatch(entry.folded):
                continue
            for pattern in entry.keyword.patterns:
                if pattern.view is View.PINYIN:
                    codes = [_codes().get(syllables.blur(one), "") for one in pattern.text.split(" ")]
                    if all(codes):
                        self._automaton.add("".join(codes), make_use(entry, View.HOMOPHONE))
        self._automaton.close()

    def find(self, message: Message) -> Iterator[Sound]:
        """Give the keywords that other characters of the same sound stand for."""
        if not len(self._automaton) or not message.may_be_chinese:
            return
        for hit in self._automaton.scan(message.folded.translate(_character_codes())):
            written = message.folded[hit.start : hit.end]
            for use in hit.target.uses:
                differing = sum(one != other for one, other in zip(written, use.entry.folded, strict=True))
                is_alike = len(written) > 2 or _sounds_the_same(written, use.entry.folded)
                if is_alike and 0 < differing < len(written) and _is_slip(message, hit.start, hit.end):
                    yield Sound(use.entry, View.HOMOPHONE, differing, hit.start, hit.end)


def _sounds_the_same(written: str, meant: str) -> bool:
    """Whether characters share a sound exactly: in two of them, what some do not tell apart is a coincidence (征人, 真人)."""
    sounds = resources.sounds_of_characters()
    return all(
        one == other or not set(sounds.get(one, ())).isdisjoint(sounds.get(other, ()))
        for one, other in zip(written, meant, strict=True)
    )


def _is_slip(message: Message, start: int, end: int) -> bool:
    """Whether characters are neither a word themselves nor pieces of their neighbours' words."""
    if resources.is_chinese_word(message.folded[start:end]):
        return False
    across = message.chinese_words_across.get(start) or message.chinese_words_across.get(end)
    return across is None or not resources.is_chinese_word(across)


class JapaneseSounds:
    """Japanese keywords by their reading."""

    def __init__(self, index: Index) -> None:
        self._readings = Automaton()
        self._pieces: dict[str, list[tuple[str, int, Entry]]] = {}
        for entry in index.slipping():
            for text in _readings_of(entry):
                self._readings.add(text, make_use(entry, View.READING))
                shortest = SHORTEST_SLIPPED_KATAKANA if entry.is_katakana else SHORTEST_SLIPPED_READING
                if len(text) >= shortest and count_slips(len(text), entry.keyword.threshold):
                    half = len(text) // 2
                    self._pieces.setdefault(text[:half], []).append((text, 0, entry))
                    self._pieces.setdefault(text[half:], []).append((text, half, entry))
        self._readings.close()
        self._halves = ahocorasick.Automaton()
        for piece, owners in self._pieces.items():
            self._halves.add_word(piece, (len(piece), owners))
        self._halves.make_automaton()

    def find_written_otherwise(self, message: Message) -> Iterator[Sound]:
        """Give keywords that the message spells with other characters of the same reading: 変品, 振込 for 振り込み."""
        if not len(self._readings) or not message.has_japanese or not message.has_han or not message.may_be_japanese:
            return
        hits = self._readings.scan(_read(message))
        if not hits:
            return
        starts, ends = _find_borders(message)
        for hit in hits:
            first, last = starts.get(hit.start), ends.get(hit.end)
            if first is None or last is None or hit.end - hit.start < SHORTEST_READING:
                continue
            words = message.tokens[first : last + 1]
            for use in hit.target.uses:
                if _is_converter_slip(words, use.entry.folded):
                    yield Sound(use.entry, View.READING, 1, words[0].start, words[-1].end)

    def find_romaji(self, message: Message) -> Iterator[Sound]:
        """Give keywords typed in Latin letters: henpin."""
        if not len(self._readings):
            return
        for start, end, word in message.unknown_words:
            if len(word) < SHORTEST_ROMAJI or not _ROMAJI.fullmatch(word):
                continue
            target = self._readings.get(fold(jaconv.alphabet2kana(word)))
            for use in target.uses if target and target.length > 1 else ():
                yield Sound(use.entry, View.ROMAJI, 0, start, end)

    def find_slips(self, message: Message) -> Iterator[Sound]:
        """Give keywords in kana of which one is wrong, missing, doubled or swapped."""
        if not self._pieces or message.folded.isascii():
            return
        text = message.folded
        for last, (length, owners) in self._halves.iter(text):
            for whole, offset, entry in owners:
                begin = last + 1 - length - offset
                found = _nearest_window(text, begin, whole, offset)
                if found and _is_kana_slip(message, *found):
                    yield Sound(entry, View.TYPO, 1, *found)


def _readings_of(entry: Entry) -> Iterator[str]:
    if entry.keyword.mode is not Mode.FUZZY:
        return
    if ALL_KANA.fullmatch(entry.folded) and len(entry.folded) > 1:
        yield entry.folded
    for pattern in entry.keyword.patterns:
        if pattern.view is View.READING:
            yield pattern.text


def _read(message: Message) -> str:
    """Return how the message sounds; kana need no dictionary, and are taken over piece by piece."""
    folded, parts, written, begin = message.folded, [], 0, 0
    han = HAS_HAN.search(folded)
    for word in message.morphemes if han else ():
        end = word.end()
        if han and han.start() < end:
            parts += [folded[written:begin], word.reading_form() or folded[begin:end]]
            written, han = end, HAS_HAN.search(folded, end)
        begin = end
    return unify("".join([*parts, folded[written:]]))


def _find_borders(message: Message) -> tuple[dict[int, int], dict[int, int]]:
    """Return which word begins and ends at which of the message's sounds."""
    starts, ends, place = {}, {}, 0
    for number, word in enumerate(message.tokens):
        written = message.folded[word.start : word.end]
        starts[place] = number
        place += len((word.sound or written) if HAS_HAN.search(written) else written)
        ends[place] = number
    return starts, ends


def _is_converter_slip(words: list[resources.Token], meant: str) -> bool:
    """Whether these words are what a converter makes of the right sound: not one good word of another meaning."""
    if not any(HAS_HAN.search(one.surface) for one in words):
        return False
    if unify("".join(one.normalized for one in words)) == meant:
        return True
    if len(words) == 1 and words[0].is_known:
        return False
    written = "".join(one.surface for one in words)
    return bool(set(unify(written)) & set(meant) - set("おごをのしいてる"))


def _nearest_window(text: str, begin: int, whole: str, offset: int) -> tuple[int, int] | None:
    """Return the piece of the text that differs from the keyword by one, given where its right half would stand."""
    end = begin + len(whole)
    if not offset:
        # What all three windows hold.
        if not ALL_KANA.fullmatch(text, begin, end - 1):
            return None
        windows = ((begin, end), (begin, end - 1), (begin, end + 1))
    else:
        windows = ((begin, end), (begin + 1, end), (begin - 1, end))
    for start, stop in windows:
        if start < 0 or stop > len(text) or text[start] != whole[0]:
            continue
        window = text[start:stop]
        if OSA.distance(window, whole, score_cutoff=1) == 1 and ALL_KANA.fullmatch(window):
            return start, stop
    return None


def _is_kana_slip(message: Message, start: int, end: int) -> bool:
    """Whether the kana are no good words themselves; without a dictionary only a run of its own counts."""
    if _is_inside_katakana(message.cleaned, start, end):
        return False
    if not message.has_japanese:
        return message.is_word_by_sound(start, end, "") and end - start >= SHORTEST_SLIPPED_READING
    first, last = message.token_starts.get(start), message.token_ends.get(end)
    inside = [one for one in message.tokens if one.start < end and one.end > start]
    if not any(not one.is_known or len(one.surface) == 1 for one in inside):
        return False
    return (first is not None and last is not None) or not all(one.is_known for one in inside)


def _is_inside_katakana(text: str, start: int, end: int) -> bool:
    """Whether a piece is cut out of a longer borrowed word: レート of テンプレート."""
    return bool(
        (start and KATAKANA.match(text[start]) and KATAKANA.match(text[start - 1]))
        or (end < len(text) and KATAKANA.match(text[end - 1]) and (KATAKANA.match(text[end]) or text[end] == "ー"))
    )
