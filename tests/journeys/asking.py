"""Many people write to a running product, and the emulator's ledger tells who was answered, when, and how often."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.journeys.demo_process import _descendants, _serves
from tests.outside import environment_with, free_port

# What is asked, in three languages: the sample shop answers each with one message.
QUESTIONS = (
    "ありがとうございます！",
    "返品したいのですが",
    "営業時間は何時までですか",
    "谢谢！",
    "我想退货",
    "几点关门",
    "Thanks, sounds good.",
    "I would like to return it",
    "What are your opening hours?",
)
_LONGEST_START = 150.0
_OPTIONS = ("--recipients", "1", "--pace", "careful", "--numbers")


@dataclass
class Shop:
    """`switchboard demo` that stays, its emulator and its database."""

    home: Path
    numbers: int
    process: subprocess.Popen[str] = field(init=False)
    told: list[str] = field(default_factory=list)
    emulator: str = ""
    asked: set[str] = field(default_factory=set)

    def start(self) -> None:
        """Start it and wait until its console can be opened."""
        ports = {f"SWITCHBOARD_{name}_PORT": str(free_port()) for name in ("WEB", "GATEWAY", "EMULATOR")}
        self.emulator = f"http://127.0.0.1:{ports['SWITCHBOARD_EMULATOR_PORT']}/_emulator"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "switchboard", "demo", *_OPTIONS, str(self.numbers)],
            env=environment_with(**ports, SWITCHBOARD_HOME=str(self.home), COLUMNS="200"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()
        deadline = time.monotonic() + _LONGEST_START
        while not re.search(r"Sign in\s+\S+", "".join(self.told)):
            assert self.process.poll() is None, "".join(self.told)[-3000:]
            assert time.monotonic() < deadline, "".join(self.told)[-3000:]
            time.sleep(0.2)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        self.told.extend(self.process.stdout)

    def stop(self) -> None:
        """End it."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def kill_worker(self) -> None:
        """End the worker with SIGKILL; the supervisor starts another."""
        found = [pid for pid in _descendants(self.process.pid) if _serves(pid, "worker")]
        assert found, "no worker runs"
        os.kill(max(found), signal.SIGKILL)

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Read from the database."""
        with psycopg.connect((self.home / "pg.url").read_text(encoding="utf-8"), autocommit=True) as connection:
            return connection.execute(statement).fetchall()

    def call(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the emulator."""
        request = urllib.request.Request(
            f"{self.emulator}/{path}",
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def answers(self) -> list[dict[str, Any]]:
        """Return what the emulator accepted and is no template."""
        with urllib.request.urlopen(f"{self.emulator}/ledger", timeout=60) as stream:
            rows = [json.loads(line) for line in stream if line.strip()]
        return [{**row, "to": row["to"].lstrip("+")} for row in rows if row["type"] != "template"]

    def let_people_ask(self, people: int, seconds: float, *, halfway: Any = None) -> None:
        """Let so many people write within so many seconds, over all numbers in turn."""
        metas = [meta for (meta,) in self.query("SELECT meta_id FROM numbers_number ORDER BY id")]
        begun = time.monotonic()
        for place in range(people):
            phone = f"8180{10_000_000 + place}"
            time.sleep(max(0.0, begun + seconds * place / people - time.monotonic()))
            body = {
                "from": phone,
                "phone_number_id": metas[place % len(metas)],
                "text": QUESTIONS[place % len(QUESTIONS)],
            }
            self.call("inbound", body)
            self.asked.add(phone)
            if halfway is not None and place == people // 2:
                halfway()

    def wait_until_answered(self, seconds: float) -> None:
        """Wait until everybody has been answered, and a little longer, so that a second answer would be seen."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if len({row["to"] for row in self.answers()} & self.asked) == len(self.asked):
                break
            time.sleep(0.5)
        time.sleep(4)

    def judge(self) -> dict[str, Any]:
        """Return who was answered how often, and how late after the drawn delay."""
        counts = Counter(row["to"] for row in self.answers() if row["to"] in self.asked)
        late = [
            seconds
            for (seconds,) in self.query(
                "SELECT extract(epoch FROM delivery.accepted_at - decision.due_at)::float8 "
                "FROM replies_decision decision JOIN replies_answer answer ON answer.message_id = decision.message_id "
                "JOIN delivery_delivery delivery ON delivery.message_id = answer.first_message_id "
                "WHERE decision.outcome = 'answered' AND answer.rung = 0 AND delivery.accepted_at IS NOT NULL ORDER BY 1"
            )
        ]
        return {
            "asked": len(self.asked),
            "answered": len(counts),
            "twice": sum(1 for count in counts.values() if count > 1),
            "late_median": round(late[len(late) // 2], 3) if late else None,
            "late_p99": round(late[min(len(late) - 1, int(len(late) * 0.99))], 3) if late else None,
            "late_max": round(late[-1], 3) if late else None,
        }
