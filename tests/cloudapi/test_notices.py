"""What Meta says about templates, accounts and numbers."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from switchboard.cloudapi import contents, events, notices
from tests import payloads

AT = datetime(2026, 3, 3, 12, tzinfo=UTC)
AS_JSON = 1772539200
NAMED = {"message_template_id": 2**60, "message_template_name": "sale", "message_template_language": "en-US"}
TEMPLATE = notices.TemplateName(str(2**60), "sale", "en_US")
NUMBER = {"display_phone_number": "8190"}


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (
            "message_template_status_update",
            {**NAMED, "event": "PAUSED", "reason": "NONE", "other_info": {"title": "FIRST_PAUSE", "description": "d"}},
            notices.TemplateStatus(TEMPLATE, "PAUSED", "", "", "FIRST_PAUSE", "d"),
        ),
        (
            "message_template_status_update",
            {
                **NAMED,
                "event": "REJECTED",
                "reason": None,
                "rejection_info": {"reason": "SCAM", "recommendation": "Do not"},
            },
            notices.TemplateStatus(TEMPLATE, "REJECTED", "SCAM", "", recommendation="Do not"),
        ),
        (
            "message_template_status_update",
            {**NAMED, "event": "DISABLED", "disable_info": {"disable_date": AS_JSON}},
            notices.TemplateStatus(TEMPLATE, "DISABLED", "", "", disabled_at=AT),
        ),
        (
            "message_template_quality_update",
            {**NAMED, "previous_quality_score": "GREEN", "new_quality_score": "RED"},
            notices.TemplateQuality(TEMPLATE, "GREEN", "RED"),
        ),
        (
            "message_template_components_update",
            {**NAMED, "message_template_element": "b", "message_template_buttons": [{"a": 1}, 2]},
            notices.TemplateComponents(TEMPLATE, "", "b", "", ({"a": 1},)),
        ),
        (
            "template_category_update",
            {**NAMED, "previous_category": "UTILITY", "new_category": "MARKETING"},
            notices.TemplateCategory(TEMPLATE, "MARKETING", "UTILITY"),
        ),
        (
            "template_category_update",
            {
                **NAMED,
                "new_category": "UTILITY",
                "correct_category": "MARKETING",
                "category_update_timestamp": AS_JSON,
            },
            notices.TemplateCategory(TEMPLATE, "UTILITY", "", "MARKETING", AT),
        ),
        (
            "account_alerts",
            {
                "entity_type": "BUSINESS",
                "entity_id": 7,
                "alert_info": {"alert_severity": "WARNING", "alert_type": "OBA_REJECTED"},
            },
            notices.Alert("BUSINESS", "7", "WARNING", "", "OBA_REJECTED", ""),
        ),
        ("account_review_update", {"decision": "approved"}, notices.Review("APPROVED")),
        (
            "business_capability_update",
            {"max_daily_conversations_per_business": "TIER_2K", "max_phone_numbers_per_waba": 25},
            notices.Capability("TIER_2K", None, 25),
        ),
        (
            "business_capability_update",
            {"max_daily_conversations_per_business": -1},
            notices.Capability("TIER_UNLIMITED"),
        ),
        (
            "business_capability_update",
            {"max_daily_conversations_per_business": 2000, "max_phone_numbers_per_business": 20},
            notices.Capability("TIER_2K", 20),
        ),
        (
            "phone_number_quality_update",
            {**NUMBER, "event": "THROUGHPUT_UPGRADE", "max_daily_conversations_per_business": "TIER_UNLIMITED"},
            notices.NumberQuality("8190", "THROUGHPUT_UPGRADE", "TIER_UNLIMITED"),
        ),
        (
            "phone_number_name_update",
            {**NUMBER, "decision": "REJECTED", "requested_verified_name": "Olive", "rejection_reason": "NONE"},
            notices.NameDecision("8190", "REJECTED", "Olive"),
        ),
        (
            "security",
            {**NUMBER, "event": "PIN_CHANGED", "requester": "1"},
            notices.Security("8190", "PIN_CHANGED", "1"),
        ),
        (
            "business_username_updates",
            {**NUMBER, "username": "@olive", "status": "APPROVED"},
            notices.UsernameChange("8190", "olive", "approved"),
        ),
        (
            "account_settings_update",
            {"phone_number_settings": {"phone_number_id": "1"}},
            notices.SettingsChange("1", {"phone_number_id": "1"}),
        ),
        (
            "smb_app_state_sync",
            {
                "state_sync": [
                    {
                        "action": "add",
                        "contact": {"full_name": "Ken", "phone_number": "8190"},
                        "metadata": {"timestamp": AS_JSON},
                    }
                ]
            },
            notices.ContactSync((notices.ContactChange("add", "8190", "Ken", AT),)),
        ),
        ("payment_configuration_update", {"a": 1}, notices.OtherNotice("payment_configuration_update", {"a": 1})),
    ],
)
def test_each_field_has_its_type(field: str, value: dict[str, Any], expected: notices.Notice) -> None:
    assert notices.parse_notice(field, value) == expected


def test_a_category_that_will_change_is_not_done_yet():
    assert notices.TemplateCategory(TEMPLATE, "UTILITY", "MARKETING").is_done
    assert not notices.TemplateCategory(TEMPLATE, "UTILITY", coming="MARKETING").is_done


@pytest.mark.parametrize(
    ("value", "attributes"),
    [
        ({"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SCAM"}}, {"violation": "SCAM"}),
        (
            {
                "event": "ACCOUNT_RESTRICTION",
                "restriction_info": [{"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": AS_JSON}],
            },
            {"restrictions": (notices.Restriction("RESTRICTED_BIZ_INITIATED_MESSAGING", AT),)},
        ),
        (
            {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE", "waba_ban_date": "April 17, 2025"}},
            {"ban_state": "DISABLE", "ban_on": date(2025, 4, 17)},
        ),
        ({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_date": "soon"}}, {"ban_on": None}),
        (
            {"event": "PARTNER_REMOVED", "waba_info": {"waba_id": 9}, "disconnection_info": {"reason": "r"}},
            {"account_id": "9", "reason": "r"},
        ),
    ],
)
def test_an_account_update_says_what_follows(value, attributes):
    found = notices.parse_notice("account_update", value)
    assert isinstance(found, notices.AccountUpdate)
    assert found.raw is value
    assert {name: getattr(found, name) for name in attributes} == attributes


@pytest.mark.parametrize("field", ["smb_message_echoes", "message_echoes"])
def test_an_echo_is_a_copy_and_no_message(field):
    raw = {"from": "8150", "to": "8190", "id": "wamid.1", "timestamp": AS_JSON, "type": "text", "text": {"body": "hi"}}
    found = notices.parse_notice(field, {"message_echoes": [raw, "odd"]})
    assert found == notices.Copies((notices.Copy("wamid.1", "8150", "8190", "text", contents.Words("hi"), AT),))


def test_history_comes_with_its_place_and_its_threads():
    old = {
        "id": "wamid.1",
        "from": "8190",
        "type": "text",
        "text": {"body": "hi"},
        "history_context": {"status": "READ"},
    }
    piece = {"metadata": {"phase": 1, "chunk_order": 2, "progress": 55}, "threads": [{"id": "8190", "messages": [old]}]}
    found = notices.parse_notice("history", {"history": [piece]})
    assert isinstance(found, notices.History)
    assert (found.phase, found.chunk, found.percent) == (1, 2, 55)
    assert [(thread.wa_id, thread.messages[0].status) for thread in found.threads] == [("8190", "read")]


def test_a_refused_history_says_so():
    found = notices.parse_notice("history", {"history": [{"errors": [{"code": 2593109}]}]})
    assert isinstance(found, notices.History)
    assert [problem.code for problem in found.problems] == [2593109]


def test_problems_without_a_message_are_not_passed_over():
    (item,) = events.parse_events(payloads.body("errors_without_message"))
    assert isinstance(item, events.AccountEvent)
    assert isinstance(item.notice, notices.Problems)
    assert [problem.code for problem in item.notice.problems] == [130429]


@pytest.mark.parametrize("value", [{"user_actions": [{"action_type": "landing_page_view"}]}, {"future": [1]}, {}])
def test_nothing_in_the_field_of_messages_is_passed_over(value):
    (item,) = events.parse_events(events.build_body(events.Change("1", None, "messages", value)))
    assert isinstance(item, events.AccountEvent)
    assert isinstance(item.notice, notices.Problems)


def test_the_captured_cases_have_types():
    for name in ("template_paused", "template_quality", "template_category_changed", "account_restricted"):
        (item,) = events.parse_events(payloads.body(name))
        assert isinstance(item, events.AccountEvent)
        assert not isinstance(item.notice, notices.OtherNotice)
