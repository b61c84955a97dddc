"""Codes that rooms return, in sentences for people."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from switchboard.cloudapi import errors as cloud_errors
from switchboard.delivery.types import NEVER_LEFT
from switchboard.web import formats, sentences

Words = str | Promise

IMPORT_REASONS: dict[str, Words] = {
    "empty": gettext_lazy("No phone number"),
    "scientific": gettext_lazy("The spreadsheet has shortened the number (8.19E+10); format the column as text"),
    "not_digits": gettext_lazy("Not a phone number"),
    "too_short": gettext_lazy("Too short for a phone number"),
    "too_long": gettext_lazy("Too long for a phone number"),
    "unknown_country": gettext_lazy("A number of no known country; write it with + and the country code"),
    "not_in_use": gettext_lazy("A number that nobody can have in that country"),
    "broken_characters": gettext_lazy("Broken characters; choose another encoding"),
    "too_many_cells": gettext_lazy("More cells than the header has"),
    "too_long_text": gettext_lazy("A text is too long"),
    "opt_out_unclear": gettext_lazy("Unclear whether this person has opted out; write yes or no"),
    "repeated": gettext_lazy("The same person again in this file"),
    "no_phone_column": gettext_lazy("No column holds phone numbers"),
    "known": gettext_lazy("Known already, and left as they are"),
    "headings_again": gettext_lazy("A second row of headings"),
    "not_a_number": gettext_lazy("Not a number; the cell was left out"),
    "not_a_date": gettext_lazy("Not a date; the cell was left out"),
    "not_a_choice": gettext_lazy("None of the field's choices; the cell was left out"),
    "not_yes_no": gettext_lazy("Neither yes nor no; the cell was left out"),
    "not_money": gettext_lazy("No amount of money; the cell was left out"),
    "other_currency": gettext_lazy("Another currency than the field's; the cell was left out"),
    "field_too_long": gettext_lazy("Too long for a field; the cell was left out"),
    "email_left_out": gettext_lazy("The e-mail address was not one and was left out"),
    "language_left_out": gettext_lazy("The language was not understood and was left out"),
    "zone_left_out": gettext_lazy("The time zone was not understood and was left out"),
    "opted_out": gettext_lazy("Opted out, and stays so"),
}

TARGETS: dict[str, Words] = {
    "phone": gettext_lazy("Phone number"),
    "name": pgettext_lazy("of a person", "Name"),
    "family_name": gettext_lazy("Family name"),
    "given_name": gettext_lazy("Given name"),
    "email": gettext_lazy("E-mail address"),
    "language": gettext_lazy("Language"),
    "zone": gettext_lazy("Time zone"),
    "tags": gettext_lazy("Tags"),
    "opt_out": gettext_lazy("Opted out (yes or no)"),
}

FIELD_KINDS: dict[str, Words] = {
    # Not the words of a message, and no phone number.
    "text": pgettext_lazy("kind of field", "Text"),
    "number": pgettext_lazy("kind of field", "Number"),
    "date": gettext_lazy("Date"),
    "choice": gettext_lazy("Choice"),
    "yes_no": gettext_lazy("Yes or no"),
    "money": gettext_lazy("Money"),
}

# What a column of a file of orders or events is.
DEED_TARGETS: dict[str, Words] = {
    "person": gettext_lazy("The person's number or e-mail address"),
    "external_id": gettext_lazy("Id of the order or event"),
    "number": gettext_lazy("Order number"),
    "items": gettext_lazy("What was bought"),
    "total": gettext_lazy("Total"),
    "currency": gettext_lazy("Currency"),
    "at": gettext_lazy("Date and time"),
    "refunded": gettext_lazy("Given back"),
    "name": gettext_lazy("What happened"),
}

HOLDS: dict[str, Words] = {
    "stop": gettext_lazy("The stop switch is on"),
    "template": gettext_lazy("The template is not approved at the moment"),
    "number": gettext_lazy("The number is stopped or not connected"),
    "pace": gettext_lazy("The number's pace"),
    "throughput": gettext_lazy("The number's throughput"),
    "quiet_hours": gettext_lazy("Quiet hours where the contact lives"),
    "retry": gettext_lazy("WhatsApp asked to try again later"),
    "frequency": gettext_lazy("These people got enough marketing lately"),
    "pair": gettext_lazy("Something else was just sent to this person"),
    "portfolio_budget": gettext_lazy("The portfolio has reached as many people as WhatsApp allows in 24 hours"),
    "spread": gettext_lazy("Waiting for its turn at this pace"),
    "same_content": gettext_lazy("Its turn among identical messages, 15 seconds apart"),
}

SKIPS: dict[str, Words] = {
    "consent": gettext_lazy("No consent, or opted out"),
    "reachability": gettext_lazy("Cannot be reached on WhatsApp"),
    "window": gettext_lazy("Outside the 24-hour window"),
    "template": gettext_lazy("No approved template, or a variable without a value"),
    "number": gettext_lazy("No number could send it"),
    "expired": gettext_lazy("It waited too long"),
    "cancelled": gettext_lazy("The broadcast was cancelled"),
    "same_person": gettext_lazy("Two contacts turned out to be one person, who gets it once"),
    "gave_up": gettext_lazy("The broadcast gave up before its turn came"),
}

PACES: dict[str, tuple[Words, Words]] = {
    "careful": (
        gettext_lazy("Careful"),
        gettext_lazy("A gap of 3–5 seconds, 12 a minute and 200 an hour per number. For new numbers."),
    ),
    "standard": (gettext_lazy("Standard"), gettext_lazy("20 a second per number.")),
    "full": (gettext_lazy("Full"), gettext_lazy("As fast as WhatsApp allows each number, a fifth kept for answers.")),
}

CHOICES: dict[str, Words] = {
    "sticky": gettext_lazy("the number they last wrote to"),
    "weighed": gettext_lazy("shared out by speed, quality, age and what is left of the day"),
    "only": gettext_lazy("the only number of this broadcast that can reach them"),
}

_REGIONS: dict[str, Words] = {
    "north_america": gettext_lazy("North America"),
    "rest_of_western_europe": gettext_lazy("Rest of Western Europe"),
    "rest_of_central_eastern_europe": gettext_lazy("Rest of Central and Eastern Europe"),
    "rest_of_asia_pacific": gettext_lazy("Rest of Asia Pacific"),
    "rest_of_latin_america": gettext_lazy("Rest of Latin America"),
    "rest_of_middle_east": gettext_lazy("Rest of the Middle East"),
    "rest_of_africa": gettext_lazy("Rest of Africa"),
    "other": gettext_lazy("All other countries"),
}

CATEGORIES: dict[str, Words] = {
    "marketing": gettext_lazy("Marketing"),
    "utility": gettext_lazy("Utility"),
    "authentication": gettext_lazy("Authentication"),
    "service": gettext_lazy("Service"),
    "all": gettext_lazy("Everything"),
}

BASES: dict[str, Words] = {"opt_in": gettext_lazy("Opt-in"), "transaction": gettext_lazy("Transaction")}


def say_hold(gate: str) -> str:
    """Return why something waits."""
    return str(HOLDS.get(gate, gate))


def say_skip(reason: str) -> str:
    """Return why something was not sent at all."""
    return str(SKIPS.get(reason, reason))


def say_failure(reason: str) -> str:
    """Return why something failed: Meta's code in plain words, or our own reason."""
    if reason == "unconfirmed":
        return _("WhatsApp never said whether it took the message. It is not sent again by itself.")
    if reason == NEVER_LEFT:
        return _("It could not be handed to WhatsApp. Check the network; nobody gets it twice if you send it again.")
    return _(cloud_errors.outcome_of(int(reason)).sentence) if reason.isdigit() else reason


