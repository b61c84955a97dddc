"""How often the right rule answers, how much misspelling it bears, and what that costs in wrong answers: always together."""

import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rapidfuzz import fuzz, process, utils

from bench.match_noise import MUTATIONS, Mutation
from bench.match_sets import MessageSet, Sample, learn_keywords, load_everyday, split
from switchboard.language import suggest
from switchboard.language.matcher import compile_matcher
from switchboard.language.readings import derive_patterns
from switchboard.language.types import Keyword, KeywordRule, Mode

Answer = Callable[[str], str | None]
Keywords = dict[str, tuple[str, ...]]
PARTIAL_RATIO = 80
MOST_SENTENCES = 12_000
MOST_FOR_PARTIAL = 400  # Messages given to partial_ratio: it is slow.


def make_ours(keywords: Keywords, mode: Mode = Mode.FUZZY) -> Answer:
    """Answer by our matcher; without derived patterns in any mode but the default one."""
    names = dict(enumerate(keywords))
    rules = [
        KeywordRule(number, tuple(_make_keyword(one, mode) for one in keywords[name]), number)
        for number, name in names.items()
    ]
    matcher = compile_matcher(rules)

    def answer(text: str) -> str | None:
        found = matcher.match(text)
        return names[found[0].rule_id] if found else None

    return answer


def _make_keyword(text: str, mode: Mode) -> Keyword:
    return Keyword(text, mode, patterns=derive_patterns(text) if mode is Mode.FUZZY else ())


def make_substring(keywords: Keywords) -> Answer:
    """Answer by the longest keyword that stands in the message, case apart."""
    listed = sorted(
        ((one.lower(), rule) for rule, words in keywords.items() for one in words),
        key=lambda one: -len(one[0]),
    )

    def answer(text: str) -> str | None:
        lowered = text.lower()
        return next((rule for word, rule in listed if word in lowered), None)

    return answer


def make_partial_ratio(keywords: Keywords) -> Answer:
    """Answer by rapidfuzz: the best partial_ratio of all keywords, from 80 up."""
    listed = [(one, rule) for rule, words in keywords.items() for one in words]
    words = [one for one, _ in listed]

    def answer(text: str) -> str | None:
        best = process.extractOne(
            text, words, scorer=fuzz.partial_ratio, score_cutoff=PARTIAL_RATIO, processor=utils.default_process
        )
        return listed[best[2]][1] if best else None

    return answer


def share(count: int, whole: int) -> float:
    """Return percent."""
    return round(100 * count / whole, 2) if whole else 0.0


def measure_success(answer: Answer, samples: Iterable[Sample], strangers: Iterable[str]) -> dict[str, float]:
    """Return how many messages reach their rule, how many of the answers are right, how many strangers are answered."""
    samples, strangers = list(samples), list(strangers)
    given = [(answer(one.text), one.rules) for one in samples]
    answered = [(rule, rules) for rule, rules in given if rule is not None]
    right = sum(rule in rules for rule, rules in answered)
    return {
        "success": share(right, len(given)),
        "precision": share(right, len(answered)),
        "false_fires": share(sum(answer(one) is not None for one in strangers), len(strangers)),
    }


def make_noisy(
    keywords: Keywords, samples: Iterable[Sample], mutate: Mutation, seed: int
) -> list[tuple[str, frozenset[str]]]:
    """Misspell the keyword inside each message that a plain substring gets right; where that changes nothing, leave out."""
    chance = random.Random(seed)  # noqa: S311  no secret
    plain = make_substring(keywords)
    noisy = []
    for sample in samples:
        rule = plain(sample.text)
        if rule not in sample.rules:
            continue
        lowered = sample.text.lower()
        word = max((one.lower() for one in keywords[str(rule)] if one.lower() in lowered), key=len, default=None)
        if word is None:
            continue
        place = lowered.index(word)
        written = sample.text[place : place + len(word)]
        changed = mutate(written, chance)
        if changed != written:
            noisy.append((sample.text[:place] + changed + sample.text[place + len(word) :], sample.rules))
    return noisy


def measure_tolerance(
    messages: MessageSet, keywords: Keywords, samples: list[Sample], seed: int, *, others: bool
) -> dict[str, Any]:
    """Return for each way of misspelling how many messages still reach their rule."""
    answers = {"ours": make_ours(keywords), "substring": make_substring(keywords)}
    if others:
        answers["partial_ratio"] = make_partial_ratio(keywords)
    found: dict[str, Any] = {}
    for name, mutate in MUTATIONS[messages.language].items():
        noisy = make_noisy(keywords, samples, mutate, seed)
        found[name] = {"messages": len(noisy)} | {
            who: share(sum(answer(text) in rules for text, rules in _few(noisy, who)), len(_few(noisy, who)))
            for who, answer in answers.items()
        }
    return found


