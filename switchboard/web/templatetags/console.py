"""Icons, numbers and moments in HTML. A builtin library: no {% load %} needed."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import phonenumbers
from django import template
from django.forms import BoundField
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from switchboard.core.phone import mask_phone
from switchboard.web import formats, icons, seeing, words

register = template.Library()


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """Draw an icon."""
    return icons.render_icon(name, classes)


@register.filter
def count(value: float | None) -> str:
    """Write a number for people."""
    return formats.render_count(value)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """Write a moment; its full form, zone included, is one hover away."""
    if value is None:
        return "–"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(timespec="seconds"),
        formats.render_full_moment(value),
        formats.render_moment(value),
    )


@register.filter
def time_of_day(value: datetime) -> SafeString:
    """Write the time of a moment; its full form is one hover away."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(timespec="seconds"),
        formats.render_full_moment(value),
        formats.render_clock_time(value),
    )


@register.filter
def ago(value: datetime | None) -> str:
    """Write how long ago a moment was."""
    return "–" if value is None else formats.render_ago(value)


@register.filter
def span(seconds: float | None) -> str:
    """Write a length of time."""
    return "–" if seconds is None else formats.render_span(seconds)


@register.filter
def styled(field: BoundField) -> SafeString:
    """Draw a form field in the console's look, tied to its hint and marked when it has a fault."""
    kind = getattr(field.field.widget, "input_type", "")
    look = {"checkbox": "form-check-input", "radio": "form-check-input", "select": "form-select"}
    attributes: dict[str, str | bool] = {
        "class": look.get(kind, "form-control") + (" is-invalid" if field.errors else "")
    }
    if field.help_text:
        attributes["aria-describedby"] = f"{field.id_for_label}_hint"
    return field.as_widget(attrs=attributes)


@register.filter
def phone(value: str | None) -> str:
    """Write a number with its groups apart, country first."""
    if not value:
        return "–"
    try:
        return phonenumbers.format_number(phonenumbers.parse(value), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return value


@register.filter
def person_phone(value: str | None) -> str:
    """Write a person's number as far as whoever looks may see it."""
    return seeing.show_phone(value)


@register.filter
def masked(value: str) -> str:
    """Write an id that is a phone number's digits as far as whoever looks may see it."""
    return value if seeing.may_see_phones() else mask_phone(value)


@register.filter
def money(value: Any, currency: str) -> str:
    """Write an amount of money."""
    return formats.render_money(value, currency)


@register.filter
def called(person: Any) -> str:
    """Write what to call somebody."""
    return seeing.call_person(person)


@register.filter
def language_name(code: str) -> str:
    """Name a language in the page's own."""
    return formats.render_language(code) if code else ""


@register.filter
def country_name(code: str) -> str:
    """Name a country in the page's language."""
    return formats.render_country(code) if code else ""


@register.filter
def category(value: str) -> Any:
    """Name a template's or a consent's category."""
    return words.CATEGORIES.get(value, value)


@register.filter
def basis(value: str) -> Any:
    """Name what a consent rests on."""
    return words.BASES.get(value, value)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """Look a key up in finished data."""
    return mapping.get(key)


@register.filter
def add_number(text: str, number: int) -> str:
    """Write a number behind a name: title0, title1."""
    return f"{text}{number}"


@register.filter
def share(part: float, whole: float) -> str:
    """Write a part as a percentage of the whole, never a false 0 or 100."""
    if not whole:
        return "–"
    exact = 100 * part / whole
    if 0 < exact < 1:
        return "<1%"
    if 99 < exact < 100:
        return ">99%"
    return f"{round(exact)}%"


@register.simple_tag(takes_context=True)
def address(context: template.Context, **changes: Any) -> str:
    """Return this page's query string with some of it changed; an empty value drops it."""
    kept = {key: value for key, value in context["request"].GET.items() if key not in changes}
    kept |= {key: value for key, value in changes.items() if value not in {None, ""}}
    return f"?{urlencode(kept)}" if kept else "?"


@register.filter
def pace_name(value: str) -> Any:
    """Name a pace preset."""
    return words.PACES[value][0] if value in words.PACES else value


_MARKS = (("*", "strong"), ("_", "em"), ("~", "del"))


@register.filter
def whatsapp(text: str) -> SafeString:
    """Draw a message's body as WhatsApp does: *bold*, _italic_, ~struck~, and places that are not filled in."""
    html = str(escape(text))
    for sign, tag in _MARKS:
        sign = re.escape(sign)
        html = re.sub(rf"(?<!\w){sign}(\S(?:[^\n]*?\S)?){sign}(?!\w)", rf"<{tag}>\1</{tag}>", html)
    html = re.sub(r"\{\{\s*\w+\s*\}\}", r"<mark>\g<0></mark>", html)
    return mark_safe(html)  # noqa: S308 - escaped first; only our own tags were added.
