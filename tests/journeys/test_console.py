"""The console in a real browser, before the whole running product.

One shop, one browser: the tests build on each other, in their order, so a run keeps a file in one process.
"""

import json
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tests.conftest import copied_home
from tests.outside import environment_with, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)

pytestmark = [
    pytest.mark.journey,
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium: `make setup` installs one where it may"),
    pytest.mark.skipif(not AXE.is_file(), reason="no front-end packages: run `make setup`"),
]

PEOPLE = (
    "電話番号,お名前,言語\n"
    + "\n".join(f"090-3{place:03}-4567,お客様 {place},ja" for place in range(24))
    + "\n12345,短い,ja\n"
)


@dataclass
class RunningDemo:
    """`switchboard demo` that stays, with its console's address and sign-in."""

    process: subprocess.Popen[str]
    told: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Keep what it tells."""
        assert self.process.stdout is not None
        self.told.extend(self.process.stdout)

    def wait_for(self, pattern: str, seconds: float = 120) -> re.Match[str]:
        """Return what it tells as soon as it does."""
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at:
            if found := re.search(pattern, "".join(self.told)):
                return found
            assert self.process.poll() is None, "".join(self.told)[-3000:]
            time.sleep(0.1)
        raise AssertionError(f"{pattern} was never told.\n" + "".join(self.told)[-3000:])


@pytest.fixture(scope="module")
def home(migrated_home: Path) -> Iterator[Path]:
    with copied_home(migrated_home) as copied:
        yield copied


@pytest.fixture(scope="module")
def demo(home: Path) -> Iterator[RunningDemo]:
    """The product, with a small broadcast of its own already on its way."""
    ports = {f"SWITCHBOARD_{name}_PORT": str(free_port()) for name in ("WEB", "GATEWAY", "EMULATOR")}
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "switchboard", "demo", "--recipients", "60", "--numbers", "2"],
        env=environment_with(**ports, SWITCHBOARD_HOME=str(home), COLUMNS="200"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = RunningDemo(process)
    listener = threading.Thread(target=running.listen, daemon=True)
    listener.start()
    yield running
    process.terminate()
    process.wait(timeout=60)
    listener.join(timeout=10)
    if process.stdout is not None:
        process.stdout.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium of the system's."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def page(demo: RunningDemo, browser: Browser) -> Page:
    """Olive, signed in, in English."""
    address = demo.wait_for(r"Console\s+(http://[\d.:]+)")[1]
    password = demo.wait_for(r"password (\S+)")[1]
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", base_url=address).new_page()
    page.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)
    page.goto("/")
    page.get_by_label("E-mail address").fill("olive@example.com")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    return page


def assert_no_serious_findings(page: Page) -> None:
    """Let axe look at the page."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    serious = [one for one in found if one["impact"] in {"serious", "critical"}]
    assert serious == [], json.dumps([[one["id"], one["nodes"][0]["html"]] for one in serious], indent=1)


def test_a_file_becomes_contacts(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "shop.csv"
    file.write_text(PEOPLE, encoding="cp932")
    page.goto("/contacts/imports/new/")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    page.get_by_label("What did these people agree to?").select_option("marketing:opt_in")
    page.get_by_label("Where did they agree?").fill("the till")
    page.get_by_label("Tags for everybody in this file").fill("browser")
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_text("Too short for a phone number").first).to_be_visible()
    page.get_by_role("button", name="Import all rows").click()
    expect(page.get_by_text("Finished")).to_be_visible(timeout=60_000)
    expect(page.locator(".figure", has_text="New").locator(".value")).to_have_text("24")
    page.get_by_role("link", name="See these contacts").click()
    expect(page.get_by_text("お客様 23")).to_be_visible()


def test_a_broadcast_is_made_sent_and_watched_to_its_end(page: Page, tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    Image.new("RGB", (800, 418), (40, 110, 80)).save(picture)
    page.goto("/broadcasts/")
    page.get_by_role("button", name="New broadcast").first.click()
    page.get_by_label("Name").fill("From the browser")
    page.locator("label.chip", has_text="browser").first.click()
    expect(page.locator("#count .value")).to_have_text("24")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("Template", exact=True).select_option("autumn_offer/ja")
    page.get_by_label("Picture above the text").set_input_files(picture)
    for place in page.locator("fieldset.variable").all():
        place.get_by_label("Filled with").select_option("fixed")
        place.get_by_label("Text", exact=True).fill("皆")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Send to 24 people").click()
    expect(page.get_by_role("heading", name="From the browser")).to_be_visible()
    # From here on the page is not touched: the live link alone moves it.
    expect(page.get_by_text("Completed")).to_be_visible(timeout=60_000)
    expect(page.locator(".figure", has_text="Waiting").locator(".value")).to_have_text("0")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two words it takes
    for address in (
        "/",
        "/broadcasts/",
        "/broadcasts/1/",
        "/contacts/",
        "/conversations/",
        "/replies/",
        "/replies/new/",
        "/replies/measures/",
        "/contacts/imports/",
        "/keys/",
        "/numbers/",
        "/templates/",
    ):
        page.goto(address)
        assert_no_serious_findings(page)


def test_the_page_speaks_another_language_at_once(page: Page) -> None:
    page.goto("/numbers/")
    page.locator("summary", has_text="English").click()
    page.get_by_role("button", name="日本語").click()
    expect(page.get_by_role("heading", name="番号", exact=True)).to_be_visible()
    page.locator("summary", has_text="日本語").click()
    page.get_by_role("button", name="English").click()


def test_what_is_typed_while_a_rule_is_shown_anew_stays(page: Page) -> None:
    page.goto("/replies/new/")
    waiting: list[Route] = []
    page.route("**/replies/new/", lambda route: waiting.append(route))
    page.select_option("#r0s0-kind", "buttons")
    page.fill("#r0s0-text", "Which one?")
    expect(page.locator("#rule-form")).to_be_visible()
    page.wait_for_timeout(200)
    waiting[0].continue_()
    expect(page.locator("[name='r0.s0|title0']")).to_be_visible()
    expect(page.locator("#r0s0-text")).to_have_value("Which one?")
    page.unroute("**/replies/new/")


def test_a_rule_is_dragged_to_the_place_of_another(page: Page) -> None:
    page.goto("/replies/")
    rules = page.locator("#rows a.title")
    names = rules.all_inner_texts()
    page.locator("[data-drag]").nth(2).drag_to(rules.nth(0))
    expect(rules.nth(0)).to_have_text(names[2])
    expect(rules.nth(1)).to_have_text(names[0])


def test_the_command_bar_goes_where_one_types(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("templ")
    expect(page.locator("#command-results a[aria-selected='true']")).to_have_text(re.compile("Templates"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Templates")).to_be_visible()


def test_the_red_button_stops_and_resumes(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Stop").click()
    page.get_by_role("button", name="Stop all sending").click()
    expect(page.get_by_text("All sending is stopped since")).to_be_visible()
    page.get_by_role("button", name="Resume sending").click()
    expect(page.get_by_text("Sending goes on.")).to_be_visible()
