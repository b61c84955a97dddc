"""How many complaints are recognised as such, and how many other messages are taken for one: always together."""

from collections import defaultdict

from bench.match_sets import OWN, load_everyday
from switchboard.language import mood
from switchboard.language.types import Feeling

LANGUAGES = ("en", "ja", "zh")
COMPLAINT = "n"
# The words were chosen with the first list at hand, the scopes that switch them off with the second, which is full of
# bad words that are no complaints. The third was written before those scopes, as customers write, and nothing is ever
# changed for it: its figures are the honest ones.
LISTS = ("seen", "unseen", "fresh")


def measure_mood() -> dict[str, dict[str, dict[str, float]]]:
    """Return precision and recall on each list, and the share of everyday messages that is taken for complaints."""
    found: dict[str, dict[str, dict[str, float]]] = {name: _measure_list(name) for name in LISTS}
    found["everyday"] = {
        language: {"messages": len(texts), "taken_for_complaints": _share(sum(map(_is_complaint, texts)), len(texts))}
        for language in LANGUAGES
        if (texts := load_everyday(language))
    }
    return found


def _measure_list(name: str) -> dict[str, dict[str, float]]:
    judged: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for line in (OWN / f"mood_{name}.tsv").read_text(encoding="utf-8").splitlines():
        label, language, text = line.split("\t")
        judged[language].append((label == COMPLAINT, _is_complaint(text)))
    return {language: _measure(pairs) for language, pairs in sorted(judged.items())}


def _measure(pairs: list[tuple[bool, bool]]) -> dict[str, float]:
    right = sum(meant and taken for meant, taken in pairs)
    return {
        "messages": len(pairs),
        "precision": _share(right, sum(taken for _, taken in pairs)),
        "recall": _share(right, sum(meant for meant, _ in pairs)),
    }


def _is_complaint(text: str) -> bool:
    return mood.judge(text).feeling is Feeling.NEGATIVE


def _share(count: int, whole: int) -> float:
    return round(100 * count / whole, 2) if whole else 0.0
