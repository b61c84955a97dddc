"""What can be wrong with an order or an event."""

from switchboard.core.errors import Conflict, Invalid, NotFound


class OrderError(Invalid):
    """The order cannot be used."""


class UnknownPersonError(NotFound):
    """Nobody in this workspace has that number, address or id. Import the person first, then the order."""


class OrderExistsError(Conflict):
    """There is an order with this id already, and it says something else."""


class OrderNotFound(NotFound):
    """There is no such order in this workspace."""


class RefundError(Invalid):
    """The refund cannot be used."""


class RefundExistsError(Conflict):
    """There is a refund with this id already, and it says something else. Correct one of the two."""


class EventError(Invalid):
    """The event cannot be used."""


class DeedsNotFound(NotFound):
    """There is no such file of orders or events in this workspace."""
