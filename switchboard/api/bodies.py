"""JSON as it comes from anywhere: only what every room and the database can keep is let through."""

import json
import math
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from switchboard.api.errors import BodyError

_UNKEPT = "The body holds a text with a zero character or half a character, which no database can keep."


class StrictParser(Parser):
    """Reads JSON by its letter: no NaN, no numbers beyond any size, no text that cannot be written down."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return what the body says.

        :raises BodyError: it is no JSON, or nothing that can be kept.
        """
        try:
            found = json.loads(request.body, parse_constant=_refuse, parse_float=_read_number)
        except RecursionError as error:
            raise BodyError("The body of the request is nested too deeply.") from error
        except ValueError as error:
            raise BodyError(f"The body of the request is no JSON: {error}.") from error
        if not _is_clean(found):
            raise BodyError(_UNKEPT)
        return found


def is_clean_text(text: str) -> bool:
    """Tell whether a text can be kept: no zero character, no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _is_clean(found: Any) -> bool:
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and not is_clean_text(one):
            return False
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            waiting.extend(one)
            waiting.extend(one.values())
    return True


def _read_number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is larger than any number can be")
    return number


def _refuse(text: str) -> float:
    raise ValueError(f"{text} is no number")
