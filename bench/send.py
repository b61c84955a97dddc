"""`bench send`: messages from the outbox to recorded, beside a bare loop without a database, Celery and pywa.

Every gate is on, nothing is kept in memory only, and no pace slows it: what is measured is the sender's own cost.
The bare loop posts the same bodies to the same sink right before and right after: a machine that others use as well is
never as fast twice, and only what was measured side by side tells anything.
"""

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from bench import send_yardsticks as yardsticks
from bench import sinks, usage
from bench.figures import Rounds, describe_machine, drop_missing
from bench.place import opened_database, opened_place

if TYPE_CHECKING:
    from bench.outbox import Fleet

CONNECTIONS = 64
# Where an answer takes 200 ms, more must be under way at once.
SLOW_CONNECTIONS = 512
APART_CONNECTIONS, APART_MESSAGES = 128, 6000
SLOW_SECONDS, SLOW_ERRORS = 0.2, 0.05
_LONGEST_SECONDS = 600.0
# Each side begins when nobody computes: what a side before it left to do is not the next one's cost.
_CALM_CPUS = 0.15
_LOOK_SECONDS = 0.4
_LONGEST_WAIT_SECONDS = 10.0


def run(*, rounds: int, messages: int, processes: int) -> dict[str, Any]:
    """Measure the product and its yardsticks in turn in every round; then with TLS, slow answers and more processes."""
    if sinks.find_nginx() is None:
        raise RuntimeError("nginx is not installed, and it stands in for Meta. Install it: apt-get install nginx")
    left_out = yardsticks.find_missing()
    figures = Rounds()
    with opened_place() as home, opened_database("send") as url, psycopg.connect(url, autocommit=True) as connection:
        outbox = _load_outbox()
        machine = describe_machine(connection.info.server_version)
        bench = _Bench(outbox.Fleet(connection, messages), url, home, messages, figures)
        with sinks.opened_nginx() as (address, _):
            for _ in range(rounds):
                bench.measure_pair("", address)
                bench.measure_yardsticks(address, left_out)
                if processes > 1:
                    bench.measure_ours(f"_{processes}_processes", address, processes=processes)
        with sinks.opened_nginx(with_tls=True) as (address, certificate):
            for _ in range(rounds):
                bench.measure_pair("_tls", address, certificate=certificate)
        with sinks.opened_slow_sink(seconds=SLOW_SECONDS, error_share=SLOW_ERRORS) as address:
            bench.measure_pair("_slow", address, connections=SLOW_CONNECTIONS)
            if processes > 1:
                # Neither the sink nor the cores limit where each process may have only so many requests under way.
                few = min(messages, APART_MESSAGES)
                bench.measure_ours("_apart", address, connections=APART_CONNECTIONS, messages=few)
                bench.measure_ours(
                    "_apart_several", address, processes=processes, connections=APART_CONNECTIONS, messages=few
                )
    return _result(figures, processes, machine, left_out)


def _result(figures: Rounds, processes: int, machine: dict[str, Any], left_out: dict[str, str]) -> dict[str, Any]:
    ratios = {
        "ceiling": figures.ratio("ours", "bare"),
        "celery": figures.ratio("ours", "celery"),
        "pywa": figures.ratio("ours", "pywa"),
        "ceiling_tls": figures.ratio("ours_tls", "bare_tls"),
        "ceiling_slow": figures.ratio("ours_slow", "bare_slow"),
    }
    spreads = {"ceiling": figures.spread("ours", "bare"), "ceiling_tls": figures.spread("ours_tls", "bare_tls")}
    result: dict[str, Any] = {
        "name": "send",
        "per_second": round(figures.median("ours")),
        "cpu_seconds_per_10000": round(figures.median("cpu") + figures.median("cpu_postgresql"), 2),
        "cpu_seconds_per_10000_by_part": {
            "sender": figures.median("cpu"),
            "postgresql": figures.median("cpu_postgresql"),
        },
        "peak_mib": round(figures.median("peak_mib")),
        "spreads": spreads,
        "rounds": figures.raw,
        "machine": machine,
    }
    if processes > 1:
        several = f"ours_{processes}_processes"
        ratios["processes"] = figures.ratio(several, "ours")
        ratios["processes_slow_sink"] = figures.ratio("ours_apart_several", "ours_apart")
        busy = figures.median(f"busy_{processes}_processes")
        result["processes"] = {"count": processes, "busy_cpus": busy, "limit": _say_limit(busy)}
    result["ratios"] = drop_missing(ratios)
    return result | ({"left_out": left_out} if left_out else {})


def _say_limit(busy: float) -> str:
    cores = os.cpu_count() or 1
    if busy > cores * 0.9:
        return f"the machine: {busy:.1f} of its {cores} CPUs are busy with senders, PostgreSQL and the sink"
    return "not the CPUs: waiting for commits and locks"


