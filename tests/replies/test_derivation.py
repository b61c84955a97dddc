"""A newer version of the program reads keywords in new ways; rules saved long ago profit from it, without being touched."""

import hashlib
from typing import Any

import pytest

from switchboard.core.tenancy import workspace_scope
from switchboard.language import readings, resources
from switchboard.language.types import Keyword, Mode
from switchboard.replies import actions, queries
from switchboard.replies.answering import shelf
from switchboard.replies.models import Keyword as KeywordRow
from switchboard.replies.models import Version
from switchboard.replies.types import Rule, Rung, Step, StepKind, Trigger
from switchboard.team.models import Workspace
from tests import factories
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
_SAMPLES = [
    "返品",
    "送料",
    "営業時間",
    "何時",
    "傷",
    "振り込み",
    "申し込み",
    "領収書",
    "退货",
    "发票",
    "營業時間",
    "快递单号",
    "refund",
    "キャンセル",
    "私の注文",
    "見積書",
]


@pytest.fixture
def shop() -> Workspace:
    """A shop whose only rule was saved and published by an older version of the program."""
    shop = factories.make_workspace()
    rule = Rule(
        id=0,
        name="Returns",
        trigger=Trigger.KEYWORDS,
        keywords=(Keyword("返品"), Keyword("ret.rn", Mode.REGEX)),
        rungs=(Rung(steps=(Step(StepKind.TEXT, {"text": "14 days."}), Step(StepKind.HAND_OVER, {}))),),
    )
    with workspace_scope(shop.pk):
        actions.save_rule(workspace_id=shop.pk, draft=rule, by="user:1", now=NOON)
        KeywordRow.objects.update(patterns=[], derivation=0)
        actions.publish(workspace_id=shop.pk, by="user:1", now=NOON)
    return shop


def rules_found(shop: Workspace, text: str) -> list[Any]:
    with workspace_scope(shop.pk):
        published = queries.get_published(shop.pk)
    assert published is not None
    return shelf.load(1, published, "UTC").match(text)


def test_an_upgrade_makes_readings_anew_in_what_answers(shop: Workspace) -> None:
    actions.derive_anew()
    with workspace_scope(shop.pk):
        published = queries.get_published(shop.pk)
        draft = queries.build_draft(shop.pk)
    assert published is not None
    assert published.rules[0].keywords[0].patterns == readings.derive_patterns("返品") != ()
    assert published.rules[0].keywords[1].patterns == ()
    assert published == draft, "nothing is left to be published"
    assert rules_found(shop, "へんぴんしたいです")


def test_a_rule_without_keywords_does_not_stop_an_upgrade(shop: Workspace) -> None:
    hello = Rule(
        id=0, name="Hello", trigger=Trigger.FIRST_EVER, rungs=(Rung(steps=(Step(StepKind.TEXT, {"text": "Hello."}),)),)
    )
    with workspace_scope(shop.pk):
        actions.save_rule(workspace_id=shop.pk, draft=hello, by="user:1", now=NOON)
        actions.publish(workspace_id=shop.pk, by="user:1", now=NOON)
    assert actions.derive_anew() == 2


def test_a_second_time_does_nothing(shop: Workspace) -> None:
    assert actions.derive_anew() == 2
    assert actions.derive_anew() == 0


def test_without_the_dictionaries_older_readings_stay(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "available", frozenset)
    assert actions.derive_anew() == 0


def test_what_was_made_by_an_older_version_is_not_taken_over_when_a_rule_is_saved_again(shop: Workspace) -> None:
    with workspace_scope(shop.pk):
        rule_id = KeywordRow.objects.values_list("rule_id", flat=True)[0]
        rule, _ = queries.read_rule(shop.pk, rule_id)
        bare = tuple(Keyword(one.text, one.mode, one.threshold) for one in rule.keywords)
        changed = Rule(
            id=rule_id, name="Sent back", trigger=rule.trigger, keywords=bare, rungs=rule.rungs, scope=rule.scope
        )
        actions.save_rule(workspace_id=shop.pk, draft=changed, by="user:1", now=NOON, rule_id=rule_id)
        assert KeywordRow.objects.get(text="返品").patterns
        actions.publish(workspace_id=shop.pk, by="user:1", now=NOON)
        assert Version.objects.order_by("-number")[0].derivation == readings.current_derivation()


def test_other_writings_are_another_derivation() -> None:
    derived = repr([readings.derive_patterns(one) for one in _SAMPLES])
    digest = hashlib.sha256(derived.encode()).hexdigest()[:16]
    assert (readings.DERIVATION, digest) == (1, "52f04a23f7520d17"), (
        "keywords get other writings: raise DERIVATION, write both here"
    )
