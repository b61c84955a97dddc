"""What happens to a broadcast: drafted, started, expanded, paused, resumed, cancelled, completed.

Call these inside `core.tenancy.workspace_scope`; `prepare_broadcast` opens scopes of its own, because it talks to Meta.
"""

from switchboard.broadcasts.actions.expanding import clear_ended, complete_broadcast, expand_next_batch
from switchboard.broadcasts.actions.resending import (
    move_waiting,
    resend_failed,
    resend_never_left,
    resend_unconfirmed,
    resend_unconfirmed_by_itself,
)
from switchboard.broadcasts.actions.starting import (
    prepare_broadcast,
    save_draft,
    start_broadcast,
    start_due_broadcasts,
    unschedule_broadcast,
)
from switchboard.broadcasts.actions.steering import (
    cancel_broadcast,
    pause_broadcast,
    pause_for_category,
    pause_for_failures,
    resume_broadcast,
)

__all__ = [
    "cancel_broadcast",
    "clear_ended",
    "complete_broadcast",
    "expand_next_batch",
    "move_waiting",
    "pause_broadcast",
    "pause_for_category",
    "pause_for_failures",
    "prepare_broadcast",
    "resend_failed",
    "resend_never_left",
    "resend_unconfirmed",
    "resend_unconfirmed_by_itself",
    "resume_broadcast",
    "save_draft",
    "start_broadcast",
    "start_due_broadcasts",
    "unschedule_broadcast",
]
