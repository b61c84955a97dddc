"""Rules are saved, checked and published; what could not work is refused with one sentence."""

from collections.abc import Callable
from typing import Any

import pytest

from switchboard.contacts.models import Tag
from switchboard.core.errors import SwitchboardError
from switchboard.core.tenancy import workspace_scope
from switchboard.delivery import actions as delivery_actions
from switchboard.delivery.types import Measure, Origin
from switchboard.language.types import Keyword, Mode
from switchboard.replies import actions, costs, errors, queries, workbench
from switchboard.replies.models import Keyword as KeywordRow
from switchboard.replies.types import Condition, ConditionKind, Rule, Rung, Scope, Settings, Step, StepKind, Trigger
from switchboard.team.models import Workspace
from tests import factories
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
HAND_OVER = Step(StepKind.HAND_OVER, {})


@pytest.fixture
def shop() -> Workspace:
    return factories.make_workspace()


def draft(*steps: Step, **values: Any) -> Rule:
    """A rule for 返品."""
    wanted: dict[str, Any] = {
        "id": 0,
        "name": "Returns",
        "trigger": Trigger.KEYWORDS,
        "keywords": (Keyword("返品"), Keyword("return")),
        "rungs": (Rung(steps=steps or (Step(StepKind.TEXT, {"text": "14 days."}),)),),
    }
    return Rule(**{**wanted, **values})


def save(shop: Workspace, rule: Rule, **more: Any) -> int:
    with workspace_scope(shop.pk):
        return actions.save_rule(workspace_id=shop.pk, draft=rule, by="user:1", now=NOON, **more).pk


def publish(shop: Workspace) -> Any:
    with workspace_scope(shop.pk):
        return actions.publish(workspace_id=shop.pk, by="user:1", now=NOON)


def test_a_rule_comes_back_as_it_was_saved_with_its_readings(shop: Workspace) -> None:
    condition = Condition(ConditionKind.ORDERED_WITHIN, days=7)
    rule = draft(
        Step(StepKind.TEXT, {"text": {"": "Hello", "ja": "はい"}}, condition=condition), scope=Scope(days=(0, 1))
    )
    rule_id = save(shop, rule)
    with workspace_scope(shop.pk):
        found, is_on = queries.read_rule(shop.pk, rule_id)
    assert is_on
    assert (found.rungs, found.scope) == (rule.rungs, rule.scope)
    assert "へんぴん" in {pattern.text for pattern in found.keywords[0].patterns}


def test_saving_again_replaces_the_parts(shop: Workspace) -> None:
    rule_id = save(shop, draft())
    assert save(shop, draft(keywords=(Keyword("refund"),), name="Refunds"), rule_id=rule_id) == rule_id
    with workspace_scope(shop.pk):
        (rule,) = queries.build_draft(shop.pk).rules
    assert (rule.name, [keyword.text for keyword in rule.keywords]) == ("Refunds", ["refund"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": " "}, "has no name"),
        ({"keywords": ()}, "listens for nothing"),
        ({"keywords": (Keyword("  "),)}, "empty one would match nothing"),
        ({"keywords": (Keyword("(a+)+$(?!x)", Mode.REGEX),)}, "is not possible"),
        ({"keywords": tuple(Keyword(f"k{place}") for place in range(10_001))}, "10,001 keywords"),
        ({"trigger": Trigger.PAYLOAD}, "waits for a button"),
        ({"rungs": ()}, "says nothing"),
        ({"rungs": (Rung(steps=(HAND_OVER,)), Rung(steps=(HAND_OVER,), unread_after_seconds=1))}, "10 seconds"),
        ({"delay_from": 9, "delay_until": 3}, "delay must lie"),
        ({"scope": Scope(from_time="25:00", until_time="26:00")}, "hours of the rule"),
        ({"rungs": (Rung(steps=(Step(StepKind.TEXT, {"text": ""}),)),)}, "is empty"),
        ({"rungs": (Rung(steps=(Step(StepKind.TEXT, {"text": "{{nmae}}"}),)),)}, "{{nmae}} does not exist"),
        ({"rungs": (Rung(steps=(Step(StepKind.TEXT, {"text": "{{coupon:x}}"}),)),)}, "no pool of coupons “x”"),
        ({"rungs": (Rung(steps=(Step(StepKind.IMAGE, {}),)),)}, "lacks what it needs"),
        ({"rungs": (Rung(steps=(Step(StepKind.ADD_TAG, {}),)),)}, "lacks what it needs"),
        ({"rungs": (Rung(steps=(Step(StepKind.ADD_TAG, {"tag_id": 999_999}),)),)}, "a tag that does not exist"),
        ({"rungs": (Rung(steps=(Step(StepKind.ASSIGN, {"member_id": 999_999}),)),)}, "no member of this workspace"),
        ({"scope": Scope(tag_ids=(999_999,))}, "a tag that does not exist"),
        ({"scope": Scope(segment_ids=(999_999,))}, "a segment that does not exist"),
        ({"rungs": (Rung(steps=(Step(StepKind.TEXT, {"text": "x" * 4097}),)),)}, "4,097"),
    ],
)
def test_what_cannot_work_is_refused_with_one_sentence(shop: Workspace, change: dict[str, Any], says: str) -> None:
    with pytest.raises(SwitchboardError) as refused:
        save(shop, draft(**change))
    assert says in refused.value.message


