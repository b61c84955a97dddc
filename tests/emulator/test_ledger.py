"""What the ledger proves about the product, counted without it."""

import json

from emulator.summary import fullest_window
from tests.emulator.harness import NUMBER, OTHER_NUMBER, Harness, template_body, text_body

ANA, BEN = "+819012345678", "+819087654321"


async def test_it_writes_down_each_accepted_message(emulator: Harness):
    wamid = await emulator.send_accepted(template_body(ANA, "アナ", "商品", biz_opaque_callback_data="12.ab.1"))
    await emulator.settle()
    async with emulator.session.get(f"{emulator.address}/_emulator/ledger") as response:
        (row,) = [json.loads(line) for line in (await response.text()).splitlines()]
    assert (row["wamid"], row["phone_number_id"], row["to"]) == (wamid, NUMBER, ANA)
    assert (row["type"], row["template"], row["biz_opaque_callback_data"]) == ("template", "welcome", "12.ab.1")
    assert (row["state"], row["error_code"]) == ("read", None)
    assert row["request_started_at"] <= row["accepted_at"]


async def test_it_counts_a_person_who_got_a_template_twice_from_two_numbers(emulator: Harness):
    await emulator.send_accepted(template_body(ANA, "アナ", "商品"))
    await emulator.send_accepted(template_body(BEN, "ベン", "商品"))
    await emulator.send_accepted(template_body("81 90-1234-5678", "アナ", "商品2"), number=OTHER_NUMBER)
    summary = await emulator.control("ledger/summary")
    assert (summary["accepted"], summary["people"], summary["duplicates"]) == (3, 2, 1)
    assert summary["duplicate_examples"] == [ANA]
    assert (await emulator.control(f"ledger/summary?phone_number_id={NUMBER}"))["duplicates"] == 0
    assert (await emulator.control("ledger/summary?template=other"))["accepted"] == 0


async def test_the_same_words_to_the_same_person_have_the_same_hash(emulator: Harness):
    for _ in range(2):
        await emulator.send_accepted(template_body(ANA, "アナ", "商品"))
    assert (await emulator.control("ledger/summary"))["duplicate_content"] == 1


async def test_it_lists_templates_sent_after_a_confirmed_opt_out(emulator: Harness):
    await emulator.send_accepted(template_body(ANA, "アナ", "商品"))
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "配信停止"})
    await emulator.settle()
    await emulator.send_accepted(text_body(ANA, "停止しました"))
    assert (await emulator.control("ledger/summary"))["after_opt_out"] == []
    await emulator.send_accepted(template_body(ANA, "アナ", "商品"), number=OTHER_NUMBER)
    (late,) = (await emulator.control("ledger/summary"))["after_opt_out"]
    assert (late["to"], late["phone_number_id"]) == (ANA, OTHER_NUMBER)
    assert late["delay_seconds"] >= 0


async def test_an_opt_in_ends_an_opt_out(emulator: Harness):
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "STOP"})
    await emulator.settle()
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "START"})
    await emulator.settle()
    await emulator.send_accepted(template_body(ANA, "アナ", "商品"))
    assert (await emulator.control("ledger/summary"))["after_opt_out"] == []


async def test_an_earlier_runs_opt_out_is_left_out_by_since(emulator: Harness):
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "STOP"})
    await emulator.settle()
    now = (await emulator.control("stats"))["now"]
    await emulator.send_accepted(template_body(ANA, "アナ", "商品"))
    summary = await emulator.control(f"ledger/summary?since_accepted={now}")
    assert (summary["accepted"], summary["opt_outs"], summary["after_opt_out"]) == (1, 0, [])


async def test_it_measures_the_pace_of_each_number(emulator: Harness):
    for person in range(3):
        await emulator.send_accepted(template_body(f"+81900000000{person}", "a", "b"))
    summary = await emulator.control("ledger/summary?pace_checks=1")
    assert summary["worst_minute_per_number"] == {NUMBER: 3}
    assert summary["smallest_gap_seconds_per_number"][NUMBER] >= 0


def test_the_fullest_window_slides():
    assert fullest_window([0.0, 0.9, 1.1, 1.2, 1.89, 5.0], 1.0) == 4
    assert fullest_window([], 1.0) == 0


async def test_it_streams_every_accepted_callback(emulator: Harness):
    for person in range(3):
        body = template_body(f"+81900000000{person}", "a", "b", biz_opaque_callback_data=f"12.{person}.1")
        await emulator.send_accepted(body)
    async with emulator.session.get(f"{emulator.address}/_emulator/accepted-callbacks") as response:
        assert (await response.text()).split() == ["12.0.1", "12.1.1", "12.2.1"]
