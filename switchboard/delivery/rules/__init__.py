"""Pure decisions about outgoing messages: which may leave, and when."""

from switchboard.delivery.rules.gates import (
    Case,
    Hold,
    Skip,
    Verdict,
    judge,
)
from switchboard.delivery.rules.limits import Limits
from switchboard.delivery.rules.pace import Meter, PaceState, plan_slots
from switchboard.delivery.rules.quiet_hours import Night, opens_at

__all__ = [
    "Case",
    "Hold",
    "Limits",
    "Meter",
    "Night",
    "PaceState",
    "Skip",
    "Verdict",
    "judge",
    "opens_at",
    "plan_slots",
]
