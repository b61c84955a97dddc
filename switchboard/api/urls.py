"""The API, put together; and what surrounds each of its addresses."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any
from urllib.parse import unquote

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.operation import Operation

from switchboard.api import errors
from switchboard.api.bodies import StrictParser, is_clean_text
from switchboard.api.v1 import consent, contacts, conversions, imports
from switchboard.core.errors import Invalid

PREFIX = "/api/v1/"
_ABOUT = (
    "Send a key with every request: `Authorization: Bearer swb_…`. Owners make keys in the console, under API keys, and "
    "with `switchboard keys create`. Whatever cannot be done is answered by a problem: a code, a sentence, and what to "
    "do. A request is done in full or not at all. Bodies take at most 5 MB, files as much as the console's."
)

View = Callable[..., HttpResponseBase]


class Api(NinjaAPI):
    """An API whose operations are called what their functions are: clients are made from the document."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name of an operation."""
        return operation.view_func.__name__


def build_api() -> Api:
    """Return the API with every address it has."""
    api = Api(
        title="Switchboard",
        version="1",
        description=_ABOUT,
        urls_namespace="api",
        parser=StrictParser(),
        openapi_url=None,
        docs_url=None,
    )
    # What a refused request wrote is undone; that its key was used stays known.
    api.add_decorator(transaction.atomic)
    errors.handle_errors(api)
    for part in (contacts, consent, imports, conversions):
        api.add_router("", part.router)
    return api


API = build_api()


@cache
def render_document() -> dict[str, Any]:
    """Return the OpenAPI document; it is the same as long as the process runs."""
    return dict(API.get_openapi_schema(path_prefix=PREFIX))


def enter(view: View) -> View:
    """Let programs in without a session, and answer in JSON whatever the address is asked."""

    @wraps(view, updated=())
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_clean_text(unquote(f"{request.path}?{request.META.get('QUERY_STRING', '')}")):
            response = view(request, *args, **kwargs)
        else:
            response = errors.render_error(Invalid("The address holds a zero character. Leave it out."))
        if response.status_code == errors.MethodError.status:
            response = _refuse_method(response)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Language"] = "en"
        return response

    return csrf_exempt(login_not_required(entered))


def _refuse_method(former: HttpResponseBase) -> HttpResponse:
    response = errors.render_error(errors.MethodError())
    response.headers["Allow"] = former.headers.get("Allow", "")
    return response


def show_document(request: HttpRequest) -> HttpResponse:
    """Show the OpenAPI document; it holds no secret, so it needs no key."""
    if request.method != "GET":
        return HttpResponse(status=405, headers={"Allow": "GET"})
    return JsonResponse(render_document())


def show_nothing(request: HttpRequest) -> HttpResponse:
    """Answer an address that leads nowhere."""
    return errors.render_error(errors.AddressError())


def _list_patterns() -> list[URLPattern]:
    found = [one for one in API.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"]
    for one in found:
        one.callback = enter(one.callback)
    return found


urlpatterns = [
    *_list_patterns(),
    path("openapi.json", enter(show_document), name="openapi"),
    re_path("", enter(show_nothing), name="nothing"),
]
app_name = "api"
