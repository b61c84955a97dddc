"""One real number, step by step, against a running emulator."""

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from switchboard.core import clock
from switchboard.core.tenancy import workspace_scope
from switchboard.delivery.models import Delivery, Outbox
from switchboard.delivery.types import State
from switchboard.numbers.models import Account, App, Number
from switchboard.team.models import Workspace
from tests import factories
from tests.web.conftest import SignIn

SECRET, TOKEN = "9f8e7d-app-secret", "EAAB-system-user-token"
GIVEN = {"app_id": "3001", "app_secret": SECRET, "account_id": "2001", "portfolio_id": "4001", "token": TOKEN}
HELLO = {
    "name": "hello_world",
    "language": "en_US",
    "category": "UTILITY",
    "components": [{"type": "BODY", "text": "Welcome and congratulations!"}],
}
Post = Callable[..., str]


def control(address: str, path: str, body: dict[str, Any]) -> None:
    request = urllib.request.Request(f"{address}/_emulator/{path}", json.dumps(body).encode(), method="POST")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.status == 200


def set_up(address: str, *, subscribed: bool = False, status: str = "CONNECTED", pin: str = "") -> None:
    number = {"id": "1001", "display_phone_number": "+1 555-005-1310", "verified_name": "Olive", "status": status}
    number["pin"] = pin
    body = {
        "apps": [
            {"app_id": "3001", "secret": SECRET, "token": TOKEN},
            {"app_id": "3002", "secret": "other", "token": "token-of-another"},
        ],
        "portfolios": [{"id": "4001"}],
        "accounts": [
            {
                "id": "2001",
                "portfolio_id": "4001",
                "app_ids": ["3001"],
                "subscribed": subscribed,
                "numbers": [number],
                "templates": [HELLO],
            }
        ],
    }
    control(address, "setup", body)


