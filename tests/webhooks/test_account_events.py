"""What Meta says about templates, accounts and numbers is acted on; all of it is kept in the journal."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from switchboard.core import database
from switchboard.jobs import schedule
from tests import payloads
from tests.conftest import NOON
from tests.webhooks.applying import apply_all
from tests.webhooks.world import World, make_world


def notice(world: World, name: str, *, minutes: int = 0, **value: Any) -> bytes:
    """Return the body of one change of the world's account, so many minutes after noon."""
    entry = {
        "id": world.account_meta_id,
        "time": int((NOON + timedelta(minutes=minutes)).timestamp()),
        "changes": [{"field": name, "value": value}],
    }
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def _template(world: World, *, category: str = "utility") -> None:
    world.run(
        "INSERT INTO templates_template (workspace_id, account_id, meta_id, name, language, category, state, "
        "rejected_reason, quality, parameter_format, components, synced_at) "
        "VALUES (%s, %s, '9007199254740995', 'spring_sale', 'en_US', %s, 'approved', '', '', 'positional', '[]', %s)",
        world.workspace_id,
        world.account_id,
        category,
        NOON,
    )


async def test_a_paused_template_is_paused(world: World) -> None:
    _template(world)
    await apply_all(world, payloads.body("template_paused"))
    assert world.one("SELECT state, category FROM templates_template") == ("paused", "utility")


async def test_a_category_that_meta_changed_is_the_one_that_consent_is_asked_for(world: World) -> None:
    _template(world)
    await apply_all(world, payloads.body("template_category_changed"))
    assert world.one("SELECT state, category FROM templates_template") == ("approved", "marketing")


async def test_another_apps_word_about_our_template_changes_nothing(world: World) -> None:
    _template(world)
    other = make_world(world.url, NOON, tag="2")
    await apply_all(other, payloads.body("template_paused"))
    assert world.one("SELECT state FROM templates_template") == "approved"


@pytest.mark.parametrize("name", ["template_quality", "template_paused"])
async def test_what_is_not_known_is_kept(world: World, name: str) -> None:
    applier = await apply_all(world, payloads.body(name))
    assert applier.counts["account_events_kept"] == 1
    assert world.one("SELECT count(*) FROM webhooks_journalentry") == 1
    assert world.one("SELECT count(*) FROM webhooks_deadletter") == 0


async def test_a_templates_quality_is_noted(world: World) -> None:
    _template(world)
    await apply_all(world, payloads.body("template_quality"))
    assert world.one("SELECT quality, state FROM templates_template") == ("red", "approved")


async def test_an_older_word_about_a_template_does_not_come_back(world: World) -> None:
    _template(world)
    name: dict[str, Any] = {"message_template_name": "spring_sale", "message_template_language": "en_US"}
    approved = notice(world, "message_template_status_update", event="APPROVED", **name, minutes=5)
    paused = notice(world, "message_template_status_update", event="PAUSED", **name)
    await apply_all(world, approved)
    applier = await apply_all(world, paused)
    assert world.one("SELECT state FROM templates_template") == "approved"
    assert applier.counts["account_events_outdated"] == 1


NUMBER = "SELECT state, stopped_at IS NOT NULL, stopped_code FROM numbers_number"
NOTHING = {"numbers_resumed": 0, "templates_resumed": 0}
GOING = ("connected", False, "")


async def test_a_restriction_stops_the_accounts_numbers_with_its_reason(world: World) -> None:
    applier = await apply_all(world, payloads.body("account_restricted"))
    assert world.one(NUMBER) == ("restricted", True, "RESTRICTED_STARTING")
    assert "until 2026-03-04 12:00 UTC" in world.one("SELECT stopped_detail FROM numbers_number")
    assert applier.counts["numbers_stopped"] == 1