def _few(rows: list[Any], who: str) -> list[Any]:
    return rows[:MOST_FOR_PARTIAL] if who == "partial_ratio" else rows


def keywords_of(messages: MessageSet, seed: int, count: int) -> tuple[Keywords, list[Sample]]:
    """Return the keywords written by hand, or learnt from one half, and the messages to measure on."""
    if messages.keywords is not None:
        return {rule: words[:count] for rule, words in messages.keywords.items()}, list(messages.samples)
    learning, measuring = split(messages, seed)
    return learn_keywords(learning, messages.language, count), measuring


def measure(messages: MessageSet, seeds: int) -> dict[str, Any]:
    """Return success with one keyword and with eight beside both baselines, then tolerance, on one set of messages."""
    found: dict[str, Any] = {"language": messages.language, "messages": len(messages.samples)}
    for count in (1, 8):
        keywords, samples = keywords_of(messages, 0, count)
        makers = {"ours": make_ours, "substring": make_substring, "partial_ratio": make_partial_ratio}
        found[f"keywords_{count}"] = {
            who: measure_success(make(keywords), _few(samples, who), _few(list(messages.strangers), who))
            for who, make in makers.items()
        }
    found["tolerance"] = _measure_seeds(messages, seeds)
    return found


def _measure_seeds(messages: MessageSet, seeds: int) -> dict[str, Any]:
    """Misspell with several seeds: the mean and the worst of ours, and the baselines of the first."""
    runs = []
    for seed in range(seeds):
        keywords, samples = keywords_of(messages, seed, 8)
        runs.append(measure_tolerance(messages, keywords, samples, seed, others=seed == 0))
    return {
        name: first
        | {
            "ours": round(sum(run[name]["ours"] for run in runs) / len(runs), 2),
            "worst": min(run[name]["ours"] for run in runs),
        }
        for name, first in runs[0].items()
        if first["messages"]
    }


def measure_coincidences(sets: Iterable[MessageSet]) -> dict[str, dict[str, Any]]:
    """Return how many ordinary sentences a set's keywords answer, and how many of them only because of tolerance.

    The keywords of each set, and the synonyms that the product suggests, meet the sentences of the other sets in their
    language, which nobody meant for them, and, apart, a thousand everyday messages.
    """
    listed = list(sets)
    found: dict[str, dict[str, Any]] = {}
    for name, language, keywords in _list_keywords(listed):
        others = [text for one in listed if _is_foreign(one, name, language) for text in _texts(one)]
        sentences = list(dict.fromkeys(others))[:MOST_SENTENCES]
        figures: dict[str, Any] = dict(_measure_coincidences(keywords, sentences)) if sentences else {}
        if everyday := load_everyday(language):
            figures["everyday"] = _measure_coincidences(keywords, everyday)
        if figures:
            found[name] = figures
    return found


def _list_keywords(sets: list[MessageSet]) -> Iterator[tuple[str, str, Keywords]]:
    for one in sets:
        yield one.name, one.language, keywords_of(one, 0, 8)[0]
    for language in sorted({one.language for one in sets}):
        yield f"own_suggested_{language}", language, suggest.list_synonyms(language)


def _is_foreign(messages: MessageSet, name: str, language: str) -> bool:
    return messages.language == language and _matter(messages.name) != _matter(name)


def _measure_coincidences(keywords: Keywords, sentences: list[str]) -> dict[str, float]:
    ours, plain = make_ours(keywords), make_substring(keywords)
    literal = make_ours(keywords, Mode.CONTAINS)
    fires = [text for text in sentences if ours(text) is not None]
    extra = [text for text in fires if plain(text) is None and literal(text) is None]
    partial = make_partial_ratio(keywords)
    few = sentences[:MOST_FOR_PARTIAL]
    return {
        "sentences": len(sentences),
        "ours": share(len(fires), len(sentences)),
        "substring": share(sum(plain(text) is not None for text in sentences), len(sentences)),
        "partial_ratio": share(sum(partial(text) is not None for text in few), len(few)),
        "extra_from_tolerance": share(len(extra), len(sentences)),
    }


def _matter(name: str) -> str:
    """What a set is about: the own ones and the parallel ones say the same in several languages."""
    return name.split("_")[0]


def _texts(messages: MessageSet) -> list[str]:
    return [*(sample.text for sample in messages.samples), *messages.strangers, *messages.ordinary]