def test_a_rule_names_the_tags_and_colleagues_of_its_own_workspace_only(shop: Workspace) -> None:
    elsewhere = factories.make_workspace("Sam's Shop")
    tags = []
    for place in (shop, elsewhere):
        with workspace_scope(place.pk):
            tags.append(Tag.objects.create(workspace_id=place.pk, name="VIP"))
    own, other = tags
    assert save(shop, draft(Step(StepKind.ADD_TAG, {"tag_id": own.pk})))
    with pytest.raises(errors.TagGoneError):
        save(shop, draft(Step(StepKind.ADD_TAG, {"tag_id": other.pk})))


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"delay_from": 9, "delay_until": 3}, errors.DelayError),
        ({"hand_over_text": {"ja": "はい", "": " "}}, errors.WordsMissingError),
        ({"after_hours_text": "x" * 1025}, errors.WordsTooLongError),
        ({"hand_over_at_answer": -1}, errors.SettingOutOfRangeError),
        ({"hand_back_minutes": 1441}, errors.SettingOutOfRangeError),
        ({"order_link": "javascript:alert(1)"}, errors.OrderLinkError),
    ],
)
def test_settings_that_cannot_be_kept_are_refused(
    shop: Workspace, change: dict[str, Any], refusal: type[SwitchboardError]
) -> None:
    with workspace_scope(shop.pk), pytest.raises(refusal):
        actions.save_settings(workspace_id=shop.pk, settings=Settings(**change), now=NOON)


def test_an_announcement_that_is_off_may_be_empty(shop: Workspace) -> None:
    with workspace_scope(shop.pk):
        actions.save_settings(workspace_id=shop.pk, settings=Settings(announces=False, announcement=""), now=NOON)
        assert queries.get_settings(shop.pk).announcement == ""


@pytest.mark.parametrize(
    ("name", "codes", "refusal"),
    [
        ("autumn", [" "], errors.CouponsEmptyError),
        ("a}}b", ["A"], errors.CouponPoolNameError),
        ("autumn", ["x" * 101], errors.CouponTooLongError),
    ],
)
def test_codes_that_nobody_could_be_given_are_refused(
    shop: Workspace, name: str, codes: list[str], refusal: type[SwitchboardError]
) -> None:
    with workspace_scope(shop.pk), pytest.raises(refusal):
        actions.add_coupons(workspace_id=shop.pk, pool_name=name, codes=codes)


def test_an_exploding_regex_is_harmless_or_refused(shop: Workspace) -> None:
    assert save(shop, draft(keywords=(Keyword("(a+)+$", Mode.REGEX),)))


def test_a_set_without_a_way_to_a_person_is_not_published(shop: Workspace) -> None:
    save(shop, draft())
    with pytest.raises(errors.NoWayToAPersonError):
        publish(shop)
    rule_id = save(shop, draft(HAND_OVER, name="Agent", keywords=(Keyword("agent"),)))
    assert publish(shop).number == 1
    with workspace_scope(shop.pk):
        actions.set_rule_on(workspace_id=shop.pk, rule_id=rule_id, is_on=False, by="user:1", now=NOON)
    with pytest.raises(errors.NoWayToAPersonError):
        publish(shop)


def test_what_is_published_stays_until_the_next_publishing(shop: Workspace) -> None:
    rule_id = save(shop, draft(HAND_OVER))
    publish(shop)
    with workspace_scope(shop.pk):
        actions.delete_rule(workspace_id=shop.pk, rule_id=rule_id, now=NOON)
        published = queries.get_published(shop.pk)
    assert published is not None
    assert [rule.id for rule in published.rules] == [rule_id]


