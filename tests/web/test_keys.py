"""The page of API keys: a secret is shown once, and a key is replaced or taken back."""

from datetime import timedelta

import pytest
from django.test import Client

from switchboard.core import clock
from switchboard.team.models import ApiKey
from tests import factories
from tests.web.conftest import Shop, SignIn

NEW = {"name": "Web shop", "scopes": ["orders:write", "events:write"], "days": "90"}


def test_a_secret_is_shown_once(olive: Client) -> None:
    made = olive.post("/keys/", NEW)
    key = ApiKey.objects.get()
    secret = made.context["made"].secret
    assert secret in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    assert (key.name, key.scopes, key.created_by) == ("Web shop", NEW["scopes"], made.wsgi_request.user.pk)
    assert key.expires_at == key.created_at + timedelta(days=90)
    page = olive.get("/keys/").content.decode()
    assert key.prefix in page
    assert secret not in page
    assert "never" in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"scopes": []}, "Choose at least one thing that the key may do."),
        ({"scopes": ["contacts:burn"]}, "contacts:burn"),
        ({"name": ""}, "This field is required."),
        ({"days": "4"}, "Select a valid choice."),
    ],
)
def test_a_key_that_cannot_be_is_refused_beside_what_was_typed(
    olive: Client, changed: dict[str, object], sentence: str
) -> None:
    answer = olive.post("/keys/", {**NEW, **changed})
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not ApiKey.objects.exists()


def test_a_replaced_key_works_on_for_a_while(shop: Shop, olive: Client) -> None:
    former = factories.make_key(shop.workspace, now=clock.now()).key
    answer = olive.post(f"/keys/{former.pk}/rotate/", {"hours": "24"})
    assert answer.context["made"].secret in answer.content.decode()
    former.refresh_from_db()
    assert former.expires_at is not None
    assert timedelta(hours=23) < former.expires_at - clock.now() <= timedelta(hours=24)
    assert ApiKey.objects.count() == 2
    assert olive.post(f"/keys/{former.pk}/rotate/", {"hours": "-5"}).status_code == 422


def test_a_revoked_key_is_listed_among_those_that_have_ended(shop: Shop, olive: Client) -> None:
    key = factories.make_key(shop.workspace).key
    page = olive.post(f"/keys/{key.pk}/revoke/", follow=True).content.decode()
    assert "The key “Web shop” opens nothing any more." in page
    assert "1 key that has ended" in page
    assert olive.post(f"/keys/{key.pk}/revoke/").status_code == 409


def test_only_an_owner_sees_keys(shop: Shop, sign_in: SignIn) -> None:
    client = sign_in(shop.workspace, "supervisor")
    assert client.get("/keys/").status_code == 403
    assert "/keys/" not in client.get("/").content.decode()
