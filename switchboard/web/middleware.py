"""What surrounds every page: one transaction, one workspace, one language, errors as pages."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from switchboard.core.tenancy import set_scope
from switchboard.team import queries as team_queries
from switchboard.team import rules as team_rules
from switchboard.team.rules import Right
from switchboard.web import failures, seeing

Handler = Callable[[HttpRequest], HttpResponse]


class TransactionMiddleware:
    """Run each request in one transaction, so that its workspace setting dies with it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer inside a transaction; an answer that reports a failure undoes what was written."""
        try:
            with transaction.atomic():
                response = self.get_response(request)
                if response.status_code >= 500 or getattr(response, "undo", False):
                    transaction.set_rollback(True)
        except (OperationalError, InterfaceError) as error:
            connection.close()  # The next request starts with a connection that works.
            return failures.render_bug(request, error)
        if response.streaming:
            connection.close()  # An open stream must not keep a connection of the pool.
        return response


class WorkspaceMiddleware:
    """Find the signed-in person's workspace, let the transaction see it, and tell the time as it does."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Attach `request.member` (or None) and scope the transaction to its workspace."""
        member = None
        user = request.user
        if user.is_authenticated:
            set_scope(workspace_id=None, user_id=user.pk)
            member = team_queries.find_member(user_id=user.pk, workspace_id=request.session.get("workspace_id"))
            set_scope(workspace_id=member.workspace_id if member else None, user_id=user.pk)
        request.member = member  # type: ignore[attr-defined]  # read by pages
        may_see = member is not None and team_rules.has_right(member.role, Right.SEE_PHONES)
        with (
            timezone.override(ZoneInfo(member.workspace.time_zone) if member else None),
            seeing.seeing_phones(may_see=may_see),
        ):
            response = self.get_response(request)
            # A page that is a promise to be rendered must be kept while it is known who looks.
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()
            return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Show people who belong to no workspace what to do instead of a page that needs one."""
        is_open = not getattr(view, "login_required", True) or view.__module__.startswith("allauth.")
        if is_open or getattr(request, "member", None) or not request.user.is_authenticated:
            return None
        return render(request, "failures/no_workspace.html", status=403)


class LanguageMiddleware:
    """Speak the person's language: their own setting, else the session's, else the browser's."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in that language."""
        language = getattr(request.user, "language", "") or request.session.get("language")
        language = language or translation.get_language_from_request(request)
        if language not in dict(settings.LANGUAGES):
            language = settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            # A page that is a promise to be rendered must be kept before the language is gone.
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()
        response.headers.setdefault("Content-Language", language)
        return response


class ErrorMiddleware:
    """Turn the five families of errors into pages that say what to do."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a part of a page never receives the sign-in page in its place."""
        response = self.get_response(request)
        is_part = bool(getattr(request, "htmx", False))
        if is_part and response.status_code == 302 and response["Location"].startswith("/accounts/login/"):
            return HttpResponse(status=204, headers={"HX-Redirect": request.htmx.current_url or "/"})  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn what a view raised into a page."""
        if isinstance(exception, ImmediateHttpResponse | ReauthenticationRequired):
            # Sign-in's own way of leading somewhere else: allauth's middleware answers it.
            return None
        return failures.handle_exception(request, exception)
