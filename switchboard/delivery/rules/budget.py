"""How many people a portfolio may still reach today: Meta counts everybody reached outside an open window in 24 hours.

People are counted by five minutes, and a five minutes' count stands until a day after its end: rounded to the safe side.
"""

import struct

STEP = 300
DAY = 86_400

_RECORD = struct.Struct("<qii")


class Budget:
    """One portfolio's count, while a claim spends of it."""

    __slots__ = ("_now", "_people", "_promised", "has_held", "is_changed", "limit")

    def __init__(self, limit: int, stored: bytes, now: float) -> None:
        self.limit = limit
        self.is_changed = False
        self.has_held = False
        self._now = now
        self._people: dict[int, int] = {}
        # Places that become free when a count ends, and are promised to messages that wait for them.
        self._promised: dict[int, int] = {}
        for start, people, promised in _RECORD.iter_unpack(stored):
            if start + STEP + DAY > now:
                self._people[start] = people
                self._promised[start] = promised

    @property
    def used(self) -> int:
        """How many people count at this moment."""
        return sum(self._people.values())

    def room(self, reserve_percent: int) -> int:
        """Return how many more people may be reached when a share is kept free."""
        return self.limit * (100 - reserve_percent) // 100 - self.used

    def add(self, at: float, former_at: float | None) -> None:
        """Count a person; one who counts already moves from their former moment to this one."""
        self.is_changed = True
        if former_at is not None:
            self._take_out(former_at)
        start = int(at // STEP) * STEP
        self._people[start] = self._people.get(start, 0) + 1

    def take_back(self, at: float, former_at: float | None) -> None:
        """Undo `add`."""
        self._take_out(at)
        if former_at is not None:
            start = int(former_at // STEP) * STEP
            self._people[start] = self._people.get(start, 0) + 1

    def _take_out(self, at: float) -> None:
        start = int(at // STEP) * STEP
        if self._people.get(start):
            self._people[start] -= 1

    def next_free_at(self) -> float:
        """Return when the next place becomes free that is promised to nobody; the last moment of all if none is."""
        for start in sorted(self._people):
            if self._people[start] > self._promised.get(start, 0):
                return float(start + STEP + DAY)
        return float(max(self._people, default=int(self._now)) + STEP + DAY)

    def promise(self, moment: float) -> None:
        """Keep the place that becomes free at a moment for a message that waits for it."""
        start = int(moment) - STEP - DAY
        self._promised[start] = self._promised.get(start, 0) + 1
        self._people.setdefault(start, 0)
        self.is_changed = self.has_held = True

    def stored(self) -> bytes:
        """Return what is to be stored."""
        return b"".join(
            _RECORD.pack(start, people, self._promised.get(start, 0))
            for start, people in sorted(self._people.items())
            if people or self._promised.get(start)
        )
