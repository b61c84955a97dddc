"""Templates are read from Meta."""

from datetime import timedelta
from typing import Any

import pytest

from switchboard.cloudapi.client import TemplateInfo
from switchboard.core.tenancy import workspace_scope
from switchboard.numbers.errors import SyncRefusedError
from switchboard.numbers.models import Account
from switchboard.team.models import Workspace
from switchboard.templates import actions, queries, wire
from switchboard.templates.errors import TemplateMissingError
from switchboard.templates.models import Template
from switchboard.templates.store import UNTIL_READ
from tests.cloud import WRONG_TOKEN, FakeCloud
from tests.conftest import NOON
from tests.factories import make_account, make_template, make_workspace

pytestmark = pytest.mark.django_db
BODY = [{"type": "BODY", "text": "Hello {{1}}"}]


@pytest.fixture
def workspace(db: None) -> Workspace:
    return make_workspace()


def info(name: str = "offer", language: str = "ja", **values: Any) -> TemplateInfo:
    known = {"status": "APPROVED", "category": "MARKETING", "components": BODY, **values}
    return TemplateInfo(id=f"{name}-{language}", name=name, language=language, **known)


def sync(
    account: Account, listed: Any, later: timedelta = timedelta(0), *, is_by_person: bool = False
) -> list[Template]:
    cloud = FakeCloud(templates=listed)
    return actions.sync_templates(
        workspace_id=account.workspace_id,
        account_id=account.pk,
        now=NOON + later,
        is_by_person=is_by_person,
        call=cloud.call,
    )


def test_every_language_is_a_template_of_its_own(workspace: Workspace) -> None:
    rows = sync(
        make_account(workspace), [info(language="ja"), info(language="en", status="REJECTED", rejected_reason="TAG")]
    )
    assert [(row.language, row.state, row.rejected_reason) for row in rows] == [
        ("en", "rejected", "TAG"),
        ("ja", "approved", ""),
    ]
    assert rows[0].components == BODY


def test_a_second_reading_changes_it_and_keeps_its_id(workspace: Workspace) -> None:
    account = make_account(workspace)
    [first] = sync(account, [info()])
    quality = {"score": "RED"}
    [again] = sync(account, [info(status="PAUSED", category="UTILITY", quality_score=quality)], timedelta(hours=1))
    assert (again.pk, again.state, again.category, again.quality) == (first.pk, "paused", "utility", "red")


def test_one_that_meta_no_longer_lists_stays_as_not_usable(workspace: Workspace) -> None:
    account = make_account(workspace)
    sync(account, [info("old"), info("new")])
    sync(account, [info("new")], timedelta(hours=1))
    states = {row.name: (row.state, row.rejected_reason) for row in Template.objects.all()}
    assert states == {"old": ("other", "DELETED"), "new": ("approved", "")}


@pytest.mark.parametrize(("is_by_person", "state"), [(False, "paused"), (True, "approved")])
def test_only_a_person_reading_them_again_lets_go_what_waits_for_one(
    workspace: Workspace, is_by_person: bool, state: str
) -> None:
    account = make_account(workspace)
    sync(account, [info()])
    Template.objects.update(state="paused", rejected_reason="Look first.", paused_until=UNTIL_READ)
    Account.objects.update(sync_error="Look first.")
    [row] = sync(account, [info()], timedelta(hours=1), is_by_person=is_by_person)
    assert row.state == state
    assert (Account.objects.get().sync_error == "") == is_by_person


def test_another_account_is_left_alone(workspace: Workspace) -> None:
    other = make_template(workspace, make_account(workspace))
    sync(make_account(workspace), [], timedelta(hours=1))
    assert Template.objects.get(pk=other.pk).state == "approved"


def test_a_wrong_token_leaves_templates_as_they_were_and_says_so(workspace: Workspace) -> None:
    account = make_account(workspace)
    sync(account, [info()])
    with pytest.raises(SyncRefusedError, match="Meta Business Suite"):
        sync(account, WRONG_TOKEN)
    assert Template.objects.get().state == "approved"
    assert Account.objects.get(pk=account.pk).sync_error


def test_one_workspace_cannot_see_another_ones_templates(workspace: Workspace) -> None:
    template = make_template(workspace, make_account(workspace))
    with workspace_scope(make_workspace("Sam's Shop").pk), pytest.raises(TemplateMissingError):
        queries.get_template(workspace.pk, template.pk)


@pytest.mark.parametrize(
    ("status", "state"),
    [("APPROVED", "approved"), ("IN_APPEAL", "pending"), ("ARCHIVED", "other"), ("NEW_WORD", "other")],
)
def test_a_state_we_do_not_know_is_not_usable(status: str, state: str) -> None:
    assert wire.parse_state(status) == state


def test_a_category_we_do_not_know_needs_the_strictest_consent() -> None:
    assert wire.parse_category("PROMOTION_2030") == "marketing"
    assert wire.parse_reason(info(status="ARCHIVED")) == "ARCHIVED"
