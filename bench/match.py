"""`bench match`: messages a second and the slowest of them at 20, 200 and 1,000 rules, and how well they are understood."""

import gc
import itertools
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process, utils

from bench import match_mood, match_quality
from bench.figures import Rounds, describe_machine, drop_missing, percentile
from bench.match_noise import MUTATIONS
from bench.match_sets import MessageSet, load_everyday, load_sets, pieces_of
from switchboard.language import resources, syllables
from switchboard.language.matcher import Matcher, compile_matcher
from switchboard.language.readings import derive_patterns
from switchboard.language.types import Keyword, KeywordRule

SIZES = (20, 200, 1000)
KEYWORDS_A_RULE = 8
SHORTEST = {"ja": 3, "zh": 2, "en": 5}  # Letters of a keyword that a person would choose.
NOISY_SHARE = 0.2
PARTIAL_MESSAGES = 300


def run(*, rounds: int, messages: int, data: Path | None, seeds: int) -> dict[str, Any]:
    """Measure speed on rules and messages of all languages mixed, then understanding on each set."""
    resources.warm_up()
    sets = load_sets(data)
    figures = Rounds()
    rules, texts = make_rules(sets, max(SIZES)), make_texts(sets, messages)
    compile_seconds = {}
    for size in SIZES:
        gc.collect()
        started = time.perf_counter()
        matcher = compile_matcher(rules[:size])
        compile_seconds[str(size)] = round(time.perf_counter() - started, 3)
        for number in range(rounds):
            # In one piece: every third message would be a round of one language each.
            first, last = number * len(texts) // rounds, (number + 1) * len(texts) // rounds
            _measure_speed(matcher, size, texts[first:last], figures)
        _measure_partial_ratio(rules[:size], size, texts[:PARTIAL_MESSAGES], figures)
    _measure_unseen(rules[:200], texts, figures)
    return {
        "name": "match",
        "per_second": {str(size): round(figures.median(f"per_second_{size}")) for size in SIZES},
        "per_second_unseen": {"200": round(figures.median("cpu_per_second_unseen_200"))},
        "p99_ms": {str(size): figures.median(f"p99_ms_{size}") for size in SIZES},
        "ratios": drop_missing(
            {"partial_ratio": figures.ratio("cpu_per_second_200", "partial_ratio_200")}
            | {
                f"partial_ratio_{size}": figures.ratio(f"cpu_per_second_{size}", f"partial_ratio_{size}")
                for size in SIZES
            }
        ),
        "compile_seconds": compile_seconds,
        "memory_mib": measure_memory(data),
        "keywords": {str(size): sum(len(rule.keywords) for rule in rules[:size]) for size in SIZES},
        "understanding": {one.name: match_quality.measure(one, seeds) for one in sets},
        "coincidences": match_quality.measure_coincidences(sets),
        "mood": match_mood.measure_mood(),
        "languages": sorted(resources.available()),
        "rounds": figures.raw,
        "machine": {name: fact for name, fact in describe_machine(0).items() if name != "postgresql"},
    }


def make_rules(sets: Sequence[MessageSet], count: int) -> list[KeywordRule]:
    """Make rules of eight keywords out of the words that people used, the languages mixed."""
    chance = random.Random("rules")  # noqa: S311  no secret
    words: dict[str, None] = {}
    for one in sets:
        for listed in (one.keywords or {}).values():
            words |= dict.fromkeys(listed)
        for text in [*(sample.text for sample in one.samples), *one.strangers][:4000]:
            words |= dict.fromkeys(
                sorted(piece for piece in pieces_of(text, one.language) if len(piece) >= SHORTEST[one.language])
            )
    pool = sorted(words)
    chance.shuffle(pool)
    while len(pool) < count * KEYWORDS_A_RULE:
        pool.append(f"{chance.choice(pool)} {chance.choice(pool)}")
    return [
        KeywordRule(
            number,
            tuple(
                Keyword(text, patterns=derive_patterns(text))
                for text in pool[number * KEYWORDS_A_RULE :][:KEYWORDS_A_RULE]
            ),
            number,
        )
        for number in range(count)
    ]


