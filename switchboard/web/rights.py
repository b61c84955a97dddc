"""Who may open which page: a decorator for views, and the request as views see it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponseBase

from switchboard.core.errors import NotAllowed
from switchboard.team import rules as team_rules
from switchboard.team.rules import Right

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from switchboard.team.models import Member, User

View = Callable[..., HttpResponseBase]


class ConsoleRequest(HttpRequest):
    """A request of a signed-in member; what the middleware has attached."""

    user: User
    member: Member
    htmx: HtmxDetails


def needs(right: Right) -> Callable[[View], View]:
    """Refuse the view to members whose role does not carry the right.

    :raises NotAllowed: it does not.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: ConsoleRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not team_rules.has_right(request.member.role, right):
                raise NotAllowed
            return view(request, *args, **kwargs)

        return guarded

    return decorate
