"""Claimed messages in the order in which they leave, answers first; late ones of a number keep their distance."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from switchboard.delivery.store import Claimed

# A number that is late may close up by this share of each distance. A gap that is kept on purpose stays whole.
_CLOSING_UP = 0.85
_LONGEST_CLOSED_UP_SECONDS = 1.0


@dataclass(slots=True)
class _Track:
    """The message of a number that left last: when it should have, when it did."""

    planned: float
    left: float


class Planned(NamedTuple):
    """A message, the moment it should leave, and when its gates were read (both on the boot clock)."""

    message: Claimed
    at: float
    read_at: float


class Schedule:
    """Two heaps of messages by moment: an answer that is due leaves before everything else that is due."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Planned]] = []
        self._answers: list[tuple[float, int, Planned]] = []
        self._tracks: dict[int, _Track] = {}
        # When a lane with a gap of its own was last left.
        self._lanes: dict[int, float] = {}
        self._order = 0

    def __len__(self) -> int:
        return len(self._heap) + len(self._answers)

    def add(self, planned: Planned) -> None:
        """Put a message in."""
        self._push(planned.at, planned)

    def _push(self, at: float, planned: Planned) -> None:
        self._order += 1
        heapq.heappush(self._answers if planned.message.is_answer else self._heap, (at, self._order, planned))

    def next_at(self) -> float | None:
        """Return when the first message may leave."""
        if self._answers and not (self._heap and self._heap[0][0] < self._answers[0][0]):
            return self._answers[0][0]
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: float) -> Planned | None:
        """Return a message that may leave now, or None."""
        if self._answers and self._answers[0][0] <= now:
            return heapq.heappop(self._answers)[2]
        while self._heap and self._heap[0][0] <= now:
            planned = heapq.heappop(self._heap)[2]
            track = self._tracks.get(planned.message.number_id)
            earliest = self._earliest(planned, track)
            if earliest > now:
                self._push(earliest, planned)
                continue
            if track is None:
                self._tracks[planned.message.number_id] = _Track(planned.at, now)
            else:
                track.planned, track.left = planned.at, now
            if planned.message.lane_gap:
                self._lanes[planned.message.lane_id] = now
            return planned
        return None

    def note_left(self, planned: Planned, now: float) -> None:
        """Note that a message really leaves only now: the number's next one keeps its distance from here."""
        track = self._tracks.get(planned.message.number_id)
        if track is not None and track.planned == planned.at:
            track.left = max(track.left, now)
        if planned.message.lane_gap:
            self._lanes[planned.message.lane_id] = now

    def _earliest(self, planned: Planned, track: _Track | None) -> float:
        message = planned.message
        lane = self._lanes.get(message.lane_id) if message.lane_gap else None
        earliest = planned.at if lane is None else max(planned.at, lane + message.lane_gap)
        if track is None:
            return earliest
        distance = planned.at - track.planned
        if message.gap:
            return max(earliest, track.left + message.gap)
        if 0 < distance < _LONGEST_CLOSED_UP_SECONDS:
            # A pause in which there was nothing to send need not be kept again.
            return max(earliest, track.left + min(distance, message.spacing) * _CLOSING_UP)
        return earliest

    def drain(self) -> Iterator[Planned]:
        """Take everything out."""
        for heap in (self._answers, self._heap):
            while heap:
                yield heapq.heappop(heap)[2]
