"""What surrounds every page: one transaction, one workspace, one language, errors as pages."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from switchboard.core.tenancy import set_scope
from switchboard.team import queries as team_queries

Handler = Callable[[HttpRequest], HttpResponse]


class TransactionMiddleware:
    """Run each request in one transaction, so that its workspace setting dies with it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer inside a transaction; an answer of 500 or above rolls it back."""
        with transaction.atomic():
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response


class WorkspaceMiddleware:
    """Find the signed-in person's workspace and let the transaction see it."""

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
        return self.get_response(request)


class LanguageMiddleware:
    """Speak the person's language: their own setting, else the session's, else the browser's."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in that language."""
        language = getattr(request.user, "language", "") or request.session.get("language")
        language = language or translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class ErrorMiddleware:
    """Turn the five families of errors into pages that say what to do."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; errors are handled in `process_exception`."""
        return self.get_response(request)
