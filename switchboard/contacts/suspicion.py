"""Does a list look bought? Pure: numbers in, the longest run of neighbours out.

People who gave their numbers do not live next door to each other in the numbering plan; lists that somebody made up
or bought go 090-1111-0001, -0002, -0003.
"""

import re
from array import array
from dataclasses import dataclass

from switchboard.core import phone

# So many numbers without a gap are a made-up list; so large a part of a file in shorter runs is one, too.
LONGEST_RUN = 250
_SHORT_RUN = 10
_LARGEST_SHARE = 0.3
_LEAST_NUMBERS = 500
# Runs are looked for in pieces of a file, so that memory does not grow with it.
_PIECE = 100_000
_NOT_DIGITS = re.compile(r"[^0-9]+")
_TELLING_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Why a list looks bought: its longest run of neighbouring numbers, and the share of it that stands in runs."""

    run: int
    first: str
    last: str
    share: float


class Watch:
    """Looks at the numbers of one file as they go by."""

    def __init__(self) -> None:
        self._piece = array("q")
        self._count = self._in_runs = 0
        self._run: tuple[int, int, int] = (0, 0, 0)

    def add(self, text: str) -> None:
        """Look at one cell."""
        digits = text.replace("-", "").replace(" ", "")
        if not phone.is_number(digits):
            digits = _NOT_DIGITS.sub("", text)
        # The last nine digits tell a person, whatever way the number is written.
        if len(digits) >= _TELLING_DIGITS:
            self._piece.append(int(digits[-_TELLING_DIGITS:]))
            if len(self._piece) >= _PIECE:
                self._close_piece()

    def end(self) -> Suspicion | None:
        """Return what is suspicious about the numbers, if anything is."""
        self._close_piece()
        run, first, last = self._run
        share = self._in_runs / self._count if self._count else 0.0
        if run < LONGEST_RUN and (self._count < _LEAST_NUMBERS or share < _LARGEST_SHARE):
            return None
        return Suspicion(run, f"…{first:09d}"[-5:], f"…{last:09d}"[-5:], round(share, 3))

    def _close_piece(self) -> None:
        numbers = sorted(set(self._piece))
        self._piece = array("q")
        self._count += len(numbers)
        start = 0
        for place in range(1, len(numbers) + 1):
            if place < len(numbers) and numbers[place] == numbers[place - 1] + 1:
                continue
            length = place - start
            if length >= _SHORT_RUN:
                self._in_runs += length
            if length > self._run[0]:
                self._run = (length, numbers[start], numbers[place - 1])
            start = place