class _Bench:
    """One filled outbox after another, and what became of each."""

    def __init__(self, fleet: "Fleet", url: str, home: Path, messages: int, figures: Rounds) -> None:
        self._fleet = fleet
        self._url = url
        self._home = home
        self._messages = messages
        self._figures = figures

    def measure_pair(
        self, suffix: str, address: str, *, certificate: Path | None = None, connections: int = CONNECTIONS
    ) -> None:
        """Measure the product, and right before and after it the same bodies with no database at all."""
        trust = {"SSL_CERT_FILE": str(certificate)} if certificate else {}
        bodies = self._fill(self._messages)
        before = self._run_bare(address, bodies, trust, connections)
        self._run_ours(suffix, address, self._messages, trust=trust, connections=connections)
        after = self._run_bare(address, bodies, trust, connections)
        # As many messages each, so the mean is that of the times.
        self._figures.add(f"bare{suffix}", 2 / (1 / before + 1 / after))
        self._figures.add(f"bare_runs{suffix}", before)
        self._figures.add(f"bare_runs{suffix}", after)

    def _run_bare(self, address: str, bodies: Path, trust: dict[str, str], connections: int) -> float:
        _wait_for_calm()
        target = f"{address}/v26.0/880101/messages"
        command = [sys.executable, "-m", "bench.bare_sender", target, str(bodies), str(connections)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | trust)  # noqa: S603
        return float(answer.stdout)

    def measure_ours(
        self,
        suffix: str,
        address: str,
        *,
        processes: int = 1,
        connections: int = CONNECTIONS,
        messages: int | None = None,
    ) -> None:
        """Measure senders from the moment the messages may leave until the last is recorded."""
        count = messages or self._messages
        self._fill(count)
        self._run_ours(suffix, address, count, processes=processes, connections=connections)

    def _fill(self, count: int) -> Path:
        """Fill the outbox and return the bodies of what is in it."""
        bodies = self._home / "bodies.jsonl"
        self._fleet.write_bodies(bodies, self._fleet.fill(count))
        return bodies

    def _run_ours(
        self,
        suffix: str,
        address: str,
        count: int,
        *,
        processes: int = 1,
        trust: dict[str, str] | None = None,
        connections: int,
    ) -> None:
        postmaster = _find_postmaster(self._fleet.connection)
        environment = {"SWITCHBOARD_CLOUD_API_URL": f"{address}/v26.0", **(trust or {})}
        with _running_senders(processes, connections, environment, self._home) as pids:
            self._wait_until(lambda: self._fleet.count_senders() == processes)
            _wait_for_calm()
            before = [usage.cpu_seconds(pid) for pid in pids]
            database_before = usage.tree_cpu_seconds(postmaster)
            machine_before = usage.machine_cpu_seconds()
            started = time.perf_counter()
            self._fleet.go()
            self._wait_until(lambda: self._fleet.count_recorded() >= count)
            seconds = time.perf_counter() - started
            cpu = sum(usage.cpu_seconds(pid) for pid in pids) - sum(before)
            database_cpu = usage.tree_cpu_seconds(postmaster) - database_before
            peak = max(usage.peak_mib(pid) for pid in pids)
            busy = (usage.machine_cpu_seconds() - machine_before) / seconds
        self._figures.add(f"ours{suffix}", count / seconds)
        self._figures.add(f"cpu{suffix}", cpu / count * 10_000)
        self._figures.add(f"cpu_postgresql{suffix}", database_cpu / count * 10_000)
        self._figures.add(f"peak_mib{suffix}", peak)
        self._figures.add(f"busy{suffix}", busy)

    def measure_yardsticks(self, address: str, left_out: dict[str, str]) -> None:
        """Measure what a team would write today, with fewer messages: they are slow."""
        messages = self._fleet.fill(min(self._messages, 3000))
        rows = self._home / "rows.jsonl"
        with rows.open("w", encoding="utf-8") as file:
            for message, number in messages:
                body = {"messaging_product": "whatsapp", "to": message.recipient, **message.body}
                row = {"id": str(message.id), "number": number, "to": message.recipient}
                file.write(json.dumps({**row, "template": message.body["template"], "body": json.dumps(body)}) + "\n")
        for name, measure in (("pywa", yardsticks.measure_pywa), ("celery", yardsticks.measure_celery)):
            if name not in left_out:
                yardsticks.make_table(self._fleet.connection, [message.id for message, _ in messages])
                self._figures.add(name, measure(address, rows))

    def _wait_until(self, is_true: Any) -> None:
        until = time.monotonic() + _LONGEST_SECONDS
        while not is_true():
            if time.monotonic() > until:
                raise RuntimeError("The senders do not finish; their logs are beside the benchmark's data.")
            time.sleep(0.03)


def _wait_for_calm() -> None:
    """Wait until next to nothing runs on this machine, or for as long as is reasonable."""
    until = time.monotonic() + _LONGEST_WAIT_SECONDS
    while time.monotonic() < until:
        before = usage.machine_cpu_seconds()
        time.sleep(_LOOK_SECONDS)
        if usage.machine_cpu_seconds() - before < _CALM_CPUS * _LOOK_SECONDS:
            return


@contextmanager
def _running_senders(count: int, connections: int, more: dict[str, str], home: Path) -> Iterator[list[int]]:
    command = [sys.executable, "-m", "switchboard", "sender", "--concurrency", str(connections)]
    with (home / "sender.log").open("wb") as log:
        senders = [
            subprocess.Popen(command, env=os.environ | more, stdout=log, stderr=log)  # noqa: S603  our own command
            for _ in range(count)
        ]
        try:
            yield [sender.pid for sender in senders]
        finally:
            for sender in senders:
                sender.terminate()
            for sender in senders:
                sender.wait(15)


def _find_postmaster(connection: psycopg.Connection) -> int:
    """Return the server's first process, when it runs on this machine."""
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    assert row is not None  # noqa: S101  the function has one row
    return usage.parent_of(int(row[0]))


def _load_outbox() -> Any:
    """Import what uses the product's models: settings are read on import, and only now the database has a name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "switchboard.config.settings")
    importlib.import_module("django").setup()
    return importlib.import_module("bench.outbox")
