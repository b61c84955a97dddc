"""Sets of messages with the rule each should reach, read from a folder; and keywords learnt from half of a set."""

import csv
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from switchboard.language import resources
from switchboard.language.folding import fold
from switchboard.language.scripts import SPACED_WORD

NONE = "-"  # The rule of a message that none should answer.
OWN = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Sample:
    """A message and the rules that may answer it."""

    text: str
    rules: frozenset[str]


@dataclass(frozen=True, slots=True)
class MessageSet:
    """Messages of one language; `strangers` belong to no rule; `ordinary` are sentences without a known rule."""

    name: str
    language: str
    samples: tuple[Sample, ...]
    strangers: tuple[str, ...] = ()
    ordinary: tuple[str, ...] = ()
    keywords: dict[str, tuple[str, ...]] | None = None  # Written by hand, the best first; learnt where there are none.


def load_sets(folder: Path | None) -> list[MessageSet]:
    """Read every set that a folder holds, by the names of its files; our own set without a folder."""
    readers: dict[str, Callable[[Path], MessageSet]] = {
        "clinc150*.json": _read_clinc,
        "banking77*.csv": _read_banking,
        "xsid_*.conll": _read_xsid,
        "asdc*.tsv": _read_asdc,
        "messages_*.tsv": _read_own,
    }
    found = [reader(path) for pattern, reader in readers.items() for path in sorted((folder or OWN).glob(pattern))]
    if not found:
        names = ", ".join(readers)
        raise FileNotFoundError(f"{folder} holds no set of messages. Files are known by their names: {names}.")
    return found


def load_everyday(language: str) -> list[str]:
    """Read what customers of all trades write on an ordinary day: for most rules none of their business."""
    path = OWN / f"ordinary_{language}.txt"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _one(text: str, rule: str) -> Sample:
    return Sample(text, frozenset((rule,)))


def _read_clinc(path: Path) -> MessageSet:
    parts = json.loads(path.read_text(encoding="utf-8"))
    samples = [_one(text, rule) for name, rows in parts.items() if not name.startswith("oos") for text, rule in rows]
    strangers = [text for name, rows in parts.items() if name.startswith("oos") for text, _ in rows]
    return MessageSet("clinc150", "en", tuple(samples), tuple(strangers))


def _read_banking(path: Path) -> MessageSet:
    with path.open(encoding="utf-8", newline="") as lines:
        return MessageSet("banking77", "en", tuple(_one(row["text"], row["category"]) for row in csv.DictReader(lines)))


def _read_xsid(path: Path) -> MessageSet:
    language = path.name.split("_")[1].split(".")[0]
    samples, text = [], ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# text = "):
            text = line.removeprefix("# text = ")
            text = text.replace(" ", "") if language != "en" else text
        elif line.startswith("# intent = "):
            samples.append(_one(text, line.removeprefix("# intent = ")))
    return MessageSet(f"xsid_{language}", language, tuple(samples))


def _read_asdc(path: Path) -> MessageSet:
    """Customers' turns by the topics of their requests; every topic of a turn is right for it."""
    turns: dict[tuple[str, str], tuple[str, set[str]]] = {}
    strangers = []
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["speaker"] != "user":
                strangers.append(row["utterance"])
                continue
            _, topics = turns.setdefault((row["dialogue"], row["utterance_id"]), (row["utterance"], set()))
            if topic := (row["span_type"] or "").strip():
                topics.add(topic)
    common = Counter(topic for _, topics in turns.values() for topic in topics)
    kept = {topic for topic, count in common.most_common(12)}
    samples = [Sample(text, frozenset(topics & kept)) for text, topics in turns.values() if topics & kept]
    return MessageSet("asdc", "ja", tuple(samples), ordinary=tuple(dict.fromkeys(strangers)))


def _read_own(path: Path) -> MessageSet:
    language = path.stem.split("_", 1)[1]
    rows = [line.split("\t", 1) for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line]
    samples = tuple(_one(text, rule) for rule, text in rows if rule != NONE)
    strangers = tuple(text for rule, text in rows if rule == NONE)
    keywords = None
    listed = path.with_name(f"keywords_{language}.tsv")
    if listed.exists():
        lines = (line.split("\t") for line in listed.read_text(encoding="utf-8").splitlines() if line)
        keywords = {rule: tuple(words) for rule, *words in lines}
    return MessageSet(f"own_{language}", language[:2], samples, strangers, keywords=keywords)


