"""Who gets in, and what they see when they do not."""

import pytest
from django.test import Client

from tests.web.conftest import PASSWORD, Shop, make_person

PAGES = (
    "/",
    "/broadcasts/",
    "/contacts/",
    "/contacts/imports/",
    "/numbers/",
    "/templates/",
    "/search/",
    "/live/",
    "/bands/",
)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_sends_strangers_to_the_sign_in(db: None, client: Client, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={page}"


def test_a_person_signs_in_with_address_and_password(shop: Shop, client: Client) -> None:
    make_person("sam@example.com")
    answer = client.post("/accounts/login/", {"login": "Sam@example.com", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_wrong_password_is_refused_in_one_sentence(db: None, client: Client) -> None:
    make_person("sam@example.com")
    answer = client.post("/accounts/login/", {"login": "sam@example.com", "password": "wrong"})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()


def test_nobody_signs_up_by_themselves(db: None, client: Client) -> None:
    client.post("/accounts/signup/", {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD})
    assert not client.login(email="new@example.com", password=PASSWORD)


def test_somebody_without_a_workspace_is_told_whom_to_ask(db: None, client: Client) -> None:
    client.force_login(make_person("sam@example.com"))
    answer = client.get("/broadcasts/")
    assert answer.status_code == 403
    assert "Ask an owner to invite this address" in answer.content.decode()


def test_somebody_without_a_workspace_can_change_the_password(db: None, client: Client) -> None:
    client.force_login(make_person("sam@example.com"))
    assert client.get("/accounts/password/change/").status_code == 200


def test_a_part_of_a_page_reloads_the_whole_when_the_session_is_over(db: None, client: Client) -> None:
    answer = client.get("/bands/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/numbers/"})
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "http://testserver/numbers/"


def test_the_reset_of_passwords_is_offered_only_with_a_mail_server(db: None, client: Client, settings) -> None:
    assert "/accounts/password/reset/" not in client.get("/accounts/login/").content.decode()
    settings.EMAIL_HOST = "mail.example.com"
    assert "/accounts/password/reset/" in client.get("/accounts/login/").content.decode()


def test_whoever_signed_in_long_ago_is_asked_for_the_password_before_a_second_factor(olive: Client) -> None:
    answer = olive.get("/accounts/2fa/totp/activate/")
    assert (answer.status_code, "reauthenticate" in answer.headers.get("Location", "")) == (302, True)
