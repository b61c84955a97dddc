"""Accounts are connected and read from Meta."""

from datetime import timedelta

import pytest

from switchboard.cloudapi.client import NumberInfo, Throughput
from switchboard.core import secrets
from switchboard.core.tenancy import workspace_scope
from switchboard.numbers import actions, queries, wire
from switchboard.numbers.errors import (
    AccountMissingError,
    SyncFailedError,
    SyncRefusedError,
    TakenError,
    TokenMissingError,
)
from switchboard.numbers.models import Account, App, Number, NumberState, Quality
from switchboard.team.models import Workspace
from tests.cloud import AWAY, WRONG_TOKEN, FakeCloud
from tests.conftest import NOON
from tests.factories import make_account, make_number, make_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace(db: None) -> Workspace:
    return make_workspace()


def info(number_id: str = "71", **values: object) -> NumberInfo:
    known = {"status": "CONNECTED", "quality_rating": "GREEN", "verified_name": "Olive", **values}
    return NumberInfo(id=number_id, display_phone_number=f"+81 50-3100-00{number_id}", **known)  # type: ignore[arg-type]


def sync(account: Account, cloud: FakeCloud, later: timedelta = timedelta(0)) -> list[Number]:
    return actions.sync_account(
        workspace_id=account.workspace_id, account_id=account.pk, now=NOON + later, call=cloud.call
    )


def test_secrets_are_stored_encrypted(workspace: Workspace) -> None:
    account = make_account(workspace, token="EAAG-secret")
    stored = bytes(Account.objects.get(pk=account.pk).token_encrypted)
    assert b"EAAG-secret" not in stored
    assert queries.read_token(account) == "EAAG-secret"


def test_a_new_app_secret_keeps_the_one_before_it(workspace: Workspace) -> None:
    for secret in ("first", "second", "second"):
        actions.connect_app(workspace_id=workspace.pk, meta_id="880", name="App", secret=secret, verify_token="verify")
    app = App.objects.get(meta_id="880")
    assert app.previous_secret_encrypted is not None
    assert [secrets.decrypt(app.secret_encrypted), secrets.decrypt(app.previous_secret_encrypted)] == [
        "second",
        "first",
    ]


def test_it_refuses_an_account_without_a_token(workspace: Workspace) -> None:
    with pytest.raises(TokenMissingError):
        make_account(workspace, token=" ")


def test_an_app_belongs_to_one_workspace(workspace: Workspace) -> None:
    given = {"meta_id": "880", "name": "App", "secret": "s", "verify_token": "v"}
    actions.connect_app(workspace_id=workspace.pk, **given)
    other = make_workspace("Sam's Shop")
    with workspace_scope(other.pk), pytest.raises(TakenError):
        actions.connect_app(workspace_id=other.pk, **given)


def test_numbers_are_read_and_start_careful(workspace: Workspace) -> None:
    account = make_account(workspace)
    cloud = FakeCloud(numbers=[info("71"), info("72", quality_rating="RED", throughput=Throughput("HIGH"))])
    first, second = sync(account, cloud)
    assert cloud.tokens == ["EAAG-a-token"]
    assert (first.state, first.quality, first.throughput, first.pace) == ("connected", "green", 80, "careful")
    assert (second.quality, second.throughput, second.in_use_since) == ("red", 1000, NOON.date())
    assert Account.objects.get(pk=account.pk).synced_at == NOON


def test_a_second_reading_changes_what_meta_changed_and_keeps_what_is_ours(workspace: Workspace) -> None:
    account = make_account(workspace)
    [number] = sync(account, FakeCloud(numbers=[info()]))
    actions.set_pace(workspace_id=workspace.pk, number_id=number.pk, pace="full")
    [again] = sync(account, FakeCloud(numbers=[info(status="RESTRICTED", quality_rating="RED")]), timedelta(days=1))
    assert (again.pk, again.state, again.pace, again.in_use_since) == (number.pk, "restricted", "full", NOON.date())


def test_a_number_that_is_gone_is_disconnected(workspace: Workspace) -> None:
    account = make_account(workspace)
    sync(account, FakeCloud(numbers=[info("71"), info("72")]))
    sync(account, FakeCloud(numbers=[info("72")]))
    assert dict(Number.objects.values_list("meta_id", "state")) == {"71": "disconnected", "72": "connected"}


def test_a_wrong_token_is_a_sentence_that_stays_with_the_account(workspace: Workspace) -> None:
    account = make_account(workspace)
    with pytest.raises(SyncRefusedError, match="Create a new one in Meta Business Suite"):
        sync(account, FakeCloud(numbers=WRONG_TOKEN))
    assert "no longer accepts the access token" in Account.objects.get(pk=account.pk).sync_error


def test_it_is_forgotten_when_the_next_reading_works(workspace: Workspace) -> None:
    account = make_account(workspace)
    with pytest.raises(SyncFailedError, match="cannot be reached"):
        sync(account, FakeCloud(numbers=AWAY))
    sync(account, FakeCloud(numbers=[info()]))
    assert Account.objects.get(pk=account.pk).sync_error == ""


def test_a_number_of_another_workspace_is_refused(workspace: Workspace) -> None:
    make_number(workspace, meta_id="71")
    other = make_workspace("Sam's Shop")
    with pytest.raises(TakenError, match="another workspace"):
        sync(make_account(other), FakeCloud(numbers=[info("71")]))


def test_one_workspace_cannot_see_another_ones_account(workspace: Workspace) -> None:
    account = make_account(workspace)
    other = make_workspace("Sam's Shop")
    with workspace_scope(other.pk), pytest.raises(AccountMissingError):
        queries.get_account(workspace.pk, account.pk)


@pytest.mark.parametrize(
    ("limits", "known", "expected"),
    [
        (["TIER_250"], None, 250),
        (["TIER_2K", "TIER_100K"], 250, 100_000),
        (["TIER_UNLIMITED"], 250, None),
        ([None], 2000, 2000),
    ],
)
def test_the_portfolio_gets_the_limit_that_its_numbers_repeat(
    limits: list[str | None], known: int | None, expected: int | None
) -> None:
    numbers = [info(whatsapp_business_manager_messaging_limit=limit) for limit in limits]
    assert wire.parse_messaging_limit(numbers, known) == expected


def test_a_word_we_do_not_know_means_may_not_send() -> None:
    assert wire.parse_state("FLYING") == NumberState.UNKNOWN
    assert wire.parse_quality("NA") == Quality.UNKNOWN
    assert wire.parse_throughput(info(is_on_biz_app=True)) == 20