def split(messages: MessageSet, seed: int) -> tuple[list[Sample], list[Sample]]:
    """Return one half to learn from and one to measure on."""
    shuffled = list(messages.samples)
    random.Random(f"{messages.name}{seed}").shuffle(shuffled)  # noqa: S311  no secret
    half = len(shuffled) // 2
    return shuffled[:half], shuffled[half:]


_EMPTY_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "to",
        "of",
        "in",
        "on",
        "at",
        "for",
        "is",
        "are",
        "was",
        "be",
        "been",
        "am",
        "do",
        "does",
        "did",
        "can",
        "could",
        "will",
        "would",
        "i",
        "you",
        "he",
        "she",
        "it",
        "we",
        "they",
        "my",
        "your",
        "me",
        "this",
        "that",
        "and",
        "or",
        "if",
        "so",
        "not",
        "no",
        "what",
        "how",
        "when",
        "where",
        "why",
        "which",
        "who",
        "have",
        "has",
        "had",
        "there",
        "with",
        "from",
        "as",
        "by",
        "about",
        "please",
        "の",
        "に",
        "は",
        "を",
        "が",
        "と",
        "で",
        "も",
        "た",
        "て",
        "です",
        "ます",
        "か",
        "な",
        "いる",
        "ある",
        "する",
        "し",
        "ない",
        "から",
        "ください",
        "的",
        "了",
        "我",
        "你",
        "是",
        "在",
        "吗",
        "呢",
        "一",
        "个",
        "有",
        "不",
        "和",
        "就",
        "都",
        "要",
        "会",
        "能",
        "什么",
        "怎么",
        "请",
    ]
)


def pieces_of(text: str, language: str) -> set[str]:
    """Return the words and runs of up to three words that a person might take as a keyword."""
    if language == "en":
        words, joint = SPACED_WORD.findall(fold(text)), " "
    elif language == "ja":
        words, joint = [one.surface for one in resources.japanese_tokens(text)], ""
    else:
        words, joint = resources.chinese_words(text), ""
    found = set()
    for size in (1, 2, 3):
        for start in range(len(words) - size + 1):
            run = words[start : start + size]
            if (
                all(one.isalnum() or one == "ー" for one in run)
                and run[0] not in _EMPTY_WORDS
                and run[-1] not in _EMPTY_WORDS
            ):
                piece = joint.join(run)
                if len(piece) > 1 and not piece.isdigit():
                    found.add(piece)
    return found


def learn_keywords(samples: Iterable[Sample], language: str, count: int) -> dict[str, tuple[str, ...]]:
    """Choose for each rule the keywords that reach most of its messages and few others: each adds what the last left."""
    pieces = [(sample, pieces_of(sample.text, language)) for sample in samples]
    holders: dict[str, set[int]] = defaultdict(set)
    for number, (_, found) in enumerate(pieces):
        for piece in found:
            holders[piece].add(number)
    rules = sorted({rule for sample, _ in pieces for rule in sample.rules})
    chosen = {}
    for rule in rules:
        own = {number for number, (sample, _) in enumerate(pieces) if rule in sample.rules}
        candidates = [piece for piece in sorted(holders) if len(holders[piece] & own) > 1]
        chosen[rule] = tuple(_choose(candidates, holders, own, count))
    return {rule: words for rule, words in chosen.items() if words}


def _choose(candidates: list[str], holders: dict[str, set[int]], own: set[int], count: int) -> Iterator[str]:
    left = set(own)
    for _ in range(count):
        best = max(
            candidates,
            key=lambda piece: (len(holders[piece] & left) - 1.5 * len(holders[piece] - own), piece),
            default=None,
        )
        if best is None or len(holders[best] & left) - 1.5 * len(holders[best] - own) <= 0:
            return
        left -= holders[best]
        yield best
