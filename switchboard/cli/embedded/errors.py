"""What can keep the embedded PostgreSQL from starting, each in one sentence with what to do."""

from switchboard.core import errors


class EmbeddedPostgresError(errors.Unavailable):
    """The embedded PostgreSQL cannot be used."""


class AlreadyOwnedError(errors.Conflict):
    """Another Switchboard process already runs the embedded PostgreSQL of this folder."""
