"""What a person sees when something goes wrong: a page, or for htmx one sentence in its place."""

import secrets
from typing import Any

import structlog
from django.conf import settings
from django.contrib import messages
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from switchboard.core.errors import SwitchboardError
from switchboard.web import sentences

log = structlog.get_logger(__name__)


def render_failure(request: HttpRequest, *, status: int, title: str, message: str, mark: str = "") -> HttpResponse:
    """Return the failure as a page, or as one notice when htmx asked. Reads nothing from the database."""
    context: dict[str, Any] = {"status": status, "title": title, "message": message, "mark": mark}
    is_part = bool(getattr(request, "htmx", False))
    response = render(None, "failures/notice.html" if is_part else "failures/page.html", context, status=status)
    if is_part:
        response["HX-Retarget"] = "#notices"
        response["HX-Reswap"] = "innerHTML"
    return response


def render_error(request: HttpRequest, error: SwitchboardError) -> HttpResponse:
    """Return one of the five families as what it is, and undo what the request wrote."""
    titles = {
        403: _("Not allowed"),
        404: _("Not found"),
        409: _("Somebody was faster"),
        422: _("That cannot be used"),
        503: _("Not available right now"),
    }
    title = titles.get(error.status, _("Something went wrong"))
    response: HttpResponse
    page = request.headers.get("referer", "")
    is_form = request.method == "POST" and not getattr(request, "htmx", False)
    if is_form and url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
        messages.error(request, say(error))
        response = redirect(page)
    else:
        response = render_failure(request, status=error.status, title=title, message=say(error))
    response.undo = True  # type: ignore[attr-defined]  # read by TransactionMiddleware
    return response


def say(error: SwitchboardError) -> str:
    """Return an error's sentence in the language of the page."""
    return sentences.translate(error.message)


def render_bug(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Return the page for what nobody foresaw, with an id by which its traceback is found in the log."""
    if isinstance(error, OperationalError | InterfaceError):
        log.error("database_unavailable", path=request.path, error=str(error))
        message = _("The database does not answer. Nothing that was stored is lost; try again in a minute.")
        return render_failure(request, status=503, title=_("Not available right now"), message=message)
    mark = secrets.token_hex(4)
    log.error("request_failed", mark=mark, path=request.path, method=request.method, exc_info=error)
    message = _("This is our fault. Try again; if it happens again, tell whoever runs Switchboard this number:")
    return render_failure(request, status=500, title=_("Something went wrong"), message=message, mark=mark)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere."""
    message = _("There is nothing at this address. It may have been deleted, or belong to another workspace.")
    return render_failure(request, status=404, title=_("Not found"), message=message)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that may not be made."""
    message = _("Your role does not allow this; an owner of the workspace can change it.")
    return render_failure(request, status=403, title=_("Not allowed"), message=message)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that did not come from an open page of ours."""
    message = _("This page was open too long or in another session. Go back, reload it and send the form again.")
    return render_failure(request, status=403, title=_("Please try again"), message=message)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer when an error escaped even the middleware."""
    mark = secrets.token_hex(4)
    log.error("request_failed_outside", mark=mark, path=request.path, exc_info=True)
    message = _("This is our fault. Try again; if it happens again, tell whoever runs Switchboard this number:")
    return render_failure(request, status=500, title=_("Something went wrong"), message=message, mark=mark)


def handle_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """Turn whatever a view raised into an answer; None leaves it to Django (its own 404s, and debug pages)."""
    if isinstance(exception, SwitchboardError):
        return render_error(request, exception)
    if isinstance(exception, Http404) or exception.__class__.__module__.startswith("django.core.exceptions"):
        return None
    if settings.DEBUG:
        return None
    return render_bug(request, exception)
