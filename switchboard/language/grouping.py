"""Messages that say about the same, grouped: what nobody answers, and what a rule for it could listen for."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from rapidfuzz.distance import OSA

from switchboard.language import pieces
from switchboard.language.folding import fold
from switchboard.language.types import PhraseGroup

MOST_TEXTS = 5000
MOST_EXAMPLES = 5
SHORT_ENOUGH_TO_COMPARE = 40
LIKE = 0.25  # Two short messages are one when less than this share of their letters differs.


def group_phrases(texts: Iterable[str], most_groups: int = 100) -> list[PhraseGroup]:
    """Return the commonest things said, each with how often and by what words; the order of equals is fixed."""
    counted: Counter[str] = Counter()
    originals: dict[str, str] = {}
    for number, text in enumerate(texts):
        if number >= MOST_TEXTS:
            break
        if folded := fold(text):
            counted[folded] += 1
            originals.setdefault(folded, " ".join(text.split())[:200])
    words = {folded: pieces.content_pieces(text) for folded, text in originals.items()}
    groups: dict[str, list[str]] = defaultdict(list)
    heads = _Heads(words)
    for folded, _ in sorted(counted.items(), key=lambda one: (-one[1], one[0])):
        groups[heads.find(folded)].append(folded)
    found = [_make_group(members, counted, originals, words) for members in groups.values()]
    return sorted(found, key=lambda one: (-one.count, one.phrase))[:most_groups]


class _Heads:
    """The groups so far, by the words that tell them apart."""

    def __init__(self, words: Mapping[str, Mapping[str, str]]) -> None:
        self._words = words
        self._common = Counter(word for found in words.values() for word in found)
        self._by_word: dict[str, str] = {}
        self._by_start: dict[str, list[str]] = defaultdict(list)

    def find(self, folded: str) -> str:
        """Return the head of the group that this message joins; itself when it begins one."""
        if len(folded) <= SHORT_ENOUGH_TO_COMPARE:
            for head in self._by_start[folded[:2]]:
                if OSA.normalized_distance(folded, head) < LIKE:
                    return head
        telling = sorted(self._words[folded], key=lambda one: (-self._common[one] * len(one), one))
        shared = [one for one in telling[:3] if self._common[one] > 1]
        for word in shared:
            if word in self._by_word:
                return self._by_word[word]
        self._by_word.update(dict.fromkeys(shared, folded))
        self._by_start[folded[:2]].append(folded)
        return folded


def _make_group(
    members: list[str], counted: Counter[str], originals: dict[str, str], words: Mapping[str, Mapping[str, str]]
) -> PhraseGroup:
    shared = Counter(word for one in members for word in words[one])
    shown = {word: written for one in members for word, written in words[one].items()}
    ranked = sorted(shared.items(), key=lambda one: (-one[1] * min(len(one[0]), 6), one[0]))
    chosen: list[str] = []
    for word, holders in ranked:
        if holders * 3 >= len(members) and not any(word in one or one in word for one in chosen):
            chosen.append(word)
    return PhraseGroup(
        phrase=originals[members[0]],
        count=sum(counted[one] for one in members),
        examples=tuple(originals[one] for one in members[:MOST_EXAMPLES]),
        keywords=tuple(shown[one] for one in chosen[:8]) or (originals[members[0]],),
    )
