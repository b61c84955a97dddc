"""One workspace's things do not exist for another."""

import pytest

from switchboard.team.models import Workspace
from tests import factories
from tests.web.conftest import Shop, SignIn

ADDRESSES = [
    "/broadcasts/{broadcast}/",
    "/broadcasts/{broadcast}/recipients/",
    "/broadcasts/{broadcast}/edit/audience/",
    "/broadcasts/{broadcast}/edit/review/",
    "/contacts/{contact}/",
    "/contacts/imports/1/",
    "/contacts/imports/1/refused.csv",
    "/templates/assets/1/",
]
WRITES = [
    "/keys/{key}/revoke/",
    "/broadcasts/{broadcast}/pause/",
    "/broadcasts/{broadcast}/cancel/",
    "/contacts/{contact}/opt-out/",
    "/numbers/{number}/stop/",
    "/numbers/{number}/pace/",
]


@pytest.fixture
def elsewhere(shop: Shop) -> Workspace:
    """Sam's shop, beside Olive's."""
    return factories.make_workspace("Sam's Shop")


@pytest.mark.parametrize("address", ADDRESSES)
def test_another_workspaces_page_is_not_found(shop: Shop, elsewhere: Workspace, sign_in: SignIn, address: str) -> None:
    broadcast = factories.make_broadcast(shop.workspace, shop.numbers)
    client = sign_in(elsewhere)
    assert client.get(address.format(broadcast=broadcast.pk, contact=shop.contacts[0].pk)).status_code == 404


@pytest.mark.parametrize("address", WRITES)
def test_another_workspaces_thing_cannot_be_changed(
    shop: Shop, elsewhere: Workspace, sign_in: SignIn, address: str
) -> None:
    broadcast = factories.make_broadcast(shop.workspace, shop.numbers)
    client = sign_in(elsewhere)
    ids = {
        "contact": shop.contacts[0].pk,
        "number": shop.numbers[0].pk,
        "key": factories.make_key(shop.workspace).key.pk,
    }
    path = address.format(broadcast=broadcast.pk, **ids)
    assert client.post(path, {"pace": "full"}).status_code == 404


def test_lists_show_ones_own_only(shop: Shop, elsewhere: Workspace, sign_in: SignIn) -> None:
    factories.make_broadcast(shop.workspace, shop.numbers, name="Olive's secret")
    client = sign_in(elsewhere)
    pages = "".join(client.get(page).content.decode() for page in ("/", "/broadcasts/", "/contacts/", "/numbers/"))
    assert not any(name in pages for name in ("Olive's secret", "花子", "Shop 1"))


def test_the_search_finds_ones_own_only(shop: Shop, elsewhere: Workspace, sign_in: SignIn) -> None:
    assert "花子" not in sign_in(elsewhere).get("/search/?q=花").content.decode().replace('value="花"', "")


def test_a_person_cannot_switch_to_a_workspace_they_do_not_belong_to(
    shop: Shop, elsewhere: Workspace, sign_in: SignIn
) -> None:
    assert sign_in(elsewhere).post("/workspace/", {"workspace": shop.workspace.pk}).status_code == 404


def test_a_person_of_two_workspaces_switches(shop: Shop, elsewhere: Workspace, sign_in: SignIn) -> None:
    client = sign_in(elsewhere)
    olive = sign_in(shop.workspace, "marketer")
    assert olive is client
    factories.make_broadcast(shop.workspace, shop.numbers, name="Here it is")
    olive.post("/workspace/", {"workspace": shop.workspace.pk})
    assert "Here it is" in olive.get("/broadcasts/").content.decode()
