"""What could not be applied is shown whatever it is made of, and applied again on demand."""

import pytest
from django.test import Client

from switchboard.core.tenancy import workspace_scope
from switchboard.web.deadletters.bodies import show_body
from switchboard.webhooks.models import DeadLetter, Event
from tests import factories
from tests.web.conftest import Shop, SignIn
from tests.web.test_health import make_letter


def count_events(workspace_id: int) -> int:
    with workspace_scope(workspace_id):
        return Event.objects.count()


def test_a_letter_is_listed_with_its_reason(shop: Shop, olive: Client) -> None:
    make_letter(shop.workspace.pk, reason="The number 5 is not one of our numbers.")
    assert "The number 5 is not one of our numbers." in olive.get("/dead-letters/").content.decode()


def test_the_rail_counts_letters_only_when_there_are_any(shop: Shop, olive: Client) -> None:
    assert "/dead-letters/" not in olive.get("/").content.decode()
    make_letter(shop.workspace.pk)
    assert '<span class="rail-count">1</span>' in olive.get("/").content.decode()


def test_no_letters_say_that_all_is_well(olive: Client) -> None:
    assert "No dead letters" in olive.get("/dead-letters/").content.decode()


def test_its_body_is_shown_indented(shop: Shop, olive: Client) -> None:
    letter = make_letter(shop.workspace.pk, body=b'{"entry":[{"id":"1"}]}')
    page = olive.get(f"/dead-letters/{letter.pk}/").content.decode()
    assert "&quot;entry&quot;: [\n" in page


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe\x00not json", b'{"text":"\\ud800"}', b"[" * 100_000, b"<script>alert(1)</script>", b"", b"9" * 5000],
)
def test_a_body_of_any_bytes_is_shown_safely(shop: Shop, olive: Client, body: bytes) -> None:
    letter = make_letter(shop.workspace.pk, body=body)
    answer = olive.get(f"/dead-letters/{letter.pk}/")
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content


def test_signs_that_turn_text_round_are_made_visible() -> None:
    assert show_body('{"a":"\u202eevil"}'.encode()).text == '{\n  "a": "\\u202eevil"\n}'


def test_a_large_body_is_cut() -> None:
    shown = show_body(b'"' + b"x" * 1_000_000 + b'"')
    assert shown.is_cut
    assert len(shown.text) < 100_000


def test_the_download_is_byte_for_byte(shop: Shop, olive: Client) -> None:
    letter = make_letter(shop.workspace.pk, body=b"\x00\xff")
    answer = olive.get(f"/dead-letters/{letter.pk}/body")
    assert answer.content == b"\x00\xff"
    assert answer["Content-Type"] == "application/octet-stream"


def test_one_is_replayed(shop: Shop, olive: Client) -> None:
    letter, other = make_letter(shop.workspace.pk), make_letter(shop.workspace.pk)
    page = olive.post(f"/dead-letters/{letter.pk}/replay/", follow=True).content.decode()
    assert "1 letter is being applied again." in page
    assert f"/dead-letters/{other.pk}/" in page
    assert f"/dead-letters/{letter.pk}/" not in page
    assert count_events(shop.workspace.pk) == 1


def test_all_are_replayed_at_once(shop: Shop, olive: Client) -> None:
    for _ in range(3):
        make_letter(shop.workspace.pk)
    assert "3 letters are being applied again." in olive.post("/dead-letters/replay/", follow=True).content.decode()
    assert count_events(shop.workspace.pk) == 3


def test_a_second_replay_of_the_same_does_nothing(shop: Shop, olive: Client) -> None:
    letter = make_letter(shop.workspace.pk)
    olive.post(f"/dead-letters/{letter.pk}/replay/")
    page = olive.post(f"/dead-letters/{letter.pk}/replay/", follow=True).content.decode()
    assert "somebody has done it already" in page
    assert count_events(shop.workspace.pk) == 1


def test_replayed_ones_stay_to_be_read(shop: Shop, olive: Client) -> None:
    letter = make_letter(shop.workspace.pk)
    olive.post(f"/dead-letters/{letter.pk}/replay/")
    assert f"/dead-letters/{letter.pk}/" in olive.get("/dead-letters/?group=replayed").content.decode()


def test_older_ones_are_a_page_further(shop: Shop, olive: Client) -> None:
    oldest = make_letter(shop.workspace.pk, reason="The very oldest of them.")
    for _ in range(50):
        make_letter(shop.workspace.pk)
    assert "The very oldest" not in olive.get("/dead-letters/").content.decode()
    assert "The very oldest" in olive.get(f"/dead-letters/?before={oldest.pk + 1}").content.decode()


def test_another_workspaces_letters_do_not_exist(shop: Shop, sign_in: SignIn) -> None:
    letter = make_letter(shop.workspace.pk)
    sam = sign_in(factories.make_workspace("Sam's Shop"))
    assert sam.get(f"/dead-letters/{letter.pk}/").status_code == 404
    assert sam.get(f"/dead-letters/{letter.pk}/body").status_code == 404
    assert sam.post(f"/dead-letters/{letter.pk}/replay/").status_code == 404
    sam.post("/dead-letters/replay/")
    with workspace_scope(shop.workspace.pk):
        assert DeadLetter.objects.get(pk=letter.pk).replayed_at is None


@pytest.mark.parametrize("role", ["agent", "marketer"])
def test_bodies_are_not_for_everybody(shop: Shop, sign_in: SignIn, role: str) -> None:
    letter = make_letter(shop.workspace.pk)
    client = sign_in(shop.workspace, role)
    addresses = ("/dead-letters/", f"/dead-letters/{letter.pk}/", f"/dead-letters/{letter.pk}/body")
    assert {client.get(address).status_code for address in addresses} == {403}
    assert client.post("/dead-letters/replay/").status_code == 403


def test_a_reason_is_told_in_the_persons_language(shop: Shop, sign_in: SignIn) -> None:
    make_letter(shop.workspace.pk, reason="The phone number id 7 is not one of our numbers.")
    page = sign_in(shop.workspace, language="zh-hans").get("/dead-letters/").content.decode()
    assert "电话号码 ID 7 不是我们的号码。" in page
