"""Chinese in Latin letters: which letters are syllables, and where one may end and the next begin."""

import functools
import re

_INITIALS = {
    "": "a ai an ang ao e ei en eng er o ou wa wai wan wang wei wen weng wo wu ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan un uo v ve ue",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve ue",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u ua uan ui un uo",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "c": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
}
SYLLABLES = frozenset(initial + final for initial, finals in _INITIALS.items() for final in finals.split())
_LONGEST = 6
_BLURRED_INITIAL = re.compile(r"^(zh|ch|sh)")


def merge_v(syllables: str) -> str:
    """Write lü as people type it: lv or lu."""
    return syllables.replace("v", "u")


def blur(syllable: str) -> str:
    """Return one form for syllables that many speakers do not tell apart: zh/z, ch/c, sh/s, ang/an, eng/en, ing/in."""
    blurred = _BLURRED_INITIAL.sub(lambda found: found[1][0], syllable).replace("v", "u")
    return blurred[:-1] if blurred.endswith(("ang", "eng", "ing")) else blurred


@functools.lru_cache(maxsize=50_000)
def cuts(letters: str) -> frozenset[int] | None:
    """Return where syllables may begin or end in letters that are all pinyin; None where they are not."""
    length = len(letters)
    from_start = {0}
    for start in range(length):
        if start in from_start:
            from_start.update(
                end for end in range(start + 1, min(start + _LONGEST, length) + 1) if letters[start:end] in SYLLABLES
            )
    if length not in from_start:
        return None
    to_end = {length}
    for end in range(length, 0, -1):
        if end in to_end:
            to_end.update(start for start in range(max(0, end - _LONGEST), end) if letters[start:end] in SYLLABLES)
    return frozenset(from_start & to_end)
