"""Three languages, kept with the person, chosen before signing in too."""

import pytest
from django.test import Client

from switchboard.team.models import User
from tests.web.conftest import Shop, SignIn

NAMES = [("ja", "一斉配信"), ("zh-hans", "群发"), ("en", "Broadcasts")]


@pytest.mark.parametrize(("language", "word"), NAMES)
def test_a_person_reads_pages_in_their_language(shop: Shop, sign_in: SignIn, language: str, word: str) -> None:
    answer = sign_in(shop.workspace, language=language).get("/broadcasts/")
    assert f"<h1>{word}</h1>" in answer.content.decode()
    assert answer["Content-Language"] == language


def test_the_choice_stays_with_the_person(shop: Shop, olive: Client) -> None:
    answer = olive.post("/language/", {"language": "ja", "next": "/numbers/"})
    assert answer["Location"] == "/numbers/"
    assert User.objects.get(email__startswith="owner").language == "ja"


def test_the_sign_in_page_speaks_the_browsers_language(db: None, client: Client) -> None:
    page = client.get("/accounts/login/", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).content.decode()
    assert "电子邮箱" in page


def test_a_stranger_chooses_a_language(db: None, client: Client) -> None:
    client.post("/language/", {"language": "ja", "next": "/accounts/login/"})
    assert "ログイン" in client.get("/accounts/login/").content.decode()


def test_an_unknown_language_changes_nothing(db: None, client: Client) -> None:
    client.post("/language/", {"language": "xx"})
    assert "language" not in client.session


def test_the_choice_leads_nowhere_else(db: None, client: Client) -> None:
    assert client.post("/language/", {"language": "ja", "next": "https://evil.example/"})["Location"] == "/"
