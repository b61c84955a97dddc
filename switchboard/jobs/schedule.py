"""One table: what the clock makes us do, how often, and by which action."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from switchboard.broadcasts import actions as broadcasts_actions
from switchboard.contacts import actions as contacts_actions
from switchboard.contacts.actions import exports, hygiene, long_edits
from switchboard.conversions import actions as conversions_actions
from switchboard.core import incidents, live
from switchboard.core.database import Pool
from switchboard.delivery import actions as delivery_actions
from switchboard.jobs import store, threads
from switchboard.numbers import store as numbers_store
from switchboard.templates import store as templates_store

Counts = dict[str, int]
# Two resends a day apart, and some time for what the first one found closed.
_RESENT_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of housekeeping. `cron` has a sixth field for seconds; days are UTC."""

    name: str
    cron: str
    action: Callable[[Pool, datetime], Awaitable[Counts]]
    # Also done when a worker starts: after a month of standing still, partitions cannot wait for the night.
    at_start: bool = False


async def squash_tallies(pool: Pool, now: datetime) -> Counts:
    """Add up the counts of past minutes, so that a page reads few rows."""
    async with pool.connection() as connection:
        workspaces = await store.list_workspaces(connection)
    squashed = 0
    for workspace_id in workspaces:
        squash = partial(delivery_actions.squash_tallies, workspace_id=workspace_id, before=now)
        squashed += await threads.call_in_workspace(workspace_id, squash)
    return {"squashed": squashed}


async def resend(pool: Pool, now: datetime) -> Counts:
    """Send again what options allow: failed for the moment a day later, and unconfirmed utility messages."""
    async with pool.connection() as connection:
        found = await store.list_resending(connection, now - _RESENT_FOR)
    resent = 0
    for workspace_id, broadcast_id, is_failed in found:
        again = broadcasts_actions.resend_failed if is_failed else broadcasts_actions.resend_unconfirmed_by_itself
        action = partial(again, workspace_id=workspace_id, broadcast_id=broadcast_id, now=now)
        resent += await threads.call_in_workspace(workspace_id, action)
    return {"resent": resent}


async def ensure_partitions(pool: Pool, now: datetime) -> Counts:
    """See to it that the coming months have their partitions."""
    made = await threads.call(delivery_actions.ensure_partitions, now=now)
    async with pool.connection() as connection:
        return {"partitions_made": made + await store.ensure_months(connection, now)}


async def forget_old(pool: Pool, now: datetime) -> Counts:
    """Let go of raw bodies, dead letters and heartbeats whose time has passed."""
    async with pool.connection() as connection:
        return {
            "journal_months_dropped": await store.drop_journal(connection, now),
            "dead_letters_forgotten": await store.forget_dead_letters(connection, now),
            "heartbeats_forgotten": await store.forget_heartbeats(connection, now),
            "incidents_forgotten": await incidents.forget_incidents(connection, now - store.LETTERS_KEPT),
        }


async def forget_uploads(pool: Pool, now: datetime) -> Counts:
    """Remove files that were uploaded or exported and are over, and what people were before changes that are."""
    async with pool.connection() as connection:
        workspaces = await store.list_workspaces(connection)
    removed = befores = 0
    for workspace_id in workspaces:
        forget = partial(contacts_actions.forget_uploads, workspace_id=workspace_id, now=now)
        removed += await threads.call_in_workspace(workspace_id, forget)
        forget = partial(long_edits.forget_befores, workspace_id=workspace_id, now=now)
        befores += await threads.call_in_workspace(workspace_id, forget)
        for action in (exports.forget_exports, conversions_actions.forget_uploads):
            removed += await threads.call_in_workspace(
                workspace_id, partial(action, workspace_id=workspace_id, now=now)
            )
    return {"uploads_removed": removed, "befores_forgotten": befores}


async def end_restrictions(pool: Pool, now: datetime) -> Counts:
    """Let numbers and templates go on whose restriction by Meta has ended."""
    async with pool.connection() as connection, connection.transaction():
        numbers = await numbers_store.end_restrictions(connection, now)
        templates = await templates_store.end_pauses(connection, now)
        for workspace_id in {*(workspace_id for workspace_id, _ in numbers), *templates}:
            ours = [f"number:{number_id}" for owner, number_id in numbers if owner == workspace_id]
            await live.publish(connection, workspace_id, ["overview", "templates", *ours])
    return {"numbers_resumed": len(numbers), "templates_resumed": sum(templates.values())}


async def roll_days(pool: Pool, now: datetime) -> Counts:
    """Let days fall out of the counts of 7, 30 and 90 days."""
    async with pool.connection() as connection:
        workspaces = await store.list_workspaces(connection)
    pieces = 0
    for workspace_id in workspaces:
        after = 0
        while after := await threads.call_in_workspace(
            workspace_id, partial(hygiene.roll_days, workspace_id=workspace_id, now=now, after=after)
        ):
            pieces += 1
    return {"pieces": pieces}


async def tidy_up_contacts(pool: Pool, now: datetime) -> Counts:
    """Count who carries which tag, let go of old days, write the fortnight's report."""
    async with pool.connection() as connection:
        workspaces = await store.list_workspaces(connection)
    counts: Counter[str] = Counter()
    for workspace_id in workspaces:
        tidy = partial(hygiene.tidy_up, workspace_id=workspace_id, now=now)
        counts.update(await threads.call_in_workspace(workspace_id, tidy))
    return dict(counts)


SCHEDULE: tuple[Job, ...] = (
    Job("squash_tallies", "* * * * * */10", squash_tallies),
    Job("end_restrictions", "* * * * * */10", end_restrictions, at_start=True),
    Job("resend", "*/5 * * * *", resend),
    Job("ensure_partitions", "7 3 * * *", ensure_partitions, at_start=True),
    Job("forget_old", "37 3 * * *", forget_old),
    Job("forget_uploads", "47 3 * * *", forget_uploads),
    Job("roll_days", "0 0 * * * 5", roll_days),
    Job("tidy_up_contacts", "17 4 * * *", tidy_up_contacts),
)
