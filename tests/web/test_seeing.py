"""Whoever may not see people's numbers finds none on any page: attacks, one by one."""

import pytest
from django.test import Client

from switchboard.contacts.models import Contact, Identity
from tests.web.conftest import Shop, SignIn
from tests.web.test_conversations import make_thread

PAGES = [
    "/",
    "/conversations/",
    "/conversations/{thread}/",
    "/contacts/",
    "/contacts/?q=%2B81",
    "/contacts/{hana}/",
    "/search/?q=%2B81",
    "/replies/",
    "/replies/unanswered/",
]


@pytest.fixture
def nameless(shop: Shop) -> Contact:
    """Somebody without a name, whom pages would call by the number."""
    hana: Contact = shop.contacts[0]
    Contact.objects.filter(pk=hana.pk).update(name="")
    wa_id = (hana.phone or "").lstrip("+")
    Identity.objects.get_or_create(workspace=shop.workspace, contact=hana, kind="wa_id", value=wa_id)
    return hana


def read_digits(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return "".join(sign for sign in answer.content.decode() if sign not in "-\u00a0 ()")


@pytest.mark.parametrize("page", PAGES)
def test_no_page_shows_an_agent_a_whole_number(shop: Shop, sign_in: SignIn, nameless: Contact, page: str) -> None:
    path = page.format(hana=nameless.pk, thread=make_thread(shop).pk)
    assert (nameless.phone or "")[4:] not in read_digits(sign_in(shop.workspace, "agent"), path)


@pytest.mark.parametrize("page", ["/", "/conversations/"])
def test_a_supervisor_is_told_the_number_of_somebody_without_a_name(
    shop: Shop, sign_in: SignIn, nameless: Contact, page: str
) -> None:
    make_thread(shop)
    assert (nameless.phone or "")[4:] in read_digits(sign_in(shop.workspace, "supervisor"), page)


def test_a_contact_put_into_a_sentence_is_never_its_number(nameless: Contact) -> None:
    nameless.refresh_from_db()
    assert str(nameless) == f"contact {nameless.pk}"


@pytest.mark.parametrize("length", [4, 6, 8, 9])
def test_parts_of_a_number_find_nobody_for_an_agent(
    shop: Shop, sign_in: SignIn, nameless: Contact, length: int
) -> None:
    client, phone = sign_in(shop.workspace, "agent"), nameless.phone or ""
    for part in (phone[:length], phone[-length:], phone[3 : 3 + length]):
        for path in ("/contacts/", "/search/"):
            page = client.get(path, {"q": part}).content.decode()
            assert f"/contacts/{nameless.pk}/" not in page, (path, part)


CLOSED = [
    "/contacts/{hana}/merge/?who=%2B8190",
    "/contacts/{hana}/archive.zip",
    "/contacts/exports/",
    "/contacts/exports/1/",
    "/contacts/orders/",
    "/contacts/orders/1/",
    "/contacts/orders/1/refused.csv",
    "/contacts/imports/1/map/",
    "/contacts/imports/1/check/",
    "/contacts/imports/1/refused.csv",
    "/contacts/fields/",
]


@pytest.mark.parametrize("page", CLOSED)
def test_pages_that_hold_numbers_are_closed_to_an_agent(
    shop: Shop, sign_in: SignIn, nameless: Contact, page: str
) -> None:
    assert sign_in(shop.workspace, "agent").get(page.format(hana=nameless.pk)).status_code == 403
