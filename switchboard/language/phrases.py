"""Keywords of several words of which one is misspelt, even into another good word: the others vouch for it."""

from collections.abc import Iterator
from typing import NamedTuple

from rapidfuzz.distance import OSA

from switchboard.language import resources
from switchboard.language.index import Entry, Index
from switchboard.language.message import Message
from switchboard.language.typos import count_slips, has_same_figures

LONGEST_PHRASE = 5
SHORTEST_SLIPPED = 3
SHORTEST_VOUCHER = 4
_GAP = "\n"
# How many words, which of them is the anchor, which is missing, and whether that one must be no English word; then which
# other one is looked at first (the anchor where there is none), and the words it may be.
_Shape = tuple[int, int, int, bool, int, frozenset[str]]


class Slip(NamedTuple):
    """A phrase with one wrong word in a message."""

    entry: Entry
    distance: int
    start: int
    end: int
    written: str
    meant: str


class _Expected(NamedTuple):
    """A phrase that waits for one more word, and how much its other words say."""

    entry: Entry
    vouchers: int
    letters: int

    def is_believable(self, meant: str, *, is_unknown: bool) -> bool:
        """Whether another word here is a slip: one that is no word at all needs less to speak for it."""
        if is_unknown and len(meant) >= SHORTEST_SLIPPED:
            return self.letters >= SHORTEST_VOUCHER
        return self.vouchers >= (1 if len(meant) >= SHORTEST_SLIPPED else 2)


class Phrases:
    """Phrases by all of their words but one; looked for only around the word of each that says most."""

    def __init__(self, index: Index) -> None:
        self._missing: dict[str, dict[str, list[_Expected]]] = {}
        anchors: dict[str, dict[tuple[int, int, int, bool, int], set[str]]] = {}
        for entry in index.slipping():
            words = entry.folded.split(" ")
            letters = len(entry.folded) - len(words) + 1
            if not 2 <= len(words) <= LONGEST_PHRASE or not count_slips(letters, entry.keyword.threshold):
                continue
            vouching = [_vouches(one) for one in words]
            ranked = sorted(range(len(words)), key=lambda one: (-vouching[one], -len(words[one]), one))
            for place, word in enumerate(words):
                expected = _Expected(entry, sum(vouching) - vouching[place], letters - len(word))
                needs_unknown = not expected.is_believable(word, is_unknown=False)
                if needs_unknown and not expected.is_believable(word, is_unknown=True):
                    continue
                self._missing.setdefault(_key(words, place), {}).setdefault(word, []).append(expected)
                # The rarest of the other words, as far as that can be told from it.
                anchor = ranked[ranked[0] == place]
                first = next((one for one in range(len(words)) if one not in (anchor, place)), anchor)
                shape = (len(words), anchor, place, needs_unknown, first)
                anchors.setdefault(words[anchor], {}).setdefault(shape, set()).add(words[first])
        self._anchors: dict[str, tuple[_Shape, ...]] = {
            word: tuple((*shape, frozenset(found[shape])) for shape in sorted(found)) for word, found in anchors.items()
        }

    def find(self, message: Message, *, only_unknown: bool = False) -> Iterator[Slip]:
        """Give the phrases of which all words but one stand in the message, and that one nearly.

        On demand only where that one is no English word. Another good word is a slip only when nothing else is found.
        """
        written, anchors, count = message.texts_of_words, self._anchors, len(message.texts_of_words)
        unknown, common = {word for _, _, word in message.unknown_words}, resources.common_words()
        for number, word in enumerate(written):
            shapes = anchors.get(word)
            if shapes is None:
                continue
            for length, anchor, place, needs_unknown, first, fitting in shapes:
                begin = number - anchor
                if begin < 0 or begin + length > count or written[begin + first] not in fitting:
                    continue
                wrong = written[begin + place]
                if wrong in unknown or not (needs_unknown or only_unknown or wrong in common):
                    yield from self._find_at(message, begin, length, place, is_unknown=wrong in unknown)

    def _find_at(self, message: Message, begin: int, length: int, place: int, *, is_unknown: bool) -> Iterator[Slip]:
        words = message.texts_of_words[begin : begin + length]
        expected = self._missing.get(_key(words, place))
        if expected is None:
            return
        start, end, word = message.words[begin][0], message.words[begin + length - 1][1], words[place]
        if end - start != sum(map(len, words)) + length - 1:
            return
        for meant, phrases in expected.items():
            if meant == word or abs(len(meant) - len(word)) > 1 or OSA.distance(word, meant, score_cutoff=1) > 1:
                continue
            if not has_same_figures(word, meant):
                continue
            for one in phrases:
                if one.is_believable(meant, is_unknown=is_unknown):
                    yield Slip(one.entry, 1, start, end, word, meant)


def _key(words: list[str], place: int) -> str:
    return " ".join([*words[:place], _GAP, *words[place + 1 :]])


def _vouches(word: str) -> bool:
    return len(word) >= SHORTEST_VOUCHER and word not in resources.common_words()
