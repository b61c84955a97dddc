"""Who is let in: the right key, while it works, for what it may do, in its own workspace."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from switchboard.api import urls
from switchboard.core import clock
from switchboard.core.tenancy import workspace_scope
from switchboard.team import actions as team_actions
from switchboard.team.keys import SCOPES
from switchboard.team.models import ApiKey, Workspace
from tests import factories
from tests.api.conftest import Program


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "key_absent"),
        ("Bearer ", "key_absent"),
        ("Basic b2xpdmU6b2xpdmU=", "key_absent"),
        ("Bearer swb_" + "0" * 64, "key_unknown"),
        ("Bearer swb_%00\x7f' OR 1=1 --", "key_unknown"),
        ("Bearer " + "x" * 10_000, "key_unknown"),
    ],
)
def test_nobody_is_let_in_without_a_key_of_ours(olive: Workspace, header: str, code: str) -> None:
    factories.make_key(olive)
    answer = Client().get("/api/v1/contacts", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.json()["code"], answer["WWW-Authenticate"]) == (401, code, "Bearer")
    assert "Authorization: Bearer swb_" in answer.json()["what_to_do"]


def test_a_key_that_has_ended_says_when(olive: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    made = factories.make_key(olive, expires_at=now + timedelta(hours=1))
    program = Program(olive, made.secret)
    assert program.get("contacts").status_code == 200
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=1))
    answer = program.get("contacts")
    assert (answer.status_code, answer.json()["code"]) == (401, "key_over")
    assert f"{now + timedelta(hours=1):%Y-%m-%d at %H:%M} UTC" in answer.json()["message"]


def test_a_key_that_was_revoked_opens_nothing(program: Program) -> None:
    team_actions.revoke_key(workspace_id=program.workspace.pk, key_id=ApiKey.objects.get().pk, now=clock.now())
    assert program.get("contacts").status_code == 401


ADDRESSES = [
    ("contacts:read", "get", "contacts"),
    ("contacts:read", "get", "contacts/1"),
    ("contacts:read", "get", "contacts/1/may-write?category=utility"),
    ("consent:write", "post", "contacts/1/opt-out"),
    ("consent:write", "post", "contacts/1/opt-in"),
    ("imports:write", "post", "imports"),
    ("imports:write", "post", "imports/1/stop"),
    ("imports:write", "post", "imports/1/undo"),
    ("imports:read", "get", "imports/1"),
    ("imports:read", "get", "imports/1/refused"),
    ("orders:write", "post", "orders"),
    ("orders:write", "post", "refunds"),
    ("events:write", "post", "events"),
]


@pytest.mark.parametrize(("scope", "method", "path"), ADDRESSES)
def test_each_address_asks_for_its_scope(olive: Workspace, scope: str, method: str, path: str) -> None:
    others = [one for one in SCOPES if one not in {scope, "imports:write"}]
    refused = Program(olive, factories.make_key(olive, scopes=others).secret).call(method, path)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert scope in refused.json()["message"]
    assert Program(olive, factories.make_key(olive, scopes=[scope]).secret).call(method, path).status_code != 403


def test_no_address_is_left_out_of_the_table() -> None:
    told = [
        (one["x-scope"], method, path.removeprefix("/api/v1/"))
        for path, item in urls.render_document()["paths"].items()
        for method, one in item.items()
    ]
    tried = [
        (
            scope,
            method,
            re.sub(r"(contacts|imports)/1", lambda found: f"{found[1]}/{NAMES[found[1]]}", path.split("?")[0]),
        )
        for scope, method, path in ADDRESSES
    ]
    assert sorted(tried) == sorted(told)


NAMES = {"contacts": "{person}", "imports": "{import_id}"}


def test_another_workspaces_things_do_not_exist(program: Program) -> None:
    sam = factories.make_workspace("Sam's Shop")
    emma = factories.make_contact(sam, phone="+819012345678", name="Emma")
    for path in (f"contacts/{emma.pk}", "contacts/+819012345678", f"contacts/{emma.pk}/may-write?category=utility"):
        assert program.get(path).status_code == 404
    assert program.post(f"contacts/{emma.pk}/opt-out").status_code == 404
    assert program.get("contacts").json()["items"] == []
    assert program.get(f"contacts?id={emma.pk}").json()["items"] == []


def test_a_session_beside_a_key_changes_nothing(program: Program) -> None:
    """Somebody signed in to another workspace tries the key in their browser."""
    sam = factories.make_workspace("Sam's Shop")
    factories.make_contact(sam, name="Emma")
    user = team_actions.ensure_user(email="sam@example.com", password="a long password 7")
    with workspace_scope(sam.pk, user.pk):
        team_actions.add_member(workspace_id=sam.pk, user_id=user.pk, role="owner", now=clock.now())
    browser = Client()
    browser.force_login(user)
    assert browser.get("/api/v1/contacts").status_code == 401
    answer = browser.get("/api/v1/contacts", headers={"Authorization": f"bearer {program.secret}"})
    assert answer.json()["items"] == []


def test_a_refused_request_was_a_use_of_the_key(program: Program) -> None:
    assert program.post("orders", {"id": "A-1"}).status_code == 422
    assert ApiKey.objects.get().last_used_at is not None
