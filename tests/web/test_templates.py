"""Templates as Meta has them."""

import pytest
from django.test import Client

from switchboard.core.errors import Unavailable
from switchboard.numbers import actions as numbers_actions
from switchboard.numbers.models import Account
from switchboard.templates import actions
from tests import factories
from tests.web.conftest import Shop


def test_languages_of_one_template_stand_together(shop: Shop, olive: Client) -> None:
    factories.make_template(shop.workspace, shop.account, language="zh_CN", body="{{1}}您好，秋季活动。")
    page = olive.get("/templates/").content.decode()
    assert page.count('class="title"') == 1
    assert "Chinese (Simplified, China)</a>" in page
    assert ">zh_CN<" not in page


def test_languages_that_are_called_the_same_keep_their_codes(shop: Shop, olive: Client) -> None:
    for language in ("prs", "prs_AF"):
        factories.make_template(shop.workspace, shop.account, language=language)
    page = olive.get("/templates/").content.decode()
    assert "Dari (prs)</a>" in page
    assert "Dari (prs_AF)</a>" in page
    assert "Japanese</a>" in page


def test_the_bubble_shows_the_chosen_language(shop: Shop, olive: Client) -> None:
    factories.make_template(shop.workspace, shop.account, language="zh_CN", body="{{1}}您好，秋季活动。")
    page = olive.get("/templates/?name=autumn_offer&language=zh_CN").content.decode()
    assert "您好，秋季活动。" in page
    assert "秋祭りです。" not in page


def test_a_rejected_template_stays_with_its_reason(shop: Shop, olive: Client) -> None:
    factories.make_template(
        shop.workspace, shop.account, name="pushy", state="rejected", rejected_reason="It promises too much."
    )
    page = olive.get("/templates/?name=pushy").content.decode()
    assert "Rejected" in page
    assert "It promises too much." in page


def test_syncing_reads_every_account_after_the_request(
    shop: Shop, olive: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    read = []
    monkeypatch.setattr(numbers_actions, "sync_account", lambda **given: read.append(given["account_id"]))
    monkeypatch.setattr(actions, "sync_templates", lambda **given: read.append(given["account_id"]))
    with django_capture_on_commit_callbacks(execute=True):
        assert olive.post("/templates/sync/")["Location"] == "/templates/"
        assert read == []
    assert read == [shop.account.pk, shop.account.pk]


def test_an_account_that_fails_does_not_keep_the_others_from_it(
    shop: Shop, olive: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    other = factories.make_account(shop.workspace)
    read = []

    def sync(*, workspace_id: int, account_id: int, now: object) -> None:
        if account_id == shop.account.pk:
            raise Unavailable
        read.append(account_id)

    monkeypatch.setattr(numbers_actions, "sync_account", sync)
    monkeypatch.setattr(actions, "sync_templates", lambda **given: None)
    with django_capture_on_commit_callbacks(execute=True):
        olive.post("/templates/sync/")
    assert read == [other.pk]


def test_what_went_wrong_with_an_account_is_shown(shop: Shop, olive: Client) -> None:
    Account.objects.update(
        sync_error="Meta no longer accepts the access token. Create a new one in Meta Business Suite and enter it for the account. (Meta's error 190)"
    )
    olive.post("/language/", {"language": "zh-hans"})
    assert "Meta 不再接受该访问令牌。" in olive.get("/templates/").content.decode()