async def test_a_lifted_restriction_lets_the_numbers_go_on(world: World) -> None:
    await apply_all(world, payloads.body("account_restricted"))
    await apply_all(world, notice(world, "account_update", event="ACCOUNT_RESTRICTION", restriction_info=[], minutes=1))
    assert world.one(NUMBER) == GOING


async def end_what_has_ended(world: World, now: datetime) -> schedule.Counts:
    async with database.make_pool("stream", size=1, url=world.url) as pool:
        return await schedule.end_restrictions(pool, now)


async def test_a_restriction_ends_by_itself(world: World) -> None:
    await apply_all(world, payloads.body("account_restricted"))
    before = await end_what_has_ended(world, NOON + timedelta(hours=23))
    assert (before, world.one(NUMBER)) == (NOTHING, ("restricted", True, "RESTRICTED_STARTING"))
    after = await end_what_has_ended(world, NOON + timedelta(hours=24, seconds=1))
    assert (after["numbers_resumed"], world.one(NUMBER)) == (1, GOING)


async def test_a_longer_restriction_replaces_a_shorter_one(world: World) -> None:
    await apply_all(world, payloads.body("account_restricted"))
    ends_at = int((NOON + timedelta(days=7)).timestamp())
    one = {"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": ends_at}
    longer = notice(world, "account_update", event="ACCOUNT_RESTRICTION", restriction_info=[one], minutes=1)
    await apply_all(world, longer)
    assert await end_what_has_ended(world, NOON + timedelta(days=2)) == NOTHING
    assert "until 2026-03-10" in world.one("SELECT stopped_detail FROM numbers_number")


async def test_a_restriction_without_an_end_waits_for_its_lifting(world: World) -> None:
    one = {"restriction_type": "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"}
    await apply_all(world, notice(world, "account_update", event="ACCOUNT_RESTRICTION", restriction_info=[one]))
    assert await end_what_has_ended(world, NOON + timedelta(days=300)) == NOTHING
    assert world.one(NUMBER) == ("restricted", True, "RESTRICTED_ANSWERING")


BOTH = ["RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"]


async def test_a_restriction_that_grows_stops_the_rest_and_lifts_as_one(world: World) -> None:
    for minutes, names in enumerate([BOTH[:1], BOTH]):
        info = [{"restriction_type": name} for name in names]
        body = notice(world, "account_update", event="ACCOUNT_RESTRICTION", restriction_info=info, minutes=minutes)
        await apply_all(world, body)
    assert world.one(NUMBER) == ("restricted", True, "ACCOUNT_RESTRICTION")
    assert "BIZ" in world.one("SELECT stopped_detail FROM numbers_number")
    await apply_all(world, notice(world, "account_update", event="ACCOUNT_RESTRICTION", restriction_info=[], minutes=5))
    assert world.one(NUMBER) == GOING


async def test_the_end_of_a_restriction_leaves_a_persons_stop(world: World) -> None:
    world.run("UPDATE numbers_number SET stopped_at = %s, stopped_code = 'person'", NOON)
    await apply_all(world, payloads.body("account_restricted"))
    await end_what_has_ended(world, NOON + timedelta(days=2))
    assert world.one(NUMBER) == ("connected", True, "person")


async def test_restricted_templates_come_back_by_themselves(world: World) -> None:
    _template(world)
    ends_at = int((NOON + timedelta(days=7)).timestamp())
    one = {"restriction_type": "RESTRICTED_UTILITY_TEMPLATES", "expiration": ends_at}
    await apply_all(world, notice(world, "account_update", event="ACCOUNT_RESTRICTION", restriction_info=[one]))
    assert await end_what_has_ended(world, NOON + timedelta(days=6)) == NOTHING
    assert (await end_what_has_ended(world, NOON + timedelta(days=8)))["templates_resumed"] == 1
    assert world.one("SELECT state, rejected_reason FROM templates_template") == ("approved", "")


