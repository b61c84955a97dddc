"""What Meta's webhooks say besides messages and statuses: of templates, accounts, numbers and the phone app, typed."""

from switchboard.cloudapi.notices.accounts import (
    AccountUpdate,
    Alert,
    Capability,
    NameDecision,
    NumberQuality,
    Restriction,
    Review,
    Security,
    SettingsChange,
    UsernameChange,
)
from switchboard.cloudapi.notices.parsing import Notice, OtherNotice, is_known, parse_notice
from switchboard.cloudapi.notices.phone_app import ContactChange, ContactSync, Copies, Copy, History, Problems, Thread
from switchboard.cloudapi.notices.templates import (
    TemplateCategory,
    TemplateComponents,
    TemplateName,
    TemplateQuality,
    TemplateStatus,
)

__all__ = [
    "AccountUpdate",
    "Alert",
    "Capability",
    "ContactChange",
    "ContactSync",
    "Copies",
    "Copy",
    "History",
    "NameDecision",
    "Notice",
    "NumberQuality",
    "OtherNotice",
    "Problems",
    "Restriction",
    "Review",
    "Security",
    "SettingsChange",
    "TemplateCategory",
    "TemplateComponents",
    "TemplateName",
    "TemplateQuality",
    "TemplateStatus",
    "Thread",
    "UsernameChange",
    "is_known",
    "parse_notice",
]
