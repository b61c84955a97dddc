"""A person's phone: what is on it, and the page that shows it."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from emulator import phone_page
from tests.emulator.harness import ACCOUNT, NUMBER, OTHER_NUMBER, TOKEN, Harness, template_body, text_body

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
ANA = "+819012345678"
CHAT = f"phones/chat?phone=819012345678&phone_number_id={NUMBER}"
OFFER = {
    "name": "offer",
    "language": "en",
    "category": "MARKETING",
    "components": [
        {"type": "HEADER", "format": "TEXT", "text": "Autumn"},
        {"type": "BODY", "text": "Hello {{1}}"},
        {"type": "FOOTER", "text": "Reply STOP"},
        {
            "type": "BUTTONS",
            "buttons": [
                {"type": "QUICK_REPLY", "text": "Stop"},
                {"type": "URL", "text": "Buy", "url": "https://x.y/{{1}}"},
            ],
        },
    ],
}


async def send_offer(emulator: Harness) -> str:
    await emulator.control("setup", {"accounts": [{"id": ACCOUNT, "portfolio_id": "4001", "templates": [OFFER]}]})
    body = template_body(ANA, "Ana", name="offer", language="en")
    button = {"type": "button", "sub_type": "url", "index": 1, "parameters": [{"type": "text", "text": "a1"}]}
    body["template"]["components"].append(button)
    wamid = await emulator.send_accepted(body)
    await emulator.settle()
    return wamid


async def test_a_template_is_shown_with_all_its_parts(emulator: Harness):
    await send_offer(emulator)
    (bubble,) = (await emulator.control(CHAT))["bubbles"]
    shown = [(part["kind"], part["text"]) for part in bubble["parts"]]
    assert shown == [
        ("header", "Autumn"),
        ("body", "Hello Ana"),
        ("footer", "Reply STOP"),
        ("button", "Stop"),
        ("button", "Buy"),
    ]
    assert [part["data"] for part in bubble["parts"][3:]] == ["quick_reply|Stop", "url|https://x.y/a1"]


async def test_what_has_not_arrived_is_not_on_the_phone(emulator: Harness):
    await emulator.control("people", {"phone": ANA, "blocked": True})
    await emulator.send_accepted(template_body(ANA, "a", "b"))
    await emulator.settle()
    assert (await emulator.control(CHAT))["bubbles"] == []


async def test_a_person_reads_when_the_chat_is_opened(emulator: Harness):
    await emulator.control("people", {"phone": ANA, "reads": False})
    wamid = await send_offer(emulator)
    assert (await emulator.control(CHAT))["unread"] == 1
    opened = {"phone": ANA, "phone_number_id": NUMBER}
    assert await emulator.control("phones/read", opened) == {"read": 1}
    assert await emulator.control("phones/read", opened) == {"read": 0}
    await emulator.settle()
    assert [status["status"] for status in emulator.gateway.statuses(wamid)] == ["sent", "delivered", "read"]


async def test_a_chat_has_both_sides_in_order(emulator: Harness):
    inbound = await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "text": "open today?"})
    await emulator.send_accepted(text_body(ANA, "Yes", context={"message_id": inbound["id"]}))
    await emulator.settle()
    chat = await emulator.control(CHAT)
    assert [(bubble["mine"], bubble["parts"][-1]["text"]) for bubble in chat["bubbles"]] == [
        (True, "open today?"),
        (False, "Yes"),
    ]
    assert chat["bubbles"][1]["parts"][0]["kind"] == "quote"
    assert chat["window_seconds"] > 86_000


async def test_chats_are_found_by_phone_and_by_name(emulator: Harness):
    await emulator.control("people", {"phone": ANA, "name": "Ana Tanaka"})
    for number in (NUMBER, OTHER_NUMBER):
        await emulator.control("inbound", {"from": ANA, "phone_number_id": number, "text": "hi"})
    await emulator.send_accepted(template_body("+819000000001", "a", "b"))
    await emulator.settle()
    for search, count in (("", 3), ("tanaka", 2), ("1234", 2), ("0000001", 1), ("nobody", 0)):
        chats = (await emulator.control(f"phones/chats?search={search}"))["chats"]
        assert len(chats) == count, search


async def test_habits_that_are_adjusted_leave_the_others(emulator: Harness):
    await emulator.control("people", {"phone": ANA, "name": "Ana", "reads": False})
    await emulator.control("phones/habits", {"phone": ANA, "blocked": True})
    person = (await emulator.control("people/819012345678"))["person"]
    assert (person["name"], person["reads"], person["is_blocking"]) == ("Ana", False, True)


async def test_looking_at_a_phone_makes_nobody_known(emulator: Harness):
    await emulator.control(CHAT)
    assert (await emulator.control("stats"))["people"] == 0


async def test_a_picture_is_shown_by_its_digest_or_id(emulator: Harness):
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "media": {"kind": "image"}})
    part = (await emulator.control(CHAT))["bubbles"][0]["parts"][0]
    for source, status in ((part["text"], 200), ("0" * 16, 404), ("http://127.0.0.1:9/none.png", 404)):
        async with emulator.session.get(f"{emulator.address}/_emulator/phones/file?source={source}") as response:
            assert response.status == status
    assert part["kind"] == "image"


@pytest.mark.parametrize("name", ["phones", "phones/phones.js", "phones/words.js", "phones/phones.css"])
async def test_the_page_needs_nothing_from_elsewhere(emulator: Harness, name):
    async with emulator.session.get(f"{emulator.address}/_emulator/{name}") as response:
        policy = response.headers["Content-Security-Policy"]
        text = await response.text()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "style=" not in text
    assert "https://" not in text.replace("https?:", "")


@pytest.mark.browser
@pytest.mark.skipif(not shutil.which("chromium"), reason="Chromium is not installed")
@pytest.mark.parametrize("width", [390, 1360])
async def test_a_person_types_taps_and_stops_in_the_browser(emulator: Harness, width: int):
    playwright = pytest.importorskip("playwright.async_api")
    await send_offer(emulator)
    async with playwright.async_playwright() as tools:
        browser = await tools.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": width, "height": 844})
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        await page.goto(f"{emulator.address}/_emulator/phones?lang=en")
        await page.click(".chat")
        await page.click(".taps button:has-text('Stop')")
        await page.fill("#text", "こんにちは")
        await page.keyboard.press("Enter")
        if width < 1000:
            await page.click("#more")
        await page.click("#stop-switch")
        await page.get_by_text("fail with 131050").wait_for()
        overflows: Any = await page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
        await browser.close()
    await emulator.settle()
    tapped, typed = emulator.gateway.messages()
    assert (tapped["button"]["payload"], typed["text"]["body"]) == ("Stop", "こんにちは")
    assert (problems, overflows) == ([], False)
    assert any("user_preferences" in value for value in emulator.gateway.values())


PAGE = Path(phone_page.__file__).parent
LANGUAGES = {"en": "Phones", "ja": "スマートフォン", "zh": "手机"}


def words_of_the_page() -> set[str]:
    """Return what the page says in English: its texts, its labels, and what the script says."""
    html, script = (PAGE / name for name in ("phones.html", "phones.js"))
    text = re.sub(r"<option.*?</option>", "", html.read_text(encoding="utf-8"))
    shown = re.findall(r">\s*([^<>]*[A-Za-z][^<>]*?)\s*<", text) + re.findall(
        r'(?:aria-label|placeholder)="([^"]+)"', text
    )
    calls = re.findall(r'\bt\((?:[\w.]+ \? )?"([^"]+)"(?: : "([^"]+)")?', script.read_text(encoding="utf-8"))
    said = [words for call in calls for words in call if words]
    return {" ".join(words.split()) for words in shown + said if not words.startswith("+")}


def test_every_word_of_the_page_is_there_in_three_languages():
    _, ja, zh = (PAGE / "words.js").read_text(encoding="utf-8").split(': {\n    "Phones · emulator"')
    assert len(words_of_the_page()) > 40
    for table in (ja, zh):
        known = set(re.findall(r'^    "((?:[^"\\]|\\.)+)":', table, re.MULTILINE)) | {"Phones · emulator"}
        assert words_of_the_page() - known == set()


@pytest.mark.browser
@pytest.mark.skipif(not shutil.which("chromium"), reason="Chromium is not installed")
@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: make setup")
async def test_axe_finds_nothing_serious_in_any_language(emulator: Harness):
    playwright = pytest.importorskip("playwright.async_api")
    await send_offer(emulator)
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "media": {"kind": "image"}})
    async with playwright.async_playwright() as tools:
        browser = await tools.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for (language, title), scheme in zip(LANGUAGES.items(), ("light", "dark", "light"), strict=True):
            context = await browser.new_context(color_scheme=scheme, bypass_csp=True)
            page = await context.new_page()
            await page.goto(f"{emulator.address}/_emulator/phones?lang={language}#819012345678/{NUMBER}")
            await page.locator("h1", has_text=title).wait_for()
            await page.locator(".bubble").first.wait_for()
            await page.evaluate(AXE.read_text(encoding="utf-8"))
            found: Any = await page.evaluate("axe.run({resultTypes: ['violations']})")
            grave = [one for one in found["violations"] if one["impact"] in {"serious", "critical"}]
            assert [(one["id"], one["nodes"][0]["html"]) for one in grave] == []
        await browser.close()


async def test_a_file_that_a_person_gets_is_not_for_strangers_sites(emulator: Harness):
    """What people send is shown with a type of its own and never as a page."""
    page = {"kind": "document", "content": "PGh0bWw+PHNjcmlwdD4x", "filename": "x.html"}
    await emulator.control("inbound", {"from": ANA, "phone_number_id": NUMBER, "media": page})
    source = (await emulator.control(CHAT))["bubbles"][0]["parts"][0]["text"]
    headers = {"Authorization": f"Bearer {TOKEN}"}
    url = f"{emulator.address}/_emulator/phones/file?source={source}"
    async with emulator.session.get(url, headers=headers) as response:
        assert response.headers["Content-Disposition"] == "attachment"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
