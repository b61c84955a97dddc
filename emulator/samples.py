"""What the dashboard's test button sends: fixed bodies about a number and an account that nobody has."""

from typing import Any

from emulator import wire

METADATA = {"display_phone_number": "16505551111", "phone_number_id": "123456123"}
TEMPLATE = {
    "message_template_id": 12345678,
    "message_template_name": "my_message_template",
    "message_template_language": "en-US",
}
CONTACT = {"profile": {"name": "test user name"}, "wa_id": "16315551181", "user_id": "US.13491208655302741918"}
SAMPLES: dict[str, dict[str, Any]] = {
    "messages": {
        "messaging_product": "whatsapp",
        "metadata": METADATA,
        "contacts": [CONTACT],
        "messages": [
            {
                "from": "16315551181",
                "id": "ABGGFlA5Fpa",
                "timestamp": "1504902988",
                "type": "text",
                "text": {"body": "this is a text message"},
            }
        ],
    },
    "user_preferences": {
        "messaging_product": "whatsapp",
        "metadata": METADATA,
        "contacts": [CONTACT],
        "user_preferences": [
            {
                "wa_id": "16315551181",
                "detail": "User requested to stop marketing messages",
                "category": "marketing_messages",
                "value": "stop",
                "timestamp": 1504902988,
            }
        ],
    },
    "message_template_status_update": {"event": "APPROVED", **TEMPLATE, "reason": None},
    # The sample of Meta's page carries this field's name wrongly; here it is right.
    "message_template_quality_update": {
        "previous_quality_score": "GREEN",
        "new_quality_score": "YELLOW",
        **TEMPLATE,
    },
    "template_category_update": {**TEMPLATE, "previous_category": "MARKETING", "new_category": "UTILITY"},
    "account_update": {"event": "VERIFIED_ACCOUNT", "phone_number": "16505551111"},
    "account_review_update": {"decision": "APPROVED"},
    "account_alerts": {
        "entity_type": "BUSINESS",
        "entity_id": "123456",
        "alert_info": {
            "alert_severity": "INFORMATIONAL",
            "alert_status": "NONE",
            "alert_type": "OBA_APPROVED",
            "alert_description": "Sample alert description",
        },
    },
    "business_capability_update": {"max_daily_conversations_per_business": 100, "max_phone_numbers_per_business": 2},
    "phone_number_quality_update": {
        "display_phone_number": "16505551111",
        "event": "ONBOARDING",
        "current_limit": "TIER_250",
    },
    "phone_number_name_update": {
        "display_phone_number": "16505551111",
        "decision": "APPROVED",
        "requested_verified_name": "WhatsApp",
        "rejection_reason": None,
    },
    "security": {"display_phone_number": "16505551111", "event": "PIN_CHANGED", "requester": "123456"},
}


def build_sample(field: str, moment: float) -> bytes:
    """Return the body for one field."""
    change = {"field": field, "value": SAMPLES[field]}
    entry = {"id": "0", "time": int(moment), "changes": [change]}
    return wire.encode({"object": "whatsapp_business_account", "entry": [entry]}).encode()
