"""Whatever goes wrong, as JSON of one shape: a code for the program, a sentence for its maker, and what to do."""

import re
import secrets
from collections.abc import Callable
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from ninja import NinjaAPI
from ninja import errors as ninja_errors
from pydantic import BaseModel

from switchboard.core.errors import Invalid, NotAllowed, NotFound, SwitchboardError

log = structlog.get_logger(__name__)

_KEYS_PAGE = "An owner of the workspace makes keys in the console, under API keys, or with `switchboard keys create`."
_ADVICE = {
    400: "Correct the request and send it again; nothing was changed.",
    401: f"Send the header “Authorization: Bearer swb_…” with a key that works. {_KEYS_PAGE}",
    403: _KEYS_PAGE,
    404: "Check the address and the id, and that the key is of the workspace that it is in.",
    405: "Use one of the methods that the header “Allow” names.",
    409: "Look at what is there now, and decide; nothing was changed.",
    413: "Send it in several requests.",
    422: "Correct what `field` or the message names and send it again; nothing was changed.",
    500: "Try again; if it happens again, tell whoever runs Switchboard the number in the message.",
    503: "Try again in a minute; nothing was changed.",
}
# Parts of a place in a request that only we know: what endpoints call the body, and which of two shapes it has.
_INSIDE = {"told", "one", "many"}


class Problem(BaseModel):
    """Why a request was not done."""

    code: str
    message: str
    # Which value of the request it is about, as in `items.0.price`.
    field: str | None
    what_to_do: str


class KeyAbsentError(NotAllowed):
    """No API key came with this request."""

    status = 401


class KeyUnknownError(NotAllowed):
    """There is no such API key."""

    status = 401


class KeyOverError(NotAllowed):
    """This API key has ended."""

    status = 401


class ScopeMissingError(NotAllowed):
    """This API key may not do that."""


class BodyError(Invalid):
    """The body of the request is no JSON."""

    status = 400


class BodyTooLargeError(Invalid):
    """The body of the request is larger than 5 MB."""

    status = 413


class AddressError(NotFound):
    """There is nothing at this address."""


class MethodError(Invalid):
    """This address does not know that method."""

    status = 405


def render_error(error: SwitchboardError) -> HttpResponse:
    """Return an error as what a program reads."""
    problem = describe_error(error)
    response = JsonResponse(problem.model_dump(), status=error.status, json_dumps_params={"ensure_ascii": False})
    if error.status == KeyAbsentError.status:
        response["WWW-Authenticate"] = "Bearer"
    return response


def describe_error(error: SwitchboardError) -> Problem:
    """Return an error as a part of an answer."""
    return Problem(
        code=_name_code(error),
        message=error.message,
        field=error.field,
        what_to_do=_ADVICE.get(error.status, _ADVICE[500]),
    )


def _name_code(error: SwitchboardError) -> str:
    """Return the error's class as a word that programs compare: order_exists."""
    name = type(error).__name__.removesuffix("Error")
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def handle_errors(api: NinjaAPI) -> None:
    """Let every exception of this API become a problem; the most particular handler is asked."""
    handlers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        SwitchboardError: lambda _request, error: render_error(error),
        ninja_errors.ValidationError: lambda _request, error: render_error(_read_shape(error)),
        ninja_errors.HttpError: lambda _request, error: render_error(_read_cause(error)),
        RequestDataTooBig: lambda _request, _error: render_error(BodyTooLargeError()),
        **dict.fromkeys(_BREAKS, lambda _request, _error: render_error(_BROKEN_BODY)),
        **dict.fromkeys((OperationalError, InterfaceError), _render_absence),
        Exception: _render_bug,
    }
    for kind, answer in handlers.items():
        api.add_exception_handler(kind, answer)


_BREAKS = (SuspiciousOperation, MultiPartParserError, UnreadablePostError)
_BROKEN_BODY = BodyError("The body of the request is broken, or did not arrive whole.")


def _read_shape(error: ninja_errors.ValidationError) -> SwitchboardError:
    """Return the first value that is not what the schema says."""
    first, *others = error.errors
    # Whether it stood in the body, the path or the query comes first, and is plain from its name.
    field = ".".join(str(part) for part in first["loc"][1:] if part not in _INSIDE) or None
    reason = "is missing" if first["type"] == "missing" else f"cannot be used: {first['msg']}"
    more = f" {len(others)} more values cannot be used, either." if others else ""
    return Invalid(f"“{field or 'body'}” {reason}.{more}", field=field)


def _read_cause(error: ninja_errors.HttpError) -> SwitchboardError:
    return error.__cause__ if isinstance(error.__cause__, SwitchboardError) else BodyError()


def _render_absence(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("database_unavailable", path=request.path, error=str(error))
    problem = Problem(
        code="unavailable",
        message="The database does not answer. Nothing that was stored is lost.",
        field=None,
        what_to_do=_ADVICE[503],
    )
    return JsonResponse(problem.model_dump(), status=503)


def _render_bug(request: HttpRequest, error: Exception) -> HttpResponse:
    """Say that it is our fault, with an id by which the traceback is found in the log."""
    mark = secrets.token_hex(4)
    log.error("request_failed", mark=mark, path=request.path, method=request.method, exc_info=error)
    problem = Problem(
        code="our_fault", message=f"This is our fault; its number is {mark}.", field=None, what_to_do=_ADVICE[500]
    )
    return JsonResponse(problem.model_dump(), status=500)
