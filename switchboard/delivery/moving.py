"""What waits for a number that has stopped, and taking it back. Run inside a workspace's scope."""

from uuid import UUID

from switchboard.core import statements
from switchboard.delivery.statements import moving

AT_ONCE = 2000


def count_movable(workspace_id: int, number_id: int) -> dict[int, int]:
    """Return how many messages of each broadcast wait for a number and were never tried."""
    given = {"workspace_id": workspace_id, "number_id": number_id}
    return dict(statements.fetch(moving.SQL_COUNT_MOVABLE, given))


def take_back(*, workspace_id: int, number_id: int, broadcast_id: int) -> list[UUID]:
    """Unmake the next waiting messages of a broadcast on a number; return them. Their broadcast makes them anew."""
    given = {"workspace_id": workspace_id, "number_id": number_id, "broadcast_id": broadcast_id, "limit": AT_ONCE}
    return [message_id for (message_id,) in statements.fetch(moving.SQL_TAKE_BACK, given)]