def say_consent(reason: str) -> str:
    """Return why nobody may write to somebody; nothing when they may."""
    return str(_SKIP_DETAILS.get(reason, reason))


def say_import_reason(reason: str) -> str:
    """Return why a row of a file was refused, or what was left out of it."""
    return str(IMPORT_REASONS.get(reason, reason))


_SKIP_DETAILS: dict[str, Words] = {
    "opted_out": gettext_lazy("Opted out"),
    "no_basis": gettext_lazy("No consent for this category"),
    "no_phone": gettext_lazy("No phone number"),
    "contact_gone": gettext_lazy("The contact was deleted"),
    "other_portfolio": gettext_lazy("Hides the phone number, and is known only to numbers of another portfolio"),
    "variable_missing": gettext_lazy("A variable has no value and no fallback"),
    "too_long": gettext_lazy("Longer than WhatsApp allows with these values"),
    "other_account": gettext_lazy("The template belongs to another account"),
    "not_on_whatsapp": gettext_lazy("Not on WhatsApp: earlier messages could not be delivered"),
    "country": gettext_lazy("WhatsApp delivers no marketing to this country"),
}


def say_skip_detail(reason: str, detail: Mapping[str, Any]) -> str:
    """Return why one person was skipped, as exactly as the gate wrote it down."""
    why = str(detail.get("reason") or detail.get("why") or "")
    return str(_SKIP_DETAILS[why]) if why in _SKIP_DETAILS else say_skip(reason)


