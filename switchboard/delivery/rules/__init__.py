"""Pure decisions about outgoing messages: which may leave, and when."""

from switchboard.delivery.rules.gates import (
    Case,
    Hold,
    Skip,
    Verdict,
    gate_consent,
    gate_number,
    gate_quiet_hours,
    gate_stop,
    gate_template,
    gate_window,
    judge,
)
from switchboard.delivery.rules.pace import PaceState, plan_slots
from switchboard.delivery.rules.quiet_hours import Night, opens_at

__all__ = [
    "Case",
    "Hold",
    "Night",
    "PaceState",
    "Skip",
    "Verdict",
    "gate_consent",
    "gate_number",
    "gate_quiet_hours",
    "gate_stop",
    "gate_template",
    "gate_window",
    "judge",
    "opens_at",
    "plan_slots",
]
