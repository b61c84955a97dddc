"""Meta's field names, and what reads each."""

from collections.abc import Callable

import msgspec

from switchboard.cloudapi.notices import accounts, phone_app, templates
from switchboard.cloudapi.values import Json


class OtherNotice(msgspec.Struct, frozen=True):
    """A field that we do not know: kept and shown, never dropped."""

    field: str
    raw: Json


Notice = (
    templates.TemplateStatus
    | templates.TemplateQuality
    | templates.TemplateComponents
    | templates.TemplateCategory
    | accounts.AccountUpdate
    | accounts.Alert
    | accounts.Review
    | accounts.Capability
    | accounts.NumberQuality
    | accounts.NameDecision
    | accounts.Security
    | accounts.UsernameChange
    | accounts.SettingsChange
    | phone_app.Copies
    | phone_app.History
    | phone_app.ContactSync
    | phone_app.Problems
    | OtherNotice
)

_READERS: dict[str, Callable[[Json], Notice]] = {
    "message_template_status_update": templates.parse_status,
    "message_template_quality_update": templates.parse_quality,
    "message_template_components_update": templates.parse_components,
    "template_category_update": templates.parse_category,
    "template_correct_category_detection": templates.parse_category,
    "account_update": accounts.parse_account_update,
    "account_alerts": accounts.parse_alert,
    "account_review_update": accounts.parse_review,
    "business_capability_update": accounts.parse_capability,
    "phone_number_quality_update": accounts.parse_number_quality,
    "phone_number_name_update": accounts.parse_name_decision,
    "security": accounts.parse_security,
    "business_username_updates": accounts.parse_username,
    "account_settings_update": accounts.parse_settings,
    "smb_message_echoes": phone_app.parse_copies,
    "message_echoes": phone_app.parse_copies,
    "standby": phone_app.parse_copies,
    "history": phone_app.parse_history,
    "smb_app_state_sync": phone_app.parse_contact_sync,
    "messages": phone_app.parse_problems,
}


# Fields that nothing here reads; everything of theirs stays in the journal.
_UNREAD = frozenset(
    [
        "automatic_events",
        "business_status_update",
        "calls",
        "flows",
        "group_lifecycle_update",
        "group_participants_update",
        "group_settings_update",
        "group_status_update",
        "messaging_handovers",
        "partner_solutions",
        "payment_configuration_update",
        "tracking_events",
    ]
)


def is_known(field: str) -> bool:
    """Tell whether this version has heard of a field; what it has not is for a person to look at."""
    return field in _READERS or field in _UNREAD


def parse_notice(field: str, value: Json) -> Notice:
    """Return what a change of this field says; an AccountEvent's `notice` calls this."""
    reader = _READERS.get(field)
    return reader(value) if reader else OtherNotice(field, value)
