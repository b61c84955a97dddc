"""The life of a template: review, category, quality, pauses, edits, pacing."""

from typing import Any

import pytest

from emulator.errors import GraphError
from emulator.forms import check_form
from emulator.templates import TemplateShelf
from tests.emulator.harness import ACCOUNT, Harness, template_body

FORM = {
    "name": "fresh",
    "language": "en",
    "category": "UTILITY",
    "components": [{"type": "BODY", "text": "Your order is here."}],
}
ANA = "+819012345678"


def body(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "BODY", "text": text, **more}


def buttons(*kinds: str) -> dict[str, Any]:
    of_kind = {"URL": {"url": "https://x.y"}, "PHONE_NUMBER": {"phone_number": "+1"}}
    return {"type": "BUTTONS", "buttons": [{"type": kind, "text": "x", **of_kind.get(kind, {})} for kind in kinds]}


async def create(emulator: Harness, form: dict[str, Any] = FORM) -> tuple[int, Any]:
    return await emulator.graph("POST", f"{ACCOUNT}/message_templates", json=form)


async def decide(emulator: Harness, **change: Any) -> Any:
    return await emulator.control("templates", {"account": ACCOUNT, "name": "welcome", "language": "ja", **change})


def events(emulator: Harness, key: str = "event") -> list[Any]:
    return [value[key] for value in emulator.gateway.values() if key in value]


async def status_of(emulator: Harness, template_id: str) -> str:
    _, node = await emulator.graph("GET", f"{template_id}?fields=status")
    return str(node["status"])


async def skip(emulator: Harness, seconds: float) -> None:
    """Let time pass and everything due happen."""
    await emulator.control("clock", {"skip": seconds})
    await emulator.settle()


async def test_a_review_takes_its_time_and_may_end_in_a_rejection(emulator: Harness):
    await emulator.control("knobs", {"template_review_seconds": 3600, "next_reviews": ["reject"]})
    _, created = await create(emulator)
    assert await status_of(emulator, created["id"]) == "PENDING"
    await skip(emulator, 3601)
    assert await status_of(emulator, created["id"]) == "REJECTED"
    (value,) = emulator.gateway.values()
    assert (value["event"], value["reason"]) == ("REJECTED", "TAG_CONTENT_MISMATCH")
    assert value["rejection_info"]["recommendation"]


async def test_utility_that_sounds_like_advertising_is_taken_as_marketing(emulator: Harness):
    form = {**FORM, "components": [body("Everything 20% off, our autumn sale is here.")]}
    _, created = await create(emulator, form)
    assert (created["status"], created["category"]) == ("PENDING", "MARKETING")


async def test_the_same_words_twice_are_rejected(emulator: Harness):
    await emulator.control("knobs", {"template_review_seconds": 10})
    await create(emulator)
    await skip(emulator, 11)
    _, second = await create(emulator, {**FORM, "name": "again"})
    await skip(emulator, 11)
    assert await status_of(emulator, second["id"]) == "REJECTED"


async def test_an_edited_template_goes_on_in_its_old_form_until_approved(emulator: Harness):
    await emulator.control("knobs", {"template_review_seconds": 10})
    _, listed = await emulator.graph("GET", f"{ACCOUNT}/message_templates?name=welcome")
    template_id = listed["data"][0]["id"]
    new = {"components": [body("新しいお知らせです。")]}
    assert (await emulator.graph("POST", template_id, json=new))[0] == 200
    await emulator.send_accepted(template_body(ANA, "a", "b"))
    await skip(emulator, 11)
    assert (await emulator.refused(template_body(ANA, "a", "b")))[1] == 132000
    assert "新しいお知らせです。" in events(emulator, "message_template_element")


async def test_an_approved_template_is_edited_once_a_day_and_ten_times_a_month(emulator: Harness):
    await emulator.control("knobs", {"template_review_seconds": 0.01})
    template_id = (await decide(emulator))["id"]
    statuses = []
    for day in range(11):
        new = {"components": [body(f"お知らせ {day} です。")]}
        statuses.append((await emulator.graph("POST", template_id, json=new))[0])
        assert (await emulator.graph("POST", template_id, json=new))[0] == 400
        await skip(emulator, 86_401)
    assert statuses == [200] * 10 + [400]
    wrong = {"category": "UTILITY", "components": [body("x")]}
    assert (await emulator.graph("POST", template_id, json=wrong))[0] == 400
    assert (await emulator.graph("POST", template_id, json={"name": "other"}))[0] == 400