def make_texts(sets: Sequence[MessageSet], count: int) -> list[str]:
    """Mix messages of all languages evenly, none twice before all were there once; a fifth of them misspelt."""
    chance = random.Random("texts")  # noqa: S311  no secret
    by_language: dict[str, list[str]] = {}
    for one in sets:
        by_language.setdefault(one.language, []).extend([*(sample.text for sample in one.samples), *one.strangers])
    drawn = {}
    for language, pool in sorted(by_language.items()):
        everyone = [*pool, *load_everyday(language)]
        chance.shuffle(everyone)
        drawn[language] = itertools.cycle(everyone)
    texts = []
    for language in itertools.islice(itertools.cycle(drawn), count):
        text = next(drawn[language])
        if chance.random() < NOISY_SHARE and any(letter.isalpha() for letter in text):
            text = chance.choice(list(MUTATIONS[language].values()))(text, chance)
        texts.append(text)
    return texts


def _measure_unseen(rules: Sequence[KeywordRule], texts: Sequence[str], figures: Rounds) -> None:
    """Match each message for the first time in its process' life, as far as what is remembered of words goes."""
    matcher = compile_matcher(rules)
    syllables.cuts.cache_clear()
    resources.is_chinese_word.cache_clear()
    fresh = list(dict.fromkeys(texts))
    gc.collect()
    gc.disable()
    started = time.process_time()
    for text in fresh:
        matcher.match(text)
    figures.add("cpu_per_second_unseen_200", len(fresh) / (time.process_time() - started))
    gc.enable()


def _measure_speed(matcher: Matcher, size: int, texts: Sequence[str], figures: Rounds) -> None:
    match, clock, work = matcher.match, time.perf_counter, time.process_time
    for text in texts[:200]:
        match(text)
    gc.collect()
    gc.disable()
    taken, worked = [], []
    started, started_work = clock(), work()
    for text in texts:
        begun, begun_work = clock(), work()
        match(text)
        worked.append(work() - begun_work)
        taken.append(clock() - begun)
    figures.add(f"per_second_{size}", len(texts) / (clock() - started))
    figures.add(f"cpu_per_second_{size}", len(texts) / (work() - started_work))
    figures.add(f"p99_ms_{size}", percentile(taken, 0.99) * 1000)
    figures.add(f"cpu_p99_ms_{size}", percentile(worked, 0.99) * 1000)
    gc.enable()


def _measure_partial_ratio(rules: Sequence[KeywordRule], size: int, texts: Sequence[str], figures: Rounds) -> None:
    words = [utils.default_process(keyword.text) for rule in rules for keyword in rule.keywords]
    ask: Callable[[str], object] = lambda text: process.extractOne(  # noqa: E731  a line to be timed
        utils.default_process(text),
        words,
        scorer=fuzz.partial_ratio,
        score_cutoff=match_quality.PARTIAL_RATIO,
        processor=None,
    )
    started = time.process_time()
    for text in texts:
        ask(text)
    figures.add(f"partial_ratio_{size}", len(texts) / (time.process_time() - started))


def measure_memory(data: Path | None) -> dict[str, float]:
    """Return what a process of its own takes with all dictionaries open, then with 1,000 rules compiled."""
    command = [sys.executable, "-m", "bench.match", *([str(data)] if data else [])]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  our own command
    names = ("python", "dictionaries", "1000_rules")
    return {name: float(figure) for name, figure in zip(names, answer.stdout.split()[-3:], strict=True)}


def _resident_mib() -> float:
    # Not getrusage: its peak begins with what the parent process had.
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return round(pages * resource.getpagesize() / (1 << 20), 1)


def main() -> None:
    """Print the memory taken at three moments: started, dictionaries open, 1,000 rules compiled and used."""
    taken = [_resident_mib()]
    resources.warm_up()
    taken.append(_resident_mib())
    sets = load_sets(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    matcher = compile_matcher(make_rules(sets, max(SIZES)))
    for text in make_texts(sets, 2000):
        matcher.match(text)
    taken.append(_resident_mib())
    sys.stdout.write(" ".join(map(str, taken)) + "\n")


if __name__ == "__main__":
    main()