async def test_a_violation_lets_marketing_wait(world: World) -> None:
    _template(world, category="marketing")
    info = {"violation_type": "SCAM"}
    await apply_all(world, notice(world, "account_update", event="ACCOUNT_VIOLATION", violation_info=info))
    state, reason = world.one("SELECT state, rejected_reason FROM templates_template")
    assert (state, "SCAM" in reason) == ("paused", True)
    assert world.one(NUMBER) == GOING


async def test_only_a_person_lets_marketing_go_on_after_a_violation(world: World) -> None:
    _template(world, category="marketing")
    info = {"violation_type": "SCAM"}
    await apply_all(world, notice(world, "account_update", event="ACCOUNT_VIOLATION", violation_info=info))
    await apply_all(world, notice(world, "account_update", event="ACCOUNT_RESTRICTION", restriction_info=[], minutes=1))
    name: dict[str, Any] = {"message_template_name": "spring_sale", "message_template_language": "en_US"}
    await apply_all(world, notice(world, "message_template_status_update", event="APPROVED", **name, minutes=2))
    await end_what_has_ended(world, NOON + timedelta(days=300))
    state, reason = world.one("SELECT state, rejected_reason FROM templates_template")
    assert (state, "SCAM" in reason) == ("paused", True)


async def test_a_restriction_of_calls_stops_nothing(world: World) -> None:
    one = {"restriction_type": "RESTRICTED_BUSINESS_INITIATED_CALLING"}
    await apply_all(world, notice(world, "account_update", event="ACCOUNT_RESTRICTION", restriction_info=[one]))
    assert world.one(NUMBER) == GOING


async def test_restricted_utility_templates_are_paused(world: World) -> None:
    _template(world)
    one = {"restriction_type": "RESTRICTED_UTILITY_TEMPLATES"}
    await apply_all(world, notice(world, "account_update", event="ACCOUNT_RESTRICTION", restriction_info=[one]))
    assert world.one("SELECT state FROM templates_template") == "paused"
    assert world.one(NUMBER) == GOING


async def test_a_ban_stops_and_a_reinstatement_lets_go_on(world: World) -> None:
    ban = {"waba_ban_state": "DISABLE", "waba_ban_date": "March 3, 2026"}
    await apply_all(world, notice(world, "account_update", event="DISABLED_UPDATE", ban_info=ban))
    assert world.one(NUMBER) == ("banned", True, "DISABLED_UPDATE")
    back = {"waba_ban_state": "REINSTATE"}
    await apply_all(world, notice(world, "account_update", event="DISABLED_UPDATE", ban_info=back, minutes=1))
    assert world.one(NUMBER) == GOING


async def test_a_ban_that_comes_after_its_end_changes_nothing(world: World) -> None:
    back = {"waba_ban_state": "REINSTATE"}
    await apply_all(world, notice(world, "account_update", event="DISABLED_UPDATE", ban_info=back, minutes=1))
    ban = {"waba_ban_state": "DISABLE"}
    await apply_all(world, notice(world, "account_update", event="DISABLED_UPDATE", ban_info=ban))
    assert world.one(NUMBER) == GOING


async def test_a_persons_stop_is_a_persons_to_end(world: World) -> None:
    world.run("UPDATE numbers_number SET stopped_at = %s, stopped_code = 'person'", NOON)
    ban, back = {"waba_ban_state": "DISABLE"}, {"waba_ban_state": "REINSTATE"}
    await apply_all(world, notice(world, "account_update", event="DISABLED_UPDATE", ban_info=ban))
    await apply_all(world, notice(world, "account_update", event="DISABLED_UPDATE", ban_info=back, minutes=1))
    assert world.one("SELECT stopped_code FROM numbers_number") == "person"


@pytest.mark.parametrize("event", ["ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED", "PARTNER_REMOVED", "APP_UNINSTALLED"])
async def test_an_account_that_is_gone_stops_and_comes_back(world: World, event: str) -> None:
    await apply_all(world, notice(world, "account_update", event=event))
    assert world.one(NUMBER) == ("disconnected", True, event)
    await apply_all(world, notice(world, "account_update", event="ACCOUNT_RECONNECTED", minutes=1))
    assert world.one(NUMBER) == GOING


