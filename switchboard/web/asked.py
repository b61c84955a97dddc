"""What an address asks for, read without trust."""

from django.http import HttpRequest

_LARGEST = 2**63 - 1


def whole(request: HttpRequest, name: str) -> int | None:
    """Return a whole number of the query string; nothing when it is missing or none."""
    text = request.GET.get(name, "")
    if not text.isascii() or not text.isdigit():
        return None
    value = int(text[:20])
    return value if value <= _LARGEST else None