def say_market(market: str) -> str:
    """Return the name of a price market: a country or a region."""
    return str(_REGIONS[market]) if market in _REGIONS else formats.render_country(market)


def list_regions() -> list[str]:
    """Return the markets that are no single country; they stand last."""
    return list(_REGIONS)


def say_choice(choice: str) -> str:
    """Return why this number writes to a person; nothing while that is not decided."""
    return str(CHOICES.get(choice, ""))


def say_finish(finish_at: datetime | None) -> str:
    """Return when the last message leaves."""
    if finish_at is None:
        return _("Cannot finish until somebody acts")
    return _("Finishes about %(time)s") % {"time": formats.render_moment(finish_at)}


def say_finish_awake(finish_at: datetime) -> str:
    """Return when the last message leaves to whoever nothing holds."""
    return _("Whoever is not held: about %(time)s") % {"time": formats.render_moment(finish_at)}


def say_limit(limit: str, figure: float, numbers: int) -> str:
    """Return which limit keeps a broadcast from finishing sooner; nothing when none does."""
    count = formats.render_count(figure)
    sentences = {
        "per_second": _("Narrowest limit: %(n)s a second per number, on %(numbers)s numbers"),
        "per_minute": _("Narrowest limit: %(n)s a minute per number, on %(numbers)s numbers"),
        "per_hour": _("Narrowest limit: %(n)s an hour per number, on %(numbers)s numbers"),
        "per_day": _("Narrowest limit: %(n)s a day per number, on %(numbers)s numbers"),
        "gap": _("Narrowest limit: a gap of at least %(n)s seconds per number, on %(numbers)s numbers"),
        "quiet_hours": _("Quiet hours hold the last ones"),
        "same_content": _("Identical messages take turns, %(n)s seconds apart"),
        "rest": _("The rests of the numbers, %(n)s seconds each"),
        "budget": _("The portfolio may reach %(n)s people in 24 hours"),
        "number": _("A number of this broadcast is stopped or not connected"),
    }
    return sentences.get(limit, "") % {"n": count, "numbers": numbers}


_STOPPED_BY = "Stopped by "


def say_stop(code: str, detail: str) -> str:
    """Return why a number is stopped: a person's name, or the error's sentence."""
    if code == "person" and detail.startswith(_STOPPED_BY):
        return _("Stopped by %(name)s") % {"name": detail.removeprefix(_STOPPED_BY).rstrip(".")}
    return sentences.translate(detail) if detail else code
