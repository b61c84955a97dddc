"""Dictionaries: which are installed, opened when first asked for, each once a process."""

import functools
import importlib.resources
import importlib.util
import threading
import unicodedata
from collections.abc import Sequence
from typing import Any

JAPANESE = "ja"
CHINESE = "zh"
_of_thread = threading.local()
PACKAGES = {JAPANESE: ("sudachipy", "sudachidict_small"), CHINESE: ("pypinyin", "rjieba")}
_SENTENCES = {
    JAPANESE: "The Japanese dictionary is not installed: readings are not made for new rules, and misspelt Japanese is not "
    "understood. Install it with: pip install 'switchboard[ja]'",
    CHINESE: "The Chinese dictionary is not installed: pinyin is not made for new rules, and Chinese characters that sound "
    "alike are not understood. Install it with: pip install 'switchboard[zh]'",
}


@functools.cache
def available() -> frozenset[str]:
    """Return the languages whose dictionaries are installed."""
    return frozenset(
        language for language, names in PACKAGES.items() if all(importlib.util.find_spec(name) for name in names)
    )


def missing() -> tuple[str, ...]:
    """Return the languages whose dictionaries are not installed."""
    return tuple(language for language in PACKAGES if language not in available())


def missing_sentences() -> list[str]:
    """Say for each missing dictionary what is lost and how to get it."""
    return [_SENTENCES[language] for language in missing()]


def warm_up() -> None:
    """Open every installed dictionary now, so that the first message does not wait for it."""
    english_words()
    if JAPANESE in available():
        japanese_tokens("暖機")
    if CHINESE in available():
        is_chinese_word("预热")
        sounds_of_characters()


COMMON_WORDS = 35_000
SHORTEST_STEM = 4
SHORTEST_RARE = 6
# Without their apostrophes, as they stand after folding and in many messages.
_CONTRACTIONS = frozenset(
    [
        "aint",
        "arent",
        "cant",
        "couldnt",
        "couldve",
        "didnt",
        "doesnt",
        "dont",
        "gonna",
        "gotta",
        "hadnt",
        "hasnt",
        "havent",
        "heres",
        "hows",
        "id",
        "ill",
        "im",
        "isnt",
        "itd",
        "itll",
        "ive",
        "lets",
        "mightve",
        "mustnt",
        "neednt",
        "oclock",
        "shes",
        "shouldnt",
        "shouldve",
        "thats",
        "theres",
        "theyd",
        "theyll",
        "theyre",
        "theyve",
        "wanna",
        "wasnt",
        "werent",
        "weve",
        "whats",
        "whens",
        "wheres",
        "whos",
        "whys",
        "wont",
        "wouldnt",
        "wouldve",
        "yall",
        "youd",
        "youll",
        "youre",
        "youve",
    ]
)


@functools.cache
def english_words() -> frozenset[str]:
    """Return the commonest English words: what is one of them is not taken for a slip of another.

    The list has 82,000 by frequency. Of the rarer half only long ones are meant (snores, itches); short ones (sots, ets) are
    more often slips.
    """
    source = importlib.resources.files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt")
    lines = source.read_text(encoding="utf-8-sig").splitlines()
    words = [line.split(" ", 1)[0] for line in lines if line]
    rare = (word for word in words[COMMON_WORDS:] if len(word) >= SHORTEST_RARE)
    return frozenset(words[:COMMON_WORDS]) | frozenset(rare) | _CONTRACTIONS


