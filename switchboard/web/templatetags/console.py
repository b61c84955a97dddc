"""Icons, numbers and moments in HTML. A builtin library: no {% load %} needed."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from switchboard.web import formats, icons

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
def ago(value: datetime | None) -> str:
    """Write how long ago a moment was."""
    return "–" if value is None else formats.render_ago(value)


@register.filter
def span(seconds: float | None) -> str:
    """Write a length of time."""
    return "–" if seconds is None else formats.render_span(seconds)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """Look a key up in finished data."""
    return mapping.get(key)


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