async def test_a_deleted_name_is_locked_for_30_days(emulator: Harness):
    form = {**FORM, "name": "welcome"}
    assert (await emulator.graph("DELETE", f"{ACCOUNT}/message_templates?name=welcome"))[0] == 200
    assert (await create(emulator, form))[1]["error"]["error_subcode"] == 2388023
    await emulator.control("clock", {"skip": 31 * 86_400})
    assert (await create(emulator, form))[0] == 200


async def test_a_disabled_template_cannot_be_deleted(emulator: Harness):
    await decide(emulator, event="disable")
    assert (await emulator.graph("DELETE", f"{ACCOUNT}/message_templates?name=welcome"))[0] == 400
    assert (await emulator.refused(template_body(ANA, "a", "b")))[1] == 132016


def test_an_account_creates_100_an_hour_and_keeps_as_many_as_it_may():
    shelf = TemplateShelf()
    for number in range(100):
        shelf.create({**FORM, "name": f"t{number}"}, 0.0, limit=101)
    with pytest.raises(GraphError, match="80007"):
        shelf.create({**FORM, "name": "one_more"}, 3599.0, limit=101)
    shelf.create({**FORM, "name": "one_more"}, 3601.0, limit=101)
    with pytest.raises(GraphError) as caught:
        shelf.create({**FORM, "name": "too_many"}, 3601.0, limit=101)
    assert caught.value.subcode == 2388019


async def test_red_pauses_for_3_hours_then_6_then_disables(emulator: Harness):
    for hours in (3, 6):
        await decide(emulator, quality="RED")
        assert (await emulator.refused(template_body(ANA, "a", "b")))[1] == 132015
        await skip(emulator, hours * 3600 - 60)
        assert (await emulator.refused(template_body(ANA, "a", "b")))[1] == 132015
        await skip(emulator, 61)
        await emulator.send_accepted(template_body(ANA, "a", "b"))
    await decide(emulator, quality="RED")
    assert (await emulator.refused(template_body(ANA, "a", "b")))[1] == 132016
    await emulator.settle()
    titles = [info["title"] for info in events(emulator, "other_info")]
    assert titles == ["FIRST_PAUSE", "UNPAUSE", "SECOND_PAUSE", "UNPAUSE", "DISABLED"]
    assert events(emulator, "new_quality_score") == ["RED", "RED", "RED"]


async def test_a_category_changes_after_a_days_notice(emulator: Harness):
    node = await decide(emulator, category="UTILITY", notice=True)
    assert (node["category"], node["correct_category"]) == ("MARKETING", "UTILITY")
    await skip(emulator, 86_401)
    _, node = await emulator.graph("GET", f"{node['id']}?fields=category,previous_category")
    assert (node["category"], node["previous_category"]) == ("UTILITY", "MARKETING")
    notice, done = emulator.gateway.values()
    assert (notice["new_category"], notice["correct_category"]) == ("MARKETING", "UTILITY")
    assert (done["previous_category"], done["new_category"]) == ("MARKETING", "UTILITY")


@pytest.mark.parametrize(("verdict", "status", "code"), [("good", "read", None), ("bad", "failed", 132015)])
async def test_pacing_holds_the_rest_until_the_verdict(emulator: Harness, verdict, status, code):
    await decide(emulator, pacing={"after": 1, "hold_seconds": 600, "verdict": verdict})
    kept = []
    for person in range(3):
        _, answer = await emulator.send(template_body(f"+81901234567{person}", "a", "b"))
        kept.append((answer["messages"][0]["id"], answer["messages"][0]["message_status"]))
    assert [state for _, state in kept] == ["accepted", *["held_for_quality_assessment"] * 2]
    await emulator.settle()
    assert emulator.gateway.statuses(kept[1][0]) == []
    await skip(emulator, 601)
    last = emulator.gateway.statuses(kept[1][0])[-1]
    assert (last["status"], last.get("errors", [{"code": None}])[0]["code"]) == (status, code)


