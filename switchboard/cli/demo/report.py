"""What a demo run came to: our counts beside the emulator's ledger, and whether a promise was broken."""

from dataclasses import dataclass, field
from typing import Any

# Promise 2: no POST starts later than this after the gateway's 200 for the STOP.
OPT_OUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one run; `held` says by gate and hour what quiet hours keep back."""

    planned: int
    sent: int
    delivered: int
    read: int
    unknown: int
    failed: dict[str, int]
    skipped: dict[str, int]
    waiting: int
    replies: int
    opted_out: int
    sent_after_opt_out: int
    worst_opt_out_delay_seconds: float
    duplicates: int
    lost: int
    seconds: float
    held: list[dict[str, Any]] = field(default_factory=list)
    # The most messages that the emulator got from any one number within 60 seconds.
    busiest_minute: int = 0
    memory_mib: int = 0

    @property
    def messages_per_second(self) -> float:
        """Messages sent per second until the broadcast settled."""
        return round(self.sent / self.seconds, 1) if self.seconds else 0.0

    @property
    def broken_promises(self) -> list[str]:
        """One sentence for each promise that this run broke; none is the only good answer."""
        sentences = []
        total = self.waiting + self.sent + sum(self.failed.values()) + sum(self.skipped.values())
        if total != self.planned:
            sentences.append(f"planned is {self.planned}, but waiting + sent + failed + skipped is {total}")
        if self.duplicates:
            sentences.append(f"{self.duplicates} people got this broadcast more than once")
        if self.lost:
            sentences.append(f"{self.lost} messages stand in one ledger and not in the other")
        if self.sent_after_opt_out:
            worst = f"{self.worst_opt_out_delay_seconds:.1f} s"
            sentences.append(
                f"{self.sent_after_opt_out} messages were posted too late after a STOP, the worst by {worst}"
            )
        return sentences

    def as_json(self) -> dict[str, Any]:
        """Return the object that `--json` ends with."""
        return {
            "planned": self.planned,
            "waiting": self.waiting,
            "unknown": self.unknown,
            "sent": self.sent,
            "delivered": self.delivered,
            "read": self.read,
            "failed": self.failed,
            "skipped": self.skipped,
            "replies": self.replies,
            "opted_out": self.opted_out,
            "sent_after_opt_out": self.sent_after_opt_out,
            "worst_opt_out_delay_seconds": self.worst_opt_out_delay_seconds,
            "duplicates": self.duplicates,
            "lost": self.lost,
            "seconds": round(self.seconds, 1),
            "messages_per_second": self.messages_per_second,
            "held": self.held,
            "busiest_minute": self.busiest_minute,
            "memory_mib": self.memory_mib,
        }


def count_lost(ours: set[str], theirs: set[str], in_doubt: set[str]) -> int:
    """Count the message ids that only one of the two ledgers knows as accepted.

    :param in_doubt: what we say ourselves that we cannot know; it is counted as unknown, and limited there.
    """
    return len((ours ^ theirs) - in_doubt)


def judge_opt_outs(after_opt_out: list[dict[str, Any]]) -> tuple[int, float]:
    """Return how many POSTs began too late after a STOP, and the worst delay of all in seconds.

    :param after_opt_out: the emulator's list of template POSTs that began after a confirmed STOP.
    """
    delays = [float(late["delay_seconds"]) for late in after_opt_out]
    return sum(delay > OPT_OUT_SECONDS for delay in delays), max(delays, default=0.0)