@pytest.fixture(scope="module")
def emulator_address() -> Iterator[str]:
    """A running emulator, as `switchboard emulator` starts it."""
    command = [sys.executable, "-m", "emulator", "--port", "0", "--delays", "fast"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://[\d.:]+", process.stdout.readline())
        assert found is not None
        yield found[0]
        process.terminate()


@pytest.fixture
def emulator(emulator_address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The emulator with one account that is not subscribed yet."""
    monkeypatch.setenv("SWITCHBOARD_CLOUD_API_URL", f"{emulator_address}/v26.0")
    set_up(emulator_address)
    return emulator_address


@pytest.fixture
def workspace(db: None) -> Workspace:
    """A shop that has nothing yet."""
    return factories.make_workspace()


@pytest.fixture
def olive(workspace: Workspace, sign_in: SignIn) -> Client:
    """Olive, who owns it."""
    return sign_in(workspace)


@pytest.fixture
def post(olive: Client, django_capture_on_commit_callbacks) -> Post:
    """Send a form, let what follows the commit happen, and return the page one lands on."""

    def send(address: str, body: dict[str, Any] | None = None) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            answer = olive.post(address, body or {})
        target = answer["Location"].partition("#")[0] if answer.status_code == 302 else ""
        return (olive.get(target) if target else answer).content.decode()

    return send


def find_account(workspace: Workspace) -> Account:
    with workspace_scope(workspace.pk):
        return Account.objects.select_related("app").get()


def ticks(page: str) -> dict[str, str]:
    """Return what stands beside each tick of the first step."""
    text = re.sub(r"<svg.*?</svg>", "", page.partition('id="webhook"')[0], flags=re.DOTALL)
    found = re.findall(r"<span>\s*([^<]+?)\s*<span class=\"visually-hidden\">\s*(\w[\w ]*?)\s*</span>", text)
    return dict(found)


def test_right_credentials_get_a_tick_each(post: Post, emulator: str) -> None:
    found = ticks(post("/numbers/connect/", GIVEN))
    assert len(found) == 7
    assert set(found.values()) == {"Good"}


def test_numbers_and_templates_are_read_at_once(post: Post, emulator: str, workspace: Workspace) -> None:
    page = post("/numbers/connect/", GIVEN)
    assert "+1 555-005-1310" in page
    assert "hello_world (en_US)" in page


def test_a_wrong_token_is_told_and_nothing_else_is_tried(post: Post, emulator: str) -> None:
    page = post("/numbers/connect/", GIVEN | {"token": "expired"})
    assert "Meta does not accept the token." in page
    assert ticks(page)["The token is valid"] == "Wrong"
    assert ticks(page)["The token may read the account"] == "Not tried"


def test_a_wrong_secret_is_told_and_the_rest_tried_all_the_same(post: Post, emulator: str) -> None:
    page = post("/numbers/connect/", GIVEN | {"app_secret": "wrong"})
    assert "The app secret is not the one of the app" in page
    assert ticks(page)["Permission whatsapp_business_messaging"] == "Good"


def test_a_token_for_another_account_is_told(post: Post, emulator: str) -> None:
    page = post("/numbers/connect/", GIVEN | {"token": "token-of-another", "app_secret": "other"})
    assert "The token may not read this account." in page


@pytest.mark.parametrize(
    ("permission", "missing", "label"),
    [
        ("whatsapp_business_messaging", "whatsapp_business_management", "Permission whatsapp_business_management"),
        ("whatsapp_business_management", "whatsapp_business_messaging", "Permission whatsapp_business_messaging"),
    ],
)
def test_a_missing_permission_is_told_by_its_name(
    post: Post, emulator: str, permission: str, missing: str, label: str
) -> None:
    token = {"token": "limited", "app_id": "3001", "permissions": [permission]}
    control(emulator, "setup", {"tokens": [token]})
    page = post("/numbers/connect/", GIVEN | {"token": "limited"})
    assert f"The token lacks the permission {missing}. Create it again with that permission ticked." in page
    assert ticks(page)[label] == "Wrong"


def test_a_wrong_pin_is_told(post: Post, emulator: str, workspace: Workspace) -> None:
    control(emulator, "reset", {})
    set_up(emulator, status="PENDING", pin="111111")
    post("/numbers/connect/", GIVEN)
    with workspace_scope(workspace.pk):
        number_id = Number.objects.get().pk
    address = f"/numbers/connect/{find_account(workspace).pk}/register/"
    page = post(address, {"number": number_id, "pin": "222222"})
    assert "The number&#x27;s PIN is wrong. Enter the right one" in page
    with workspace_scope(workspace.pk):
        assert Number.objects.get().state == "pending"
    control(emulator, "reset", {})


def test_another_portfolio_is_told(post: Post, emulator: str) -> None:
    assert "The account belongs to another portfolio." in post("/numbers/connect/", GIVEN | {"portfolio_id": "5"})


def test_an_api_that_does_not_answer_is_told(post: Post, emulator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHBOARD_CLOUD_API_URL", "http://127.0.0.1:9/v26.0")
    assert "The Cloud API cannot be reached" in post("/numbers/connect/", GIVEN)


def test_a_mended_account_is_checked_again(post: Post, emulator: str, workspace: Workspace) -> None:
    post("/numbers/connect/", GIVEN | {"token": "expired"})
    account = find_account(workspace)
    post("/numbers/connect/", GIVEN)
    page = post(f"/numbers/connect/{account.pk}/check/")
    assert set(ticks(page).values()) == {"Good"}


def test_no_secret_is_ever_shown_again(post: Post, emulator: str, olive: Client, workspace: Workspace) -> None:
    pages = post("/numbers/connect/", GIVEN) + olive.get("/numbers/connect/").content.decode()
    pages += olive.post("/numbers/connect/", GIVEN | {"app_id": ""}).content.decode()
    assert SECRET not in pages
    assert TOKEN not in pages
    with workspace_scope(workspace.pk):
        assert TOKEN.encode() not in bytes(Account.objects.get().token_encrypted)


def test_a_new_app_needs_its_secret_and_a_known_one_does_not(post: Post, emulator: str, workspace: Workspace) -> None:
    assert "Enter the app&#x27;s secret" in post("/numbers/connect/", GIVEN | {"app_secret": ""})
    post("/numbers/connect/", GIVEN)
    before = find_account(workspace).app.verify_token_encrypted
    assert set(ticks(post("/numbers/connect/", GIVEN | {"app_secret": ""})).values()) == {"Good"}
    assert bytes(find_account(workspace).app.verify_token_encrypted) == bytes(before)


def test_the_address_to_copy_names_the_app(post: Post, emulator: str) -> None:
    page = post("/numbers/connect/", GIVEN)
    assert "/webhooks/3001</dd>" in page
    assert "Waiting for the first event…" in page


def test_the_first_event_turns_the_page_and_hides_the_verify_token(
    post: Post, emulator: str, olive: Client, workspace: Workspace
) -> None:
    page = post("/numbers/connect/", GIVEN)
    token = re.findall(r'<span class="mono select-all">([^<]+)</span>', page)[0]
    account = find_account(workspace)
    with workspace_scope(workspace.pk):
        App.objects.update(heard_at=clock.now())
    part = olive.get(
        f"/numbers/connect/{account.pk}/", headers={"HX-Request": "true", "HX-Target": "webhook-step"}
    ).content.decode()
    assert "Signed events arrive." in part
    assert token not in part
    assert "<html" not in part


def test_a_new_verify_token_is_shown_once_and_replaces_the_old_one(
    post: Post, emulator: str, workspace: Workspace
) -> None:
    first = re.findall(r'<span class="mono select-all">([^<]+)</span>', post("/numbers/connect/", GIVEN))
    with workspace_scope(workspace.pk):
        App.objects.update(heard_at=clock.now())
    page = post(f"/numbers/connect/{find_account(workspace).pk}/verify-token/")
    shown = re.findall(r'<span class="mono select-all">([^<]+)</span>', page)
    assert len(shown) == 1
    assert shown != first


def test_the_app_is_subscribed(post: Post, emulator: str, workspace: Workspace) -> None:
    assert "The app does not get this account&#x27;s webhooks yet." in post("/numbers/connect/", GIVEN)
    page = post(f"/numbers/connect/{find_account(workspace).pk}/subscribe/", {"override_url": ""})
    assert "The app gets this account's webhooks." in page


def test_an_override_that_does_not_answer_is_told(post: Post, emulator: str, workspace: Workspace) -> None:
    post("/numbers/connect/", GIVEN)
    address = {"override_url": "http://127.0.0.1:9/webhooks/3001"}
    page = post(f"/numbers/connect/{find_account(workspace).pk}/subscribe/", address)
    assert "(Meta&#x27;s error " in page


def test_an_override_that_is_no_address_is_refused(post: Post, emulator: str, workspace: Workspace) -> None:
    post("/numbers/connect/", GIVEN)
    page = post(f"/numbers/connect/{find_account(workspace).pk}/subscribe/", {"override_url": "shop"})
    assert "Meta calls only addresses that begin with https://" in page


def test_a_number_is_registered_with_its_pin(post: Post, emulator: str, workspace: Workspace) -> None:
    set_up(emulator, status="PENDING")
    assert "PIN of six digits" in post("/numbers/connect/", GIVEN)
    with workspace_scope(workspace.pk):
        number = Number.objects.get()
    page = post(f"/numbers/connect/{find_account(workspace).pk}/register/", {"number": number.pk, "pin": "123456"})
    assert "PIN of six digits" not in page
    with workspace_scope(workspace.pk):
        assert Number.objects.get().state == "connected"


def test_a_pin_that_is_none_is_refused(post: Post, emulator: str, workspace: Workspace) -> None:
    set_up(emulator, status="PENDING")
    post("/numbers/connect/", GIVEN)
    with workspace_scope(workspace.pk):
        number = Number.objects.get()
    page = post(f"/numbers/connect/{find_account(workspace).pk}/register/", {"number": number.pk, "pin": "12"})
    assert "The PIN has six digits." in page


def send_test(post: Post, workspace: Workspace, **more: Any) -> str:
    post("/numbers/connect/", GIVEN)
    with workspace_scope(workspace.pk):
        number = Number.objects.get()
    page = post("/numbers/connect/", GIVEN)
    template = re.findall(r'<option value="(\d+)">hello_world', page)[0]
    body = {"number": number.pk, "template": template, "phone": "090-1234-5678", "agreed": "on", **more}
    return post(f"/numbers/connect/{find_account(workspace).pk}/test/", body)


def test_a_test_message_waits_for_the_sender(post: Post, emulator: str, workspace: Workspace) -> None:
    page = send_test(post, workspace)
    assert "+81 90-1234-5678" in page
    assert "Accepted by Meta" in page
    with workspace_scope(workspace.pk):
        assert Outbox.objects.count() == 1


def test_its_ticks_follow_the_statuses(post: Post, emulator: str, olive: Client, workspace: Workspace) -> None:
    page = send_test(post, workspace)
    message_id = re.findall(r"\?test=([0-9a-f-]{36})", page)[0]
    now = clock.now()
    with workspace_scope(workspace.pk):
        Delivery.objects.create(
            message_id=message_id,
            workspace_id=workspace.pk,
            state=State.DELIVERED,
            accepted_at=now,
            sent_at=now,
            delivered_at=now,
        )
    address = f"/numbers/connect/{find_account(workspace).pk}/?test={message_id}"
    part = olive.get(address, headers={"HX-Request": "true", "HX-Target": "test-result"}).content.decode()
    assert part.count("<time") == 3


def test_a_test_needs_the_owners_agreement(post: Post, emulator: str, workspace: Workspace) -> None:
    send_test(post, workspace, agreed="")
    with workspace_scope(workspace.pk):
        assert not Outbox.objects.exists()


def test_a_test_to_no_phone_is_refused(post: Post, emulator: str, workspace: Workspace) -> None:
    assert "That is not a phone number." in send_test(post, workspace, phone="shop")


def test_another_workspaces_account_does_not_exist(
    post: Post, emulator: str, workspace: Workspace, sign_in: SignIn
) -> None:
    post("/numbers/connect/", GIVEN)
    account = find_account(workspace)
    sam = sign_in(factories.make_workspace("Sam's Shop"))
    assert sam.get(f"/numbers/connect/{account.pk}/").status_code == 404
    for step in ("check", "verify-token", "subscribe", "register", "test"):
        assert sam.post(f"/numbers/connect/{account.pk}/{step}/").status_code == 404


def test_an_app_of_another_workspace_is_refused(post: Post, emulator: str, workspace: Workspace) -> None:
    other = factories.make_workspace("Sam's Shop")
    account = factories.make_account(other)
    with workspace_scope(other.pk):
        App.objects.filter(pk=account.app_id).update(meta_id="3001")
    assert "Another workspace of this installation has connected it already." in post("/numbers/connect/", GIVEN)


@pytest.mark.parametrize("step", ["", "1/", "1/check/", "1/verify-token/", "1/subscribe/", "1/register/", "1/test/"])
def test_connecting_is_not_for_marketers(workspace: Workspace, sign_in: SignIn, step: str) -> None:
    client = sign_in(workspace, "marketer")
    method = client.get if step in {"", "1/"} else client.post
    assert method(f"/numbers/connect/{step}").status_code == 403


def test_every_page_links_the_way_in(olive: Client) -> None:
    assert "/numbers/connect/" in olive.get("/numbers/").content.decode()
    assert "/numbers/connect/" in olive.get("/search/?q=connect").content.decode()
