"""The control API and the program itself."""

import asyncio
import json
import signal
import socket
import subprocess
import sys

import pytest

from tests.emulator.harness import NUMBER, Harness, template_body

ANA = "+819012345678"


async def test_it_says_what_it_can_do(emulator: Harness):
    listed = await emulator.control("")
    assert {"POST /_emulator/setup", "GET /_emulator/ledger/summary"} <= {
        f"{call['method']} {call['path']}" for call in listed["calls"]
    }


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("knobs", {"no_such_knob": 1}, "no_such_knob"),
        ("knobs", {"reads": "many"}, "Expected `float`"),
        ("people", {"reads": False}, "Name either a phone or the suffix"),
        ("people", {"phone": "+81", "shoe_size": 9}, "shoe_size"),
        ("setup", {"accounts": [{"numbers": []}]}, "missing required field `id`"),
        ("setup", {"accounts": [{"id": "1", "app_ids": ["77"]}]}, "unknown app 77"),
        ("inbound", {"from": ANA, "phone_number_id": "77", "text": "hi"}, "phone_number_id"),
        ("clock", {"jump": 3}, "skip"),
        ("nothing", {}, "GET /_emulator/ lists the calls"),
    ],
)
async def test_a_wrong_call_is_answered_with_what_is_wrong(emulator: Harness, name, body, sentence):
    async with emulator.session.post(f"{emulator.address}/_emulator/{name}", json=body) as response:
        assert response.status == 400
        assert sentence in (await response.json())["error"]


async def test_a_refused_change_of_knobs_changes_nothing(emulator: Harness):
    before = await emulator.control("knobs")
    async with emulator.session.post(f"{emulator.address}/_emulator/knobs", json={"reads": 0, "x": 1}) as response:
        assert response.status == 400
    assert await emulator.control("knobs") == before


async def test_a_reset_forgets_everything_or_all_but_the_setup(emulator: Harness):
    await emulator.send_accepted(template_body(ANA, "a", "b"))
    await emulator.control("reset", {"keep_setup": True})
    assert (await emulator.control("stats"))["accepted"] == 0
    await emulator.send_accepted(template_body(ANA, "a", "b"))
    await emulator.control("reset", {})
    assert (await emulator.send(template_body(ANA, "a", "b")))[0] == 401


async def test_the_clock_is_shifted(emulator: Harness):
    before = (await emulator.control("stats"))["now"]
    shifted = await emulator.control("clock", {"shift": 7200})
    assert 7190 < shifted["now"] - before < 7210
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "hi"})
    await emulator.settle()
    assert abs(int(emulator.gateway.messages()[0]["timestamp"]) - shifted["now"]) < 10


async def test_a_person_sends_any_kind_of_message(emulator: Harness):
    piece = {"type": "location", "location": {"latitude": 35.6, "longitude": 139.7}}
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "message": piece})
    button = {"text": "配信停止", "payload": "STOP"}
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "button": button})
    await emulator.settle()
    assert [message["type"] for message in emulator.gateway.messages()] == ["location", "button"]
    assert len((await emulator.control("people/+819012345678"))["thread"]) == 2


async def test_stats_say_what_was_refused(emulator: Harness):
    await emulator.send(template_body(ANA, "a"))
    await emulator.send_accepted(template_body(ANA, "a", "b"))
    stats = await emulator.control("stats")
    assert (stats["accepted"], stats["rejected"]) == (1, {"132000": 1})
    assert stats["messages_per_number_last_minute_max"] == 1


async def start_program(*arguments: str) -> asyncio.subprocess.Process:
    pipe = subprocess.PIPE
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "emulator", *arguments, stdout=pipe, stderr=pipe)


async def test_the_program_announces_itself_and_stops_on_sigterm():
    program = await start_program("--port", "0", "--seed", "1", "--clock-shift", "60", "--delays", "fast")
    assert program.stdout
    assert (await program.stdout.readline()).startswith(b"Emulator listening on http://127.0.0.1:")
    program.send_signal(signal.SIGTERM)
    _, errors = await program.communicate()
    assert (program.returncode, errors) == (0, b"")


async def test_a_port_in_use_is_one_sentence_and_exit_code_2():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        program = await start_program("--port", str(port))
        _, errors = await program.communicate()
    assert program.returncode == 2
    assert errors.decode().strip() == (
        f"Port {port} on 127.0.0.1 is already in use: stop the other program or choose another with --port."
    )


def test_it_needs_nothing_of_the_product():
    script = "import sys, emulator.app, json; print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    modules = json.loads(subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout)
    assert not {"switchboard", "django", "psycopg"} & set(modules)
