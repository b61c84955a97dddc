"""Hot-path SQL of conversations; every function takes a connection."""

from switchboard.conversations.store.lines import insert_lines
from switchboard.conversations.store.threads import (
    Noted,
    list_hours,
    lock_threads,
    note_inbound,
    read_threads,
    save_threads,
)
from switchboard.conversations.store.timers import (
    drop_timers,
    find_timers,
    finish_calls,
    forget_timers,
    lease_calls,
    set_timer_aside,
    set_timers,
    take_timers,
)

__all__ = [
    "Noted",
    "drop_timers",
    "find_timers",
    "finish_calls",
    "forget_timers",
    "insert_lines",
    "lease_calls",
    "list_hours",
    "lock_threads",
    "note_inbound",
    "read_threads",
    "save_threads",
    "set_timer_aside",
    "set_timers",
    "take_timers",
]
