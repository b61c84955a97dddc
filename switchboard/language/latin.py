"""Latin letters in a row, with their spaces taken out: what pinyin is looked for in."""

from collections.abc import Iterator, Set
from dataclasses import dataclass

from switchboard.language import syllables
from switchboard.language.scripts import LATIN_WORD


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring words as one string of letters, and where each of them stands in the text."""

    letters: str
    words: tuple[tuple[int, int], ...]  # Where each begins, in the text and in the letters.

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where these letters stand in the text."""
        return self._place(start), self._place(end - 1) + 1

    def _place(self, letter: int) -> int:
        return next(place + letter - first for place, first in reversed(self.words) if first <= letter)

    def words_in(self, start: int, end: int) -> Iterator[int]:
        """Give where the words begin in the text that these letters are of."""
        first = max(one for _, one in self.words if one <= start)
        return (place for place, one in self.words if first <= one < end)

    def is_split_by_syllables(self, start: int, end: int) -> bool:
        """Whether pinyin found here touches the border of a word and is not split inside a syllable."""
        starts = {one for _, one in self.words}
        is_at_border = start in starts or end in starts or end == len(self.letters)
        cuts = syllables.cuts(self.letters[start:end]) or frozenset()
        return is_at_border and all(one - start in cuts for one in starts if start < one < end)


def find_runs(text: str, *, only_pinyin: bool, around: Set[int] | None = None) -> list[Run]:
    """Return the Latin words that stand a space apart; on demand only pinyin, or only runs with one of these places."""
    groups: list[list[tuple[int, str]]] = []
    last = -2
    for found in LATIN_WORD.finditer(text):
        if only_pinyin and syllables.cuts(found[0]) is None:
            continue
        if found.start() == last + 1 and text[last] == " ":
            groups[-1].append((found.start(), found[0]))
        else:
            groups.append([(found.start(), found[0])])
        last = found.end()
    return [_make_run(one) for one in groups if around is None or any(start in around for start, _ in one)]


def _make_run(words: list[tuple[int, str]]) -> Run:
    places, length = [], 0
    for start, word in words:
        places.append((start, length))
        length += len(word)
    return Run("".join([word for _, word in words]), tuple(places))