def test_publishing_the_same_again_says_so(shop: Workspace) -> None:
    save(shop, draft(HAND_OVER))
    publish(shop)
    with pytest.raises(errors.NothingToPublishError):
        publish(shop)


def test_settings_take_effect_when_published(shop: Workspace) -> None:
    save(shop, draft(HAND_OVER))
    with workspace_scope(shop.pk):
        actions.save_settings(workspace_id=shop.pk, settings=Settings(delay_from=1, delay_until=2), now=NOON)
    publish(shop)
    with workspace_scope(shop.pk):
        published = queries.get_published(shop.pk)
    assert published is not None
    assert published.settings.delay_until == 2


@pytest.mark.parametrize(
    ("move", "order", "place"),
    [
        ({"place": 1}, "cabd", 1),
        ({"place": 0}, "cabd", 1),
        ({"place": 99}, "abdc", 4),
        ({"steps": -1}, "acbd", 2),
        ({"steps": 1}, "abdc", 4),
        ({"steps": -9}, "cabd", 1),
    ],
)
def test_a_rule_is_moved_to_a_place_or_by_steps(shop: Workspace, move: dict[str, int], order: str, place: int) -> None:
    ids = {name: save(shop, draft(name=name)) for name in "abxcd"}
    with workspace_scope(shop.pk):
        actions.delete_rule(workspace_id=shop.pk, rule_id=ids["x"], now=NOON)
        assert actions.move_rule(workspace_id=shop.pk, rule_id=ids["c"], now=NOON, **move) == place
        assert "".join(rule.name for rule in queries.list_rules(shop.pk)) == order
        with pytest.raises(errors.RuleNotFoundError):
            actions.move_rule(workspace_id=shop.pk, rule_id=ids["x"], place=1, now=NOON)


def test_every_change_of_the_draft_is_noticed(shop: Workspace) -> None:
    rule_id, other_id = save(shop, draft(HAND_OVER)), save(shop, draft(name="b"))
    given: dict[str, Any] = {"workspace_id": shop.pk, "now": NOON}
    changes: list[Callable[[], Any]] = [
        lambda: actions.move_rule(rule_id=rule_id, place=2, **given),
        lambda: actions.set_rule_on(rule_id=rule_id, is_on=False, by="user:1", **given),
        lambda: actions.save_rule(
            draft=draft(Step(StepKind.TEXT, {"text": "7 days."})), by="", rule_id=rule_id, **given
        ),
        lambda: KeywordRow.objects.filter(rule_id=rule_id, text="返品").update(patterns=[]),
        lambda: actions.delete_rule(rule_id=other_id, **given),
        lambda: actions.save_settings(settings=Settings(delay_from=1, delay_until=2), **given),
    ]
    with workspace_scope(shop.pk):
        seen = [queries.read_fingerprint(shop.pk)]
        for change in changes:
            change()
            seen.append(queries.read_fingerprint(shop.pk))
            assert workbench.get_draft(shop.pk) == queries.build_draft(shop.pk)
        assert seen[-1] == queries.read_fingerprint(shop.pk)
    assert len(set(seen)) == len(seen)


def test_coupons_are_counted_and_each_code_kept_once(shop: Workspace) -> None:
    with workspace_scope(shop.pk):
        assert actions.add_coupons(workspace_id=shop.pk, pool_name="autumn", codes=["A", "B", "A", " "]) == 2
        assert actions.add_coupons(workspace_id=shop.pk, pool_name="autumn", codes=["B", "C"]) == 1
        (pool,) = queries.list_pools(shop.pk)
    assert (pool.name, pool.codes, pool.left) == ("autumn", 3, 3)


def test_a_rule_costs_its_share_beyond_the_free_thousand(shop: Workspace) -> None:
    number = factories.make_number(shop, account=factories.make_account(shop, currency="USD"))
    with workspace_scope(shop.pk):
        for rule_id, amount in ((1, 900), (2, 300)):
            delivery_actions.tally(
                workspace_id=shop.pk,
                origin=Origin.ANSWER,
                origin_id=rule_id,
                number_id=number.pk,
                measure=Measure.DELIVERED,
                amount=amount,
                now=NOON,
            )
        found = costs.get_costs(shop.pk, NOON)
    (use,) = found.numbers
    assert (use.delivered, use.beyond, use.left) == (1200, 200, 0)
    assert found.total is not None
    assert found.total == use.price * 200 > 0  # type: ignore[operator]  # Japan has a list price.
    assert found.by_rule[2] == found.total / 4