async def test_a_pause_by_pacing_ends_by_hand_only(emulator: Harness):
    template_id = (await decide(emulator, pacing={"after": 0, "hold_seconds": 1, "verdict": "bad"}))["id"]
    await emulator.send_accepted(template_body(ANA, "a", "b"))
    await skip(emulator, 2)
    await skip(emulator, 30 * 86_400)
    assert (await emulator.refused(template_body(ANA, "a", "b")))[1] == 132015
    assert await emulator.graph("POST", f"{template_id}/unpause") == (200, {"success": True})
    assert (await emulator.graph("POST", f"{template_id}/unpause"))[0] == 400
    await emulator.send_accepted(template_body(ANA, "a", "b"))


@pytest.mark.parametrize(
    ("components", "subcode"),
    [
        ([], 2388043),
        ([body("x" * 1025)], 2388040),
        ([body("{{1}} is your number here", example={})], 2388299),
        ([body("Hello dear {{1}} {{2}} and all others of you there.", example={"body_text": [["a", "b"]]})], 2388039),
        ([body("Hello dear {{2}}, good to see you here.", example={"body_text": [["a"]]})], 2388039),
        ([body("Hi {{1}}, {{2}}, {{3}}, {{4}}!", example={"body_text": [["a"]]})], 2388293),
        ([body("Hello dear {{1}}, good to see you here.")], 2388072),
        ([body("x"), {"type": "HEADER", "format": "TEXT", "text": "x" * 61}], 2388040),
        ([body("x"), {"type": "HEADER", "format": "IMAGE"}], 2388047),
        ([body("x"), {"type": "FOOTER", "text": "{{1}}"}], 2388073),
        ([body("x"), buttons(*["URL"] * 3)], 0),
        ([body("x"), buttons("QUICK_REPLY", "URL", "QUICK_REPLY")], 0),
        ([body("x"), buttons("PHONE_NUMBER", "PHONE_NUMBER")], 0),
        ([body("x"), buttons(*["QUICK_REPLY"] * 11)], 0),
        ([body("x"), {"type": "CAROUSEL", "cards": [{"components": []}]}], 0),
        ([body("x"), {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "now"}}], 0),
        ([body("x"), {"type": "NONSENSE"}], 0),
    ],
)
def test_a_form_that_breaks_a_rule_is_refused(components, subcode):
    with pytest.raises(GraphError) as caught:
        check_form({**FORM, "components": components})
    assert (caught.value.code, caught.value.subcode) == (100, subcode)


@pytest.mark.parametrize(
    "form",
    [
        {**FORM, "components": [body("Hi {{first_name}}, it is here.", example={"x": 1})], "parameter_format": "named"},
        {**FORM, "components": [body("x"), buttons("QUICK_REPLY", "QUICK_REPLY", "URL", "PHONE_NUMBER")]},
        {
            **FORM,
            "category": "AUTHENTICATION",
            "message_send_ttl_seconds": 60,
            "components": [
                {"type": "body", "add_security_recommendation": True},
                {"type": "buttons", "buttons": [{"type": "otp", "otp_type": "copy_code"}]},
            ],
        },
    ],
)
def test_a_good_form_passes(form):
    check_form(form)


@pytest.mark.parametrize(
    "form",
    [
        {**FORM, "name": "Upper"},
        {**FORM, "category": "NEWS"},
        {**FORM, "message_send_ttl_seconds": 5},
        {**FORM, "category": "AUTHENTICATION"},
    ],
)
def test_a_form_without_its_basics_is_refused(form):
    with pytest.raises(GraphError):
        check_form(form)


async def test_a_list_tells_its_summary_when_asked(emulator: Harness):
    path = f"{ACCOUNT}/message_templates?limit=1&summary="
    assert "summary" not in (await emulator.graph("GET", f"{ACCOUNT}/message_templates"))[1]
    _, asked = await emulator.graph("GET", path + "total_count,message_template_limit")
    assert asked["summary"] == {"total_count": 1, "message_template_limit": 6000}
    status, refused = await emulator.graph("GET", path + "colour")
    assert (status, refused["error"]["code"]) == (400, 100)
