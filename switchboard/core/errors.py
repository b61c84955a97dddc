"""Five families of errors a person can meet; rooms subclass them with a noun of their own.

An error's docstring is its default message.
"""

import inspect


class SwitchboardError(Exception):
    """Something went wrong."""

    status = 500

    def __init__(self, message: str | None = None, *, field: str | None = None) -> None:
        self.message = message or inspect.getdoc(type(self)) or "Something went wrong."
        self.field = field
        super().__init__(self.message)


class Invalid(SwitchboardError):
    """The input cannot be used."""

    status = 422


class NotFound(SwitchboardError):
    """It does not exist, or not in this workspace."""

    status = 404


class NotAllowed(SwitchboardError):
    """Your role does not allow this; an owner of the workspace can."""

    status = 403


class Conflict(SwitchboardError):
    """Somebody or something got there first; reload and look again."""

    status = 409


class Unavailable(SwitchboardError):
    """Something that this needs does not answer; try again in a minute."""

    status = 503
