"""The show: the shop's broadcast is watched until it has settled, and judged by two ledgers."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import DatabaseError, InterfaceError, connection
from rich.panel import Panel

from switchboard.broadcasts import forecast
from switchboard.broadcasts import queries as broadcast_queries
from switchboard.cli.demo import memory, scenery
from switchboard.cli.demo.display import draw_progress
from switchboard.cli.demo.report import Report, count_lost, judge_opt_outs
from switchboard.cli.demo.shop import Shop
from switchboard.cloudapi import callback
from switchboard.core import clock
from switchboard.core.tenancy import workspace_scope
from switchboard.delivery import boards as delivery_boards
from switchboard.delivery import queries as delivery_queries
from switchboard.delivery.types import Origin, Progress
from switchboard.numbers import rules as number_rules
from switchboard.webhooks import queries as webhook_queries

Result = TypeVar("Result")
_LOOK_SECONDS = 0.5
# How long statuses may trickle in after the last message has left, before the demo judges what it has.
_DRAIN_SECONDS = 45.0
# The database may be killed while the demo watches; it is back within seconds.
_DATABASE_PATIENCE_SECONDS = 60.0
# How long the first forecast may take: the header's picture is uploaded and the first people are expanded before it.
_FORECAST_EVERY_SECONDS = 2.0


class Show:
    """One run of the demo, as it is seen in the terminal."""

    def __init__(self, shop: Shop, pids: Callable[[], dict[str, int]]) -> None:
        self.shop = shop
        self.control = shop.control
        self.workspace_id = shop.workspace_id
        self.broadcast_id = shop.broadcast_id
        self.pids = pids
        self._peak_memory = 0
        self._forecast: forecast.Forecast | None = None
        self._forecast_at = 0.0
        self._has_told = False

    def watch_until_settled(self) -> Report:
        """Show the progress until nothing is due or in flight and the last statuses are in; return the result."""
        with self.shop.display.open_live() as live:
            while not self._is_settled():
                live.update(self._draw())
                time.sleep(_LOOK_SECONDS)
            seconds = time.monotonic() - self.shop.started
            deadline = time.monotonic() + _DRAIN_SECONDS
            while not self._is_drained() and time.monotonic() < deadline:
                live.update(self._draw())
                time.sleep(_LOOK_SECONDS)
            live.update(self._draw())
        return self._judge(seconds)

    def _tell_forecast(self, note: str) -> None:
        """Say once, as soon as it is known, when the broadcast finishes; the live area goes on saying it."""
        if note and not self._has_told:
            self._has_told = True
            self.shop.display.say(f"It {note}")

    def _read_forecast(self, now: datetime) -> forecast.Forecast:
        """Play the rest of the broadcast, every few seconds: in between the last answer is good enough."""
        if self._forecast is None or time.monotonic() - self._forecast_at > _FORECAST_EVERY_SECONDS:
            self._forecast = self._read(
                lambda: forecast.forecast(broadcast_queries.get_broadcast(self.workspace_id, self.broadcast_id), now)
            )
            self._forecast_at = time.monotonic()
        return self._forecast

    def _is_settled(self) -> bool:
        return self._read(lambda: broadcast_queries.is_settled(self.workspace_id, self.broadcast_id, clock.now()))

    def _is_drained(self) -> bool:
        stats = self.control.get("stats")
        outside = stats["pending_status_events"] + stats["pending_webhooks"] + stats["undelivered_webhooks"]
        return outside == 0 and self._read(lambda: webhook_queries.count_unapplied(self.workspace_id)) == 0

    def _read(self, question: Callable[[], Result]) -> Result:
        """Ask the database inside the workspace, and again for a while when it has gone away."""
        deadline = time.monotonic() + _DATABASE_PATIENCE_SECONDS
        while True:
            try:
                with workspace_scope(self.workspace_id):
                    return question()
            except (DatabaseError, InterfaceError):
                connection.close()
                if time.monotonic() > deadline:
                    raise
                time.sleep(_LOOK_SECONDS)

    def _draw(self) -> Panel:
        self._peak_memory = max(self._peak_memory, memory.resident_mib(self.pids().values()))
        now = clock.now()
        progress = self._read(
            lambda: delivery_queries.get_progress(self.workspace_id, Origin.BROADCAST, self.broadcast_id)
        )
        holds = self._read(lambda: delivery_queries.list_holds(self.workspace_id, Origin.BROADCAST, self.broadcast_id))
        counts = _exclusive_counts(progress, sum(hold.count for hold in holds))
        speed = progress.sent / max(0.5, time.monotonic() - self.shop.started)
        note = self._note(self._read_forecast(now), now)
        self._tell_forecast(note)
        return draw_progress(counts, progress.planned, speed, self._busiest(), note)

    def _busiest(self) -> str:
        """Say how fast the busiest number is, as the emulator received it, beside what its pace allows."""
        busiest = self.control.get("stats")["messages_per_number_last_minute_max"]
        limit = number_rules.PRESETS[self.shop.wish.pace].per_minute
        return f"busiest number: {busiest} in the last minute" + (f", {limit} allowed" if limit else "")

    def _note(self, found: forecast.Forecast, now: datetime) -> str:
        finish = found.finish_at
        if finish is None:
            return ""
        left = max(timedelta(0), finish - now)
        local = finish.astimezone(ZoneInfo(scenery.WORKSPACE_ZONE))
        limit = found.text
        return f"finishes about {local:%m-%d %H:%M} (in {_spoken(left)})" + (
            f", narrowest limit: {limit}" if limit else ""
        )

    def _judge(self, seconds: float) -> Report:
        progress = self._read(
            lambda: delivery_queries.get_progress(self.workspace_id, Origin.BROADCAST, self.broadcast_id)
        )
        holds = self._read(lambda: delivery_queries.list_holds(self.workspace_id, Origin.BROADCAST, self.broadcast_id))
        accepted = {
            parsed.message_id.hex
            for line in self.control.read_lines("accepted-callbacks")
            if (parsed := callback.parse_callback_data(line)) and parsed.workspace_id == self.workspace_id
        }
        theirs = accepted - self._read(lambda: delivery_boards.list_answers(self.workspace_id))
        ours = self._collect(broadcast_queries.iter_accepted)
        in_doubt = self._collect(broadcast_queries.iter_unconfirmed)
        summary = self.control.get(f"ledger/summary?template={scenery.OFFER}&pace_checks=1")
        late, worst = judge_opt_outs(summary["after_opt_out"])
        zone = ZoneInfo(scenery.WORKSPACE_ZONE)
        return Report(
            planned=progress.planned,
            sent=progress.sent,
            delivered=progress.delivered,
            read=progress.read,
            unknown=progress.unknown,
            failed=progress.failed,
            skipped=progress.skipped,
            waiting=progress.waiting,
            replies=progress.replied,
            opted_out=progress.opted_out,
            sent_after_opt_out=late,
            worst_opt_out_delay_seconds=worst,
            duplicates=summary["duplicates"],
            lost=count_lost(ours, theirs, in_doubt),
            seconds=seconds,
            held=[
                {
                    "gate": hold.gate,
                    "until": f"{hold.until.astimezone(zone):%m-%d %H:%M}" if hold.until else "",
                    "count": hold.count,
                }
                for hold in holds
            ],
            busiest_minute=max(summary["worst_minute_per_number"].values(), default=0),
            memory_mib=self._peak_memory,
        )

    def _collect(self, iterate: Callable[[int, int], Iterator[UUID]]) -> set[str]:
        return self._read(lambda: {one.hex for one in iterate(self.workspace_id, self.broadcast_id)})


def _exclusive_counts(progress: Progress, held: int) -> dict[str, int]:
    """Return counts that add up to planned: everybody once, where they are now."""
    return {
        "read": progress.read,
        "delivered": max(0, progress.delivered - progress.read),
        "sent": max(0, progress.sent - progress.delivered),
        "failed": sum(progress.failed.values()),
        "skipped": sum(progress.skipped.values()),
        "held": min(held, progress.waiting),
        "waiting": max(0, progress.waiting - held),
    }


def _spoken(left: timedelta) -> str:
    minutes, seconds = divmod(round(left.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
