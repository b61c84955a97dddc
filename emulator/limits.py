"""Meta's limits on sending: a number's throughput, the pair bucket, a portfolio's people per day."""

from array import array

PAIR_REFILL_SECONDS = 6.0
PAIR_CAPACITY = 45
DAY_SECONDS = 86_400.0
TIERS: dict[str, int] = {
    "TIER_50": 50,
    "TIER_250": 250,
    "TIER_1K": 1_000,
    "TIER_2K": 2_000,
    "TIER_10K": 10_000,
    "TIER_100K": 100_000,
}


class Throughput:
    """A true sliding second: at most `per_second` in any second, however they bunch."""

    __slots__ = ("_moments", "_next", "per_second")

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        # A ring of the last `per_second` moments; the oldest is overwritten next.
        self._moments = array("d", [-10.0]) * per_second
        self._next = 0

    def has_room(self, moment: float) -> bool:
        return self._moments[self._next] <= moment - 1.0

    def spend(self, moment: float) -> None:
        self._moments[self._next] = moment
        self._next = (self._next + 1) % self.per_second


class PairLimit:
    """A bucket of 45 per (number, person), refilled one per 6 s, kept as the moment it is full again."""

    __slots__ = ("_full_at", "_purge_size")

    def __init__(self) -> None:
        self._full_at: dict[int, float] = {}
        self._purge_size = 50_000

    def take(self, number_index: int, person_index: int, moment: float) -> bool:
        pair = number_index << 32 | person_index
        full_at = max(self._full_at.get(pair, 0.0), moment)
        if full_at - moment > (PAIR_CAPACITY - 1) * PAIR_REFILL_SECONDS:
            return False
        self._full_at[pair] = full_at + PAIR_REFILL_SECONDS
        if len(self._full_at) > self._purge_size:
            self._forget_full(moment)
        return True

    def _forget_full(self, moment: float) -> None:
        self._full_at = {pair: full_at for pair, full_at in self._full_at.items() if full_at > moment}
        self._purge_size = max(50_000, 2 * len(self._full_at))


class Reach:
    """The people one portfolio wrote to outside an open window in the moving 24 hours."""

    __slots__ = ("_reached_at", "limit")

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self._reached_at: dict[int, float] = {}

    @property
    def count(self) -> int:
        return len(self._reached_at)

    def take(self, person_index: int, moment: float) -> bool:
        if self.limit is None:
            return True
        # Kept in order of first reach, so the expired ones are at the front.
        while self._reached_at and next(iter(self._reached_at.values())) <= moment - DAY_SECONDS:
            del self._reached_at[next(iter(self._reached_at))]
        if person_index in self._reached_at:
            return True
        if len(self._reached_at) >= self.limit:
            return False
        self._reached_at[person_index] = moment
        return True
