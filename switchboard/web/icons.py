"""Icons: outlines of the npm package @tabler/icons, drawn into the page so that they take the text's colour."""

import re
from functools import cache

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

_SHAPES = re.compile(r"<svg[^>]*>(?P<shapes>.*)</svg>", re.DOTALL)
_INVISIBLE = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


@cache
def read_shapes(name: str) -> str:
    """Return the shapes inside an icon's SVG; empty when the package is not installed or has no such icon."""
    path = settings.NODE_MODULES / "@tabler/icons/icons/outline" / f"{name}.svg"
    if not path.is_file():
        return ""
    found = _SHAPES.search(path.read_text(encoding="utf-8"))
    return " ".join(_INVISIBLE.sub("", found["shapes"]).split()) if found else ""


def render_icon(name: str, classes: str = "") -> SafeString:
    """Return an icon as SVG; it is decoration, so a word stands beside it or labels its button."""
    return mark_safe(  # noqa: S308 - shapes come from the package, names and classes from our HTML.
        f'<svg class="icon {classes}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
        f'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{read_shapes(name)}</svg>'
    )