@functools.cache
def common_words() -> frozenset[str]:
    """Return English words that stand beside anything, and are hardly ever a slip of another."""
    text = importlib.resources.files("switchboard.language").joinpath("words", "common_en.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


def is_english(word: str) -> bool:
    """Whether a word is common English, or its possessive, plural or past: lifes, redialed."""
    english = english_words()
    stem = word[:-1] if word.endswith("s") else word[:-2] if word.endswith("ed") else ""
    return word in english or (len(stem) >= SHORTEST_STEM and stem[-1] != "s" and stem in english)


class Token:
    """A Japanese word: where it stands, how it sounds and how it is usually written; looked up when asked."""

    __slots__ = ("_word", "end", "start")

    def __init__(self, word: Any) -> None:
        self._word = word
        self.start: int = word.begin()
        self.end: int = word.end()

    @property
    def surface(self) -> str:
        """As it was written."""
        return str(self._word.surface())

    @property
    def reading(self) -> str:
        """In hiragana; the surface where the dictionary does not know."""
        return str(self._word.reading_form()).translate(_TO_HIRAGANA)

    @property
    def sound(self) -> str:
        """In katakana, as the dictionary has it."""
        return str(self._word.reading_form())

    @property
    def normalized(self) -> str:
        """As it is usually written."""
        return str(self._word.normalized_form())

    @property
    def kind(self) -> str:
        """Part of speech, in Japanese."""
        return str(self._word.part_of_speech()[0])

    @property
    def is_known(self) -> bool:
        """Whether it stands in the dictionary."""
        return not self._word.is_oov()

    @property
    def is_name(self) -> bool:
        """Whether it is the name of a person, a place or a house."""
        return bool(self._word.part_of_speech()[1] == "固有名詞")

    @property
    def is_helper(self) -> bool:
        """Whether it mostly stands behind other words and means little: おる, こと."""
        return bool(self._word.part_of_speech()[1] == "非自立可能")


_TO_HIRAGANA = {code: chr(code - 0x60) for code in range(0x30A1, 0x30F7)}


@functools.cache
def _dictionary() -> Any:
    from sudachipy import Dictionary  # An optional extra, 100 MB: only where it is needed.

    return Dictionary(dict="small")


def _tokenizer() -> Any:
    """Return this thread's own: one that is used in two at once raises, and sets are compiled beside the answering."""
    if not hasattr(_of_thread, "tokenizer"):
        _of_thread.tokenizer = _dictionary().tokenizer()
    return _of_thread.tokenizer


def japanese_morphemes(text: str) -> Sequence[Any]:
    """Split a Japanese text into words, as the library gives them."""
    found: Sequence[Any] = _tokenizer().tokenize(text)
    return found


def japanese_tokens(text: str) -> list[Token]:
    """Split a Japanese text into words."""
    return [Token(one) for one in japanese_morphemes(text)]


def japanese_readings(word: str) -> list[str]:
    """Return how a word of the dictionary may sound, in hiragana, the usual one first."""
    found = [one.reading_form().translate(_TO_HIRAGANA) for one in _dictionary().lookup(word)]
    return list(dict.fromkeys(found))


def chinese_words(text: str) -> list[str]:
    """Split a Chinese text into words."""
    import rjieba  # An optional extra: only where it is needed.

    words: list[str] = rjieba.cut(text)
    return words


@functools.lru_cache(maxsize=20_000)
def is_chinese_word(text: str) -> bool:
    """Whether these characters are one word of the dictionary."""
    import rjieba  # As above.

    return len(rjieba.cut(text, False)) == 1  # noqa: FBT003  the library takes it by position: no guessing of new words


def pinyin_of(text: str) -> list[str]:
    """Return the syllables of a Chinese text without tones; polyphonic characters by the word they stand in."""
    import pypinyin  # As above.

    return [one.replace("ü", "v") for one in pypinyin.lazy_pinyin(text)]


@functools.cache
def sounds_of_characters() -> dict[str, tuple[str, ...]]:
    """Return the syllables of each Chinese character without tones, the usual one first."""
    from pypinyin.constants import PINYIN_DICT  # As above.

    return {
        chr(code): tuple(dict.fromkeys(_strip_tones(readings).split(",")))
        for code, readings in PINYIN_DICT.items()
        if 0x4E00 <= code < 0xA000
    }


def _strip_tones(pinyin: str) -> str:
    marked = unicodedata.normalize("NFD", pinyin.replace("ü", "v").replace("ǖ", "v"))
    marked = marked.replace("u\u0308", "v")
    return "".join(one for one in marked if not unicodedata.combining(one))