@pytest.mark.parametrize(
    "value",
    [
        {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SCAM"}},
        {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "SCHEDULE_FOR_DISABLE"}},
    ],
    ids=["violation", "scheduled ban"],
)
async def test_a_warning_is_shown_at_the_account(world: World, value: dict[str, Any]) -> None:
    await apply_all(world, notice(world, "account_update", **value))
    assert world.one(NUMBER) == GOING
    assert world.one("SELECT sync_error <> '' FROM numbers_account")


async def test_a_rejected_review_stops_until_it_is_approved(world: World) -> None:
    await apply_all(world, notice(world, "account_review_update", decision="REJECTED"))
    assert world.one(NUMBER) == ("connected", True, "ACCOUNT_REVIEW")
    await apply_all(world, notice(world, "account_review_update", decision="APPROVED", minutes=1))
    assert world.one(NUMBER) == GOING


@pytest.mark.parametrize(
    ("shown", "limit"),
    [("TIER_2K", 2_000), (10_000, 10_000), ("TIER_UNLIMITED", None), (-1, None), ("TIER_NEXT_YEAR", 250)],
)
async def test_a_new_limit_is_the_portfolios(world: World, shown: Any, limit: int | None) -> None:
    world.run("UPDATE numbers_portfolio SET messaging_limit = 250")
    body = notice(world, "business_capability_update", max_daily_conversations_per_business=shown)
    await apply_all(world, body)
    assert world.one("SELECT messaging_limit FROM numbers_portfolio") == limit


async def test_a_faster_number_is_as_fast_as_meta_says(world: World) -> None:
    shown: dict[str, Any] = {"display_phone_number": "81 5000-0000-1", "event": "THROUGHPUT_UPGRADE"}
    await apply_all(world, notice(world, "phone_number_quality_update", **shown))
    assert world.one("SELECT throughput FROM numbers_number") == 1000


async def test_an_approved_name_is_the_numbers(world: World) -> None:
    shown: dict[str, Any] = {"display_phone_number": "81500000001", "requested_verified_name": "Olive Market"}
    await apply_all(world, notice(world, "phone_number_name_update", decision="REJECTED", **shown))
    assert world.one("SELECT verified_name FROM numbers_number") == "Olive"
    await apply_all(world, notice(world, "phone_number_name_update", decision="APPROVED", **shown, minutes=1))
    assert world.one("SELECT verified_name FROM numbers_number") == "Olive Market"


async def test_another_apps_word_about_our_account_changes_nothing(world: World) -> None:
    other = make_world(world.url, NOON, tag="2")
    await apply_all(other, payloads.body("account_restricted"))
    assert world.run("SELECT DISTINCT state FROM numbers_number") == [("connected",)]


async def test_a_field_that_nobody_knows_is_shown_to_be_replayed_by_a_version_that_does(world: World) -> None:
    await apply_all(world, notice(world, "flying_carpets", colour="red"))
    reason, body = world.one("SELECT reason, body FROM webhooks_deadletter")
    assert reason == "The field “flying_carpets” is not known to this version of Switchboard."
    assert json.loads(body)["entry"][0]["changes"][0]["value"] == {"colour": "red"}
    assert world.one("SELECT count(*) FROM webhooks_journalentry") == 1


@pytest.mark.parametrize("field", ["calls", "account_alerts", "history", "group_status_update"])
async def test_a_field_that_asks_nothing_of_us_is_kept_quietly(world: World, field: str) -> None:
    applier = await apply_all(world, notice(world, field, colour="red"))
    assert applier.counts["account_events_kept"] == 1
    assert world.one("SELECT count(*) FROM webhooks_deadletter") == 0
