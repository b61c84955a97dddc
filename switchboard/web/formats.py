"""Numbers, moments and spans of time as people of each language write them."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale, UnknownLocaleError, dates, numbers
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from switchboard.core import clock

_LOCALES = {"ja": "ja", "zh-hans": "zh_Hans", "en": "en"}
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
# Meta's code, and where its name stands.
_DARI, _DARI_OF_PERSIAN = "prs", "fa_AF"


def locale_name() -> str:
    """Return Babel's name of the language the page speaks."""
    return _LOCALES.get(translation.get_language() or "en", "en")


def render_count(value: float | None) -> str:
    """Return a number with its thousands apart; one decimal where it is not whole."""
    if value is None:
        return "–"
    return f"{value:,.1f}" if isinstance(value, float) and not value.is_integer() else f"{int(value):,}"


def render_money(amount: Decimal, currency: str) -> str:
    """Return an amount in its currency; small ones keep the digits that prices of single messages have."""
    digits = "#,##0.00" if abs(amount) >= 1 or not amount else "#,##0.0000"
    if amount == int(amount) and not numbers.get_currency_precision(currency):
        digits = "#,##0"
    return f"{numbers.format_decimal(amount, digits, locale=locale_name())} {currency}"


def render_field(value: object, kind: str = "", currency: str = "") -> str:
    """Return what a field of a person holds, as its kind is written in the page's language."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, int | float):
        amount = Decimal(str(value))
        return (
            render_money(amount, currency) if kind == "money" else numbers.format_decimal(amount, locale=locale_name())
        )
    try:
        return dates.format_date(date.fromisoformat(str(value)), locale=locale_name()) if kind == "date" else str(value)
    except ValueError:
        return str(value)


def render_moment(value: datetime) -> str:
    """Return a moment in the page's time zone: the hour alone if it is today, the date beside it if not."""
    zone = timezone.get_current_timezone()
    local, today = value.astimezone(zone), clock.now().astimezone(zone)
    if local.date() == today.date():
        return dates.format_time(local, "HH:mm", tzinfo=_zone(), locale=locale_name())
    if local.year != today.year:
        return dates.format_skeleton("yMMMd", local, tzinfo=_zone(), locale=locale_name())
    return f"{render_day(local)} {render_clock_time(local)}"


def render_stored_moment(value: object) -> str:
    """Return a moment that was stored as text; a text that is none stays as it is."""
    try:
        return render_moment(datetime.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def render_day(value: datetime) -> str:
    """Return the day of a moment in the page's time zone."""
    return dates.format_skeleton("MMMd", value.astimezone(_zone()), tzinfo=_zone(), locale=locale_name())


def render_clock_time(value: datetime, *, with_seconds: bool = False) -> str:
    """Return the hour and minute of a moment in the page's time zone."""
    return dates.format_time(
        value.astimezone(_zone()), "HH:mm:ss" if with_seconds else "HH:mm", tzinfo=_zone(), locale=locale_name()
    )


def render_full_moment(value: datetime) -> str:
    """Return a moment with everything, its zone included."""
    local = value.astimezone(_zone())
    return f"{dates.format_datetime(local, 'long', tzinfo=_zone(), locale=locale_name())}"


def render_zone() -> str:
    """Return the page's time zone and how far it is from UTC: `Asia/Tokyo (UTC+09:00)`."""
    zone = _zone()
    offset = clock.now().astimezone(zone).strftime("%z")
    return f"{zone.key} (UTC{offset[:3]}:{offset[3:5]})"


def render_span(seconds: float) -> str:
    """Return a length of time in its one or two largest units."""
    whole = max(0, round(seconds))
    if whole < _MINUTE:
        return ngettext("%(n)d second", "%(n)d seconds", whole) % {"n": whole}
    if whole < _HOUR:
        minutes = round(whole / _MINUTE)
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if whole < _DAY:
        hours, minutes = whole // _HOUR, whole % _HOUR // _MINUTE
        return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    days = round(whole / _DAY)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def render_ago(value: datetime) -> str:
    """Return how long ago a moment was."""
    passed: timedelta = clock.now() - value
    return gettext("%(span)s ago") % {"span": render_span(passed.total_seconds())}


def _zone() -> ZoneInfo:
    zone = timezone.get_current_timezone()
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC") if zone is UTC else ZoneInfo(str(zone))


def render_country(code: str) -> str:
    """Return a country's name in the page's language; the code itself where there is none."""
    return str(Locale.parse(locale_name()).territories.get(code, code))


def render_language(code: str) -> str:
    """Return what a language is called in the page's language; the code itself where nobody knows it."""
    return _render_language(code, locale_name())


# A list of people asks for the same few again and again.
@lru_cache(maxsize=1024)
def _render_language(code: str, locale: str) -> str:
    page, written = Locale.parse(locale), code.replace("-", "_")
    language, _sep, country = written.partition("_")
    if language == _DARI:
        return str(page.languages.get(_DARI_OF_PERSIAN, code))
    try:
        return Locale.parse(written).get_display_name(page) or code
    except (UnknownLocaleError, ValueError):
        # Some have a name and no data of their own, English of Qatar among them.
        name = page.languages.get(language, code)
        return f"{name} ({page.territories[country]})" if name != code and country in page.territories else str(name)


def name_languages(codes: Iterable[str]) -> dict[str, str]:
    """Return what languages are called; those that would be called the same keep their codes behind it."""
    names = {code: render_language(code) for code in codes}
    counts = Counter(names.values())
    return {code: f"{name} ({code})" if counts[name] > 1 else name for code, name in names.items()}


def list_languages(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Return languages with what they are called, by name."""
    return sorted(((code, render_language(code)) for code in codes), key=lambda row: row[1].casefold())


def list_countries() -> list[tuple[str, str]]:
    """Return every country that has phone numbers, with its calling code, by name."""
    return _list_countries(locale_name())


@lru_cache(maxsize=4)
def _list_countries(locale: str) -> list[tuple[str, str]]:
    names = Locale.parse(locale).territories
    rows = [
        (code, f"{names.get(code, code)} (+{phonenumbers.country_code_for_region(code)})")
        for code in phonenumbers.SUPPORTED_REGIONS
    ]
    return sorted(rows, key=lambda row: row[1])
