"""The state of accounts and numbers."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from switchboard.cloudapi.values import Json, as_code, as_moment, as_object, as_text, list_objects

_TIERS = {250: "TIER_250", 2_000: "TIER_2K", 10_000: "TIER_10K", 100_000: "TIER_100K", -1: "TIER_UNLIMITED"}


class Restriction(msgspec.Struct, frozen=True):
    """Something that an account may not do for a while."""

    type: str
    ends_at: datetime | None


class AccountUpdate(msgspec.Struct, frozen=True):
    """A violation, a restriction, a ban, a partner …; `event` is Meta's word, `raw` what stands beside it."""

    event: str
    raw: Json
    violation: str = ""
    restrictions: tuple[Restriction, ...] = ()
    ban_state: str = ""
    ban_on: date | None = None
    account_id: str = ""
    reason: str = ""


class Alert(msgspec.Struct, frozen=True):
    """A warning about a business or a number."""

    entity_type: str
    entity_id: str
    severity: str
    status: str
    type: str
    description: str


class Review(msgspec.Struct, frozen=True):
    """Meta's decision about an account: APPROVED, REJECTED, PENDING, DEFERRED."""

    decision: str


class Capability(msgspec.Struct, frozen=True):
    """How many people a portfolio may write to in 24 hours, and how many numbers it may have."""

    messaging_limit: str = ""
    most_numbers: int | None = None
    most_numbers_per_account: int | None = None


class NumberQuality(msgspec.Struct, frozen=True):
    """A number was onboarded or made faster."""

    display_phone_number: str
    event: str
    messaging_limit: str = ""


class NameDecision(msgspec.Struct, frozen=True):
    """Meta's decision about a number's display name."""

    display_phone_number: str
    decision: str
    name: str
    reason: str = ""


class Security(msgspec.Struct, frozen=True):
    """A number's PIN was changed or asked for."""

    display_phone_number: str
    event: str
    requester: str = ""


class UsernameChange(msgspec.Struct, frozen=True):
    """A number's user name: approved, reserved or deleted."""

    display_phone_number: str
    username: str
    status: str


class SettingsChange(msgspec.Struct, frozen=True):
    """A number's settings changed."""

    phone_number_id: str
    settings: Json


def parse_account_update(value: Json) -> AccountUpdate:
    """Read account_update."""
    ban, account = as_object(value.get("ban_info")), as_object(value.get("waba_info"))
    restrictions = tuple(
        Restriction(as_text(one.get("restriction_type")), as_moment(one.get("expiration")))
        for one in list_objects(value.get("restriction_info"))
    )
    return AccountUpdate(
        event=as_text(value.get("event")).upper(),
        raw=value,
        violation=as_text(as_object(value.get("violation_info")).get("violation_type")),
        restrictions=restrictions,
        ban_state=as_text(ban.get("waba_ban_state")),
        ban_on=_english_day(ban.get("waba_ban_date")),
        account_id=as_text(account.get("waba_id")),
        reason=as_text(as_object(value.get("disconnection_info")).get("reason")),
    )


_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905  a list to read


def _english_day(value: Any) -> date | None:
    """Read "April 17, 2025" whatever the machine's language is."""
    month, _, rest = as_text(value).partition(" ")
    day, _, year = rest.partition(", ")
    try:
        return datetime(int(year), _MONTHS.index(month) + 1, int(day), tzinfo=UTC).date()
    except ValueError:
        return None


def parse_alert(value: Json) -> Alert:
    """Read account_alerts; the details stand in an object of their own, or beside the others."""
    info = as_object(value.get("alert_info")) or value
    severity, status, form, description = (
        as_text(info.get(f"alert_{part}")) for part in ("severity", "status", "type", "description")
    )
    return Alert(
        as_text(value.get("entity_type")), as_text(value.get("entity_id")), severity, status, form, description
    )


def parse_review(value: Json) -> Review:
    """Read account_review_update."""
    return Review(as_text(value.get("decision")).upper())


def parse_capability(value: Json) -> Capability:
    """Read business_capability_update; Meta may send each of its fields alone."""
    return Capability(
        messaging_limit=_read_tier(value),
        most_numbers=as_code(value.get("max_phone_numbers_per_business")),
        most_numbers_per_account=as_code(value.get("max_phone_numbers_per_waba")),
    )


def _read_tier(value: Json) -> str:
    """Return the messaging limit as TIER_…, which Meta writes as a word or as a figure."""
    given = value.get("max_daily_conversations_per_business", value.get("max_daily_conversation_per_phone"))
    if isinstance(given, int) and not isinstance(given, bool):
        return _TIERS.get(given, f"TIER_{given}")
    return as_text(given)


def parse_number_quality(value: Json) -> NumberQuality:
    """Read phone_number_quality_update."""
    number, event, current = (as_text(value.get(key)) for key in ("display_phone_number", "event", "current_limit"))
    return NumberQuality(number, event.upper(), _read_tier(value) or current)


def parse_name_decision(value: Json) -> NameDecision:
    """Read phone_number_name_update."""
    keys = ("display_phone_number", "decision", "requested_verified_name", "rejection_reason")
    number, decision, name, reason = (as_text(value.get(key)) for key in keys)
    return NameDecision(number, decision.upper(), name, "" if reason == "NONE" else reason)


def parse_security(value: Json) -> Security:
    """Read security."""
    number, event, requester = (as_text(value.get(key)) for key in ("display_phone_number", "event", "requester"))
    return Security(number, event.upper(), requester)


def parse_username(value: Json) -> UsernameChange:
    """Read business_username_updates."""
    number, username, status = (as_text(value.get(key)) for key in ("display_phone_number", "username", "status"))
    return UsernameChange(number, username.lstrip("@"), status.lower())


def parse_settings(value: Json) -> SettingsChange:
    """Read account_settings_update."""
    settings = as_object(value.get("phone_number_settings"))
    return SettingsChange(as_text(settings.get("phone_number_id")), settings)
