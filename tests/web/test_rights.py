"""What each role may do; the same for every address, read from one table."""

import pytest
from django.test import Client

from switchboard.team.rules import Right, has_right
from tests import factories
from tests.web.conftest import Shop, SignIn

WRITES = [
    (Right.SEND, "/broadcasts/new/"),
    (Right.SEND, "/broadcasts/{broadcast}/pause/"),
    (Right.SEND, "/broadcasts/{broadcast}/resume/"),
    (Right.SEND, "/broadcasts/{broadcast}/cancel/"),
    (Right.SEND, "/broadcasts/{broadcast}/edit/audience/"),
    (Right.SEND, "/broadcasts/{broadcast}/edit/message/"),
    (Right.SEND, "/broadcasts/{broadcast}/edit/numbers/"),
    (Right.SEND, "/broadcasts/{broadcast}/edit/schedule/"),
    (Right.SEND, "/broadcasts/{broadcast}/edit/review/"),
    (Right.SEND, "/contacts/imports/new/"),
    (Right.SEND, "/contacts/{contact}/opt-out/"),
    (Right.SEND, "/templates/sync/"),
    (Right.SEND, "/stop/"),
    (Right.ANSWER, "/conversations/1/reply/"),
    (Right.ANSWER, "/conversations/1/take-over/"),
    (Right.ANSWER, "/conversations/1/restart/"),
    (Right.ANSWER, "/conversations/1/resolve/"),
    (Right.PROTECT, "/conversations/hours/"),
    (Right.SEND, "/replies/settings/"),
    (Right.SEND, "/replies/coupons/"),
    (Right.MANAGE, "/prices/save/"),
    (Right.MANAGE, "/keys/"),
    (Right.MANAGE, "/keys/1/rotate/"),
    (Right.MANAGE, "/keys/1/revoke/"),
    (Right.PROTECT, "/resume/"),
    (Right.PROTECT, "/numbers/{number}/pace/"),
    (Right.PROTECT, "/numbers/{number}/stop/"),
    (Right.PROTECT, "/numbers/{number}/resume/"),
]
CASES = [(role, right, address) for role in ("agent", "marketer", "supervisor", "owner") for right, address in WRITES]


@pytest.mark.parametrize(("role", "right", "address"), CASES)
def test_a_role_may_do_what_its_rights_say(shop: Shop, sign_in: SignIn, role: str, right: Right, address: str) -> None:
    broadcast = factories.make_broadcast(shop.workspace, shop.numbers)
    client = sign_in(shop.workspace, role)
    path = address.format(broadcast=broadcast.pk, contact=shop.contacts[0].pk, number=shop.numbers[0].pk)
    refused = client.post(path).status_code == 403
    assert refused is not has_right(role, right)


def test_an_agent_reads_every_page(shop: Shop, sign_in: SignIn) -> None:
    client = sign_in(shop.workspace, "agent")
    pages = ("/", "/broadcasts/", "/contacts/", f"/contacts/{shop.contacts[0].pk}/", "/numbers/", "/templates/")
    assert [client.get(page).status_code for page in pages] == [200] * len(pages)


def test_an_agent_sees_no_button_they_may_not_press(shop: Shop, sign_in: SignIn) -> None:
    client = sign_in(shop.workspace, "agent")
    page = client.get("/numbers/").content.decode() + client.get("/broadcasts/").content.decode()
    assert not any(address in page for address in ("/stop/", "/pace/", "/broadcasts/new/", "/contacts/imports/new/"))


def test_a_refused_form_says_who_can_help(shop: Shop, sign_in: SignIn) -> None:
    client = sign_in(shop.workspace, "agent")
    page = client.post("/broadcasts/new/", headers={"Referer": "http://testserver/broadcasts/"}, follow=True)
    assert "an owner of the workspace can" in page.content.decode()


def test_an_unknown_role_may_nothing(client: Client) -> None:
    assert not any(has_right("visitor", right) for right in Right)
