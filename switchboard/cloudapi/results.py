"""What is certain about a request after it ended.

`NotWritten` promises that Meta never had the request; `Unknown` that nobody can tell.
"""

from dataclasses import dataclass, field

from switchboard.cloudapi.usage import Usage


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete HTTP answer."""

    status: int
    body: bytes
    # What the answer says about the calls that are left.
    usages: tuple[Usage, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class NotWritten:
    """The request never left this machine: it may be repeated."""

    reason: str


@dataclass(frozen=True, slots=True)
class Held(NotWritten):
    """The calls of the hour are nearly used up: the request was not sent, and may be in so many seconds."""

    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Unknown:
    """The request may have been carried out: a repetition could do it twice."""

    reason: str


@dataclass(frozen=True, slots=True)
class TooLarge:
    """A file has more bytes than were asked for; it was not kept."""

    most_bytes: int


Result = Answer | NotWritten | Unknown
