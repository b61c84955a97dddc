"""WhatsApp templates as Meta has them: what they say, their state, and why one was rejected."""

from functools import partial
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from switchboard.numbers import queries as numbers_queries
from switchboard.team.rules import Right
from switchboard.templates import catalogue, queries, rules
from switchboard.web import formats, sentences
from switchboard.web.rights import ConsoleRequest, needs
from switchboard.web.templates import syncing

_PAGES = {"templates:list", "numbers:list"}


@require_GET
def show_templates(request: ConsoleRequest) -> HttpResponse:
    """Show the templates by name, and the chosen one as a bubble."""
    workspace_id = request.member.workspace_id
    search, name, language = (request.GET.get(key, "") for key in ("q", "name", "language"))
    families = catalogue.list_families(workspace_id, search=search)
    chosen = next((family for family in families if family.name == name), families[0] if families else None)
    accounts = {account.pk: account for account in numbers_queries.list_accounts(workspace_id)}
    context: dict[str, Any] = {
        "families": families,
        "chosen": chosen,
        "search": search,
        "language_names": formats.name_languages({code for family in families for code in family.languages}),
        "accounts": accounts,
        "has_accounts": bool(accounts),
        "synced_at": max((account.synced_at for account in accounts.values() if account.synced_at), default=None),
        "sync_errors": [
            (account.name, sentences.translate(account.sync_error))
            for account in accounts.values()
            if account.sync_error
        ],
    }
    if chosen:
        variant = chosen.pick(language or request.LANGUAGE_CODE[:2])
        shape = catalogue.get_shape(variant)
        examples = {variable.key: variable.example for variable in shape.variables}
        context |= {"variant": variant, "preview": rules.render_preview(shape, examples)}
    part = "templates/list.html#body" if request.htmx else "templates/list.html"
    return render(request, part, context)


@require_POST
@needs(Right.SEND)
def sync(request: ConsoleRequest) -> HttpResponse:
    """Read numbers and templates of every account from Meta again."""
    # Meta is called when this request's transaction is over; what went wrong stays with the account, and is shown.
    transaction.on_commit(partial(syncing.sync_accounts, request.member.workspace_id), robust=True)
    page = request.POST.get("next", "")
    return redirect(page if page in _PAGES else "templates:list")


@require_GET
def show_asset(request: ConsoleRequest, asset_id: int) -> HttpResponse:
    """Give the picture of a header."""
    asset = queries.get_asset(request.member.workspace_id, asset_id)
    headers = {"Cache-Control": "private, max-age=86400"}
    return HttpResponse(bytes(asset.content), content_type=asset.mime, headers=headers)
