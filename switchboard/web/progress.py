"""How far a broadcast is, as a bar: every message in exactly one segment, each with word, icon and number."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from switchboard.delivery.types import Progress


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of the bar."""

    status: str
    label: str | Promise
    icon: str
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """The whole bar, and the sentence that says the same to whoever cannot see it."""

    planned: int
    segments: list[Segment]

    @property
    def sentence(self) -> str:
        """Return the bar in words."""
        return ", ".join(f"{segment.label} {segment.count:,}" for segment in self.segments)


def build_bar(progress: Progress, held: int = 0) -> Bar:
    """Split the planned messages: read, delivered, sent, failed, skipped, unknown, held, waiting."""
    held = max(0, min(held, progress.waiting - progress.unknown))
    parts = [
        Segment("read", _("Read"), "checks", progress.read),
        Segment("delivered", _("Delivered, not read"), "check", progress.delivered - progress.read),
        Segment("sent", _("Sent, not delivered"), "send", progress.sent - progress.delivered),
        Segment("failed", _("Failed"), "alert-circle", sum(progress.failed.values())),
        Segment("skipped", _("Skipped"), "player-skip-forward", sum(progress.skipped.values())),
        Segment("unknown", _("Unconfirmed"), "help-circle", progress.unknown),
        Segment("held", _("Held"), "clock-pause", held),
        Segment("waiting", _("Waiting"), "clock", progress.waiting - progress.unknown - held),
    ]
    return Bar(progress.planned, [part for part in parts if part.count > 0])
