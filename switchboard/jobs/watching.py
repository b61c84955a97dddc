"""The watch: every two seconds it looks for what has stopped, stands still, fails too often or does not add up.

Each finding is an incident with its cause, closed again when it is gone. Roles are also watched by every sender.
"""

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

import structlog

from switchboard.broadcasts import actions as broadcasts_actions
from switchboard.broadcasts import queries as broadcasts_queries
from switchboard.cloudapi import errors
from switchboard.core import incidents
from switchboard.core.incidents import Incident
from switchboard.core.roles import RoleWatch
from switchboard.delivery.rules import failures
from switchboard.delivery.store import watch as delivery_watch
from switchboard.jobs import store, threads
from switchboard.jobs.leading import Connection

log = structlog.get_logger(__name__)

SECONDS = 2.0
# Incidents are there within 30 s of what they tell of.
STANDING_FOR = timedelta(seconds=20)
PREPARING_FOR = timedelta(minutes=5)
BEHIND_FOR = timedelta(seconds=15)
LEDGER_SECONDS = 60.0
# A recount of a large broadcast takes its time; it may use this share of it.
_LEDGER_SHARE = 0.05


class Watch:
    """Remembers what it has counted when."""

    def __init__(self) -> None:
        self._roles = RoleWatch()
        self._recount_at: dict[int, float] = {}
        self._started_at: datetime | None = None

    async def step(self, connection: Connection, now: datetime) -> bool:
        """Look at everything once."""
        self._started_at = self._started_at or now
        silent = await self._roles.look(connection, now)
        await self._watch_stops(connection, now)
        behind = await self._watch_events(connection, now)
        general = _general_cause(silent, is_behind=behind)
        for incident in await store.list_settled_incidents(connection):
            await incidents.end_incident(connection, Incident(*incident), now)
        await self._watch_categories(connection, now)
        work = await store.list_watched(connection)
        # A worker that has just started gives what waited in the meantime a moment to start.
        if now - self._started_at > STANDING_FOR:
            await self._watch_standing(connection, now, general)
            await self._watch_late(connection, work, now, general)
        for one in work:
            await self._watch_one(connection, one, now)
        return False

    async def _watch_stops(self, connection: Connection, now: datetime) -> None:
        """Tell of an account once, not of each of its numbers."""
        numbers, accounts = [], {}
        for one in await delivery_watch.list_stopped_numbers(connection):
            detail = {"code": one.code, "said": ""}
            is_account = one.code.isdigit() and (errors.outcome_of(int(one.code)).action is errors.Action.STOP_ACCOUNT)
            if is_account:
                key = one.account_id
                accounts[key] = Incident(one.workspace_id, "account_stopped", "account", str(key), detail)
            else:
                numbers.append(Incident(one.workspace_id, "number_stopped", "number", str(one.number_id), detail))
        await incidents.keep_incidents(connection, "number_stopped", numbers, now)
        await incidents.keep_incidents(connection, "account_stopped", accounts.values(), now)
        for workspace_id, template_id in await delivery_watch.list_mended_templates(connection):
            mended = Incident(workspace_id, "template_stopped", "template", template_id)
            await incidents.end_incident(connection, mended, now)

    async def _watch_events(self, connection: Connection, now: datetime) -> bool:
        applied_through = await store.find_watermark(connection)
        lag = now - applied_through if applied_through else timedelta()
        is_behind = lag > BEHIND_FOR
        found = [Incident(None, "events_behind", detail={"seconds": BEHIND_FOR.total_seconds()})] if is_behind else []
        await incidents.keep_incidents(connection, "events_behind", found, now)
        return is_behind

    async def _watch_standing(self, connection: Connection, now: datetime, general: str) -> None:
        """Tell of broadcasts from which nothing leaves, unless somebody pressed Stop: the band says that already."""
        found = []
        for one in await delivery_watch.list_standing(connection, now - STANDING_FOR):
            if not one.is_stopped:
                cause = general or ("sender_stuck" if one.may_any_number else "number")
                detail = {"since": one.since.isoformat(), "cause": cause}
                found.append(Incident(one.workspace_id, "broadcast_stuck", "broadcast", str(one.broadcast_id), detail))
        await incidents.keep_incidents(connection, "broadcast_stuck", found, now)

    async def _watch_late(
        self, connection: Connection, work: Iterable[store.Watched], now: datetime, general: str
    ) -> None:
        found = []
        for one in work:
            due_at = one.scheduled_at if one.state == "scheduled" else one.started_at
            is_late = (one.state == "scheduled" and due_at is not None and now - due_at > STANDING_FOR) or (
                one.state == "preparing" and due_at is not None and now - due_at > PREPARING_FOR
            )
            if is_late and due_at is not None:
                cause = general or ("preparing" if one.state == "preparing" else "unknown")
                detail = {"scheduled_at": due_at.isoformat(), "cause": cause}
                found.append(Incident(one.workspace_id, "broadcast_late", "broadcast", str(one.broadcast_id), detail))
        await incidents.keep_incidents(connection, "broadcast_late", found, now)

    async def _watch_categories(self, connection: Connection, now: datetime) -> None:
        """Pause what was planned as utility and is marketing now, and say how many may get it."""
        for workspace_id, broadcast_id in await delivery_watch.list_recategorised(connection):
            waiting, allowed = await delivery_watch.count_allowed(connection, workspace_id, broadcast_id)
            pause = partial(
                broadcasts_actions.pause_for_category,
                workspace_id=workspace_id,
                broadcast_id=broadcast_id,
                waiting=waiting,
                allowed=allowed,
                now=now,
            )
            await threads.call_in_workspace(workspace_id, pause)

    # ── one broadcast ────────────────────────────────────────────────────────────────────────────

    async def _watch_one(self, connection: Connection, one: store.Watched, now: datetime) -> None:
        try:
            if one.state == "sending":
                await self._watch_failures(connection, one, now)
            if one.state == "sending" or one.is_doubted:
                await self._check_ledger(connection, one, now)
        except Exception:
            # The job loop: one broadcast's trouble must not keep the watch from the others.
            log.exception("broadcast_not_watched", broadcast=one.broadcast_id)

    async def _watch_failures(self, connection: Connection, one: store.Watched, now: datetime) -> None:
        outcomes = await delivery_watch.list_latest_outcomes(
            connection, one.workspace_id, one.broadcast_id, since=_judged_from(one, now), now=now
        )
        judged = failures.judge_failures(outcomes)
        detail = {"code": judged.code, "failed": judged.failed, "of": judged.of}
        about = ("broadcast", str(one.broadcast_id))
        warned = Incident(one.workspace_id, "broadcast_failing", *about, detail)
        if judged.step is failures.Step.WARN:
            await incidents.raise_incident(connection, warned, now)
            return
        await incidents.end_incident(connection, warned, now)
        if judged.step is failures.Step.PAUSE:
            pause = partial(
                broadcasts_actions.pause_for_failures,
                workspace_id=one.workspace_id,
                broadcast_id=one.broadcast_id,
                code=judged.code,
                failed=judged.failed,
                of=judged.of,
                now=now,
            )
            await threads.call_in_workspace(one.workspace_id, pause)

    async def _check_ledger(self, connection: Connection, one: store.Watched, now: datetime) -> None:
        """Recount a running broadcast every minute; a large one as often as costs a twentieth of the time."""
        moment = time.monotonic()
        if moment < self._recount_at.get(one.broadcast_id, 0.0):
            return
        found = await threads.call(broadcasts_queries.recount, one.broadcast_id, workspace_id=one.workspace_id)
        took = time.monotonic() - moment
        self._recount_at[one.broadcast_id] = moment + max(LEDGER_SECONDS, took / _LEDGER_SHARE)
        differing = [
            f"{name} {found.rows[name]} / {found.page[name]}"
            for name in found.rows
            if found.rows[name] != found.page[name]
        ]
        incident = Incident(
            one.workspace_id,
            "ledger_difference",
            "broadcast",
            str(one.broadcast_id),
            {"difference": ", ".join(differing)},
        )
        if found.holds:
            await incidents.end_incident(connection, incident, now)
        else:
            log.error("ledger_difference", broadcast=one.broadcast_id, rows=found.rows, page=found.page)
            await incidents.raise_incident(connection, incident, now)


def _judged_from(one: store.Watched, now: datetime) -> datetime:
    """Return from when failures count. Tallies know their minute: what failed before Resume does not count again."""
    if one.resumed_at is not None:
        return one.resumed_at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return (one.started_at or now).replace(second=0, microsecond=0)


def _general_cause(silent: set[str], *, is_behind: bool) -> str:
    """Return the cause that would hold up every broadcast."""
    if "sender" in silent:
        return "sender_silent"
    if "worker" in silent:
        return "worker_silent"
    return "events_behind" if is_behind else ""
