"""Latin letters in a row, with their spaces taken out: what pinyin is looked for in."""

from collections.abc import Iterator
from dataclasses import dataclass

from switchboard.language import syllables
from switchboard.language.scripts import LATIN_WORD


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring words as one string of letters, and where each letter stands in the text."""

    letters: str
    places: tuple[int, ...]
    starts: frozenset[int]  # Which letters begin a word.

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where these letters stand in the text."""
        return self.places[start], self.places[end - 1] + 1

    def words_in(self, start: int, end: int) -> Iterator[int]:
        """Give where the words begin in the text that these letters are of."""
        first = max(one for one in self.starts if one <= start)
        return (self.places[one] for one in self.starts if first <= one < end)

    def is_split_by_syllables(self, start: int, end: int) -> bool:
        """Whether pinyin found here touches the border of a word and is not split inside a syllable."""
        is_at_border = start in self.starts or end in self.starts or end == len(self.letters)
        cuts = syllables.cuts(self.letters[start:end]) or frozenset()
        return is_at_border and all(one - start in cuts for one in self.starts if start < one < end)


def find_runs(text: str, *, only_pinyin: bool) -> list[Run]:
    """Return the Latin words that stand a space apart; on demand only those that are pinyin."""
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
    return [_make_run(one) for one in groups]


def _make_run(words: list[tuple[int, str]]) -> Run:
    letters = "".join(word for _, word in words)
    places = tuple(start + offset for start, word in words for offset in range(len(word)))
    starts, length = [], 0
    for _, word in words:
        starts.append(length)
        length += len(word)
    return Run(letters, places, frozenset(starts))
