"""Hot-path SQL of the sender and the applier; every function takes a connection and names its workspace."""

from switchboard.delivery.store.batches import expire_batches, open_further, renew
from switchboard.delivery.store.budgets import look_again
from switchboard.delivery.store.claim import Claim, Claimed, claim
from switchboard.delivery.store.due import is_watermark_fresh, list_due_workspaces
from switchboard.delivery.store.reach import note_delivered, note_undeliverable
from switchboard.delivery.store.results import Result, record_results
from switchboard.delivery.store.signals import (
    list_stopped,
    mark_replied,
    open_windows,
    read_database_time,
    set_watermark,
    tally,
)
from switchboard.delivery.store.statuses import record_statuses
from switchboard.delivery.store.stops import (
    Reason,
    note_unreachable,
    opt_out,
    slow_number,
    stop_account_of,
    stop_number,
    stop_template,
)
from switchboard.delivery.store.take import LEASE
from switchboard.delivery.store.unknown import settle_unknown

__all__ = [
    "LEASE",
    "Claim",
    "Claimed",
    "Reason",
    "Result",
    "claim",
    "expire_batches",
    "is_watermark_fresh",
    "list_due_workspaces",
    "list_stopped",
    "look_again",
    "mark_replied",
    "note_delivered",
    "note_undeliverable",
    "note_unreachable",
    "open_further",
    "open_windows",
    "opt_out",
    "read_database_time",
    "record_results",
    "record_statuses",
    "renew",
    "set_watermark",
    "settle_unknown",
    "slow_number",
    "stop_account_of",
    "stop_number",
    "stop_template",
    "tally",
]
