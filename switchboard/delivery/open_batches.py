"""The batches of this sender that are not settled yet, and until when they are surely its own."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from switchboard.delivery.store import LEASE, Claim, Result

# The lease is counted on the boot clock from before the claim, and given up a little early.
_LEASE_SECONDS = LEASE.total_seconds() - 1.0


@dataclass(slots=True)
class _Open:
    left: int
    ours_until: float
    size: int
    opened_to: int


class OpenBatches:
    """Counts what is left of each batch."""

    def __init__(self) -> None:
        self._open: dict[UUID, _Open] = {}

    def __len__(self) -> int:
        return len(self._open)

    def add(self, claim: Claim, asked_at: float) -> None:
        """Keep a batch that was asked for at this moment of the boot clock."""
        self._open[claim.batch_id] = _Open(
            len(claim.messages), asked_at + _LEASE_SECONDS, claim.messages[-1].position + 1, claim.opened_to
        )

    def is_ours(self, batch_id: UUID, now: float) -> bool:
        """Tell whether nobody else can have given the batch up for lost."""
        batch = self._open.get(batch_id)
        return batch is not None and now < batch.ours_until

    def opened_to(self, batch_id: UUID) -> int:
        """Return how many messages of a batch may be posted by its crash record."""
        batch = self._open.get(batch_id)
        return 0 if batch is None else batch.opened_to

    def size(self, batch_id: UUID) -> int:
        """Return how many places a batch has."""
        batch = self._open.get(batch_id)
        return 0 if batch is None else batch.size

    def note_opened(self, batch_id: UUID, opened_to: int) -> None:
        """Note that the crash record allows for so many."""
        if batch_id in self._open:
            self._open[batch_id].opened_to = max(self._open[batch_id].opened_to, opened_to)

    def ids(self) -> list[UUID]:
        """Return every open batch."""
        return list(self._open)

    def renew(self, batch_ids: Iterable[UUID], asked_at: float) -> None:
        """Note which batches' leases were renewed."""
        for batch_id in batch_ids:
            if batch_id in self._open:
                self._open[batch_id].ours_until = asked_at + _LEASE_SECONDS

    def list_settled_by(self, results: Iterable[Result]) -> list[UUID]:
        """Return the batches that these results complete."""
        counts = Counter(result.message.batch_id for result in results)
        return [id_ for id_, count in counts.items() if id_ in self._open and self._open[id_].left <= count]

    def settle(self, results: Iterable[Result]) -> None:
        """Note that these results are stored."""
        for result in results:
            batch = self._open.get(result.message.batch_id)
            if batch is None:
                continue
            batch.left -= 1
            if batch.left <= 0:
                del self._open[result.message.batch_id]
