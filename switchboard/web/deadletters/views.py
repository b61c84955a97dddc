"""What could not be applied: why, what it says, and once more when the cause is mended."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from switchboard.core import clock
from switchboard.numbers import queries as numbers_queries
from switchboard.team.rules import Right
from switchboard.web import asked, sentences
from switchboard.web.deadletters.bodies import show_body
from switchboard.web.rights import ConsoleRequest, needs
from switchboard.webhooks import actions, queries

_PAGE_ROWS = 50


@require_GET
@needs(Right.PROTECT)
def show_letters(request: ConsoleRequest) -> HttpResponse:
    """Show the letters that wait for somebody, or those that were replayed."""
    workspace_id = request.member.workspace_id
    is_replayed = request.GET.get("group") == "replayed"
    before_id = asked.whole(request, "before")
    letters = queries.list_letters(workspace_id, is_replayed=is_replayed, before_id=before_id, limit=_PAGE_ROWS + 1)
    apps = numbers_queries.map_app_names(workspace_id)
    context: dict[str, Any] = {
        "rows": [_row(letter, apps) for letter in letters[:_PAGE_ROWS]],
        "next_id": letters[_PAGE_ROWS - 1].pk if len(letters) > _PAGE_ROWS else None,
        "is_replayed": is_replayed,
        "is_later": before_id is not None,
        "open": queries.count_open_letters(workspace_id),
    }
    return render(request, "deadletters/list.html#rows" if request.htmx else "deadletters/list.html", context)


def _row(letter: Any, apps: dict[int, str]) -> dict[str, Any]:
    return {
        "letter": letter,
        "app": apps.get(letter.app_id, str(letter.app_id)),
        "reason": sentences.translate(letter.reason),
    }


@require_GET
@needs(Right.PROTECT)
def show_letter(request: ConsoleRequest, letter_id: int) -> HttpResponse:
    """Show one letter with what was received."""
    letter = queries.get_letter(request.member.workspace_id, letter_id)
    apps = numbers_queries.map_app_names(request.member.workspace_id)
    context = {**_row(letter, apps), "body": show_body(bytes(letter.body))}
    return render(request, "deadletters/detail.html", context)


@require_GET
@needs(Right.PROTECT)
def download(request: ConsoleRequest, letter_id: int) -> HttpResponse:
    """Give the bytes as they were received."""
    letter = queries.get_letter(request.member.workspace_id, letter_id)
    headers = {
        "Content-Disposition": f'attachment; filename="dead-letter-{letter.pk}.bin"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(bytes(letter.body), content_type="application/octet-stream", headers=headers)


@require_POST
@needs(Right.PROTECT)
def replay(request: ConsoleRequest, letter_id: int) -> HttpResponse:
    """Apply one letter again."""
    queries.get_letter(request.member.workspace_id, letter_id)
    _replay(request, [letter_id])
    return redirect("deadletters:list")


@require_POST
@needs(Right.PROTECT)
def replay_all(request: ConsoleRequest) -> HttpResponse:
    """Apply every letter again that waits for it."""
    _replay(request, None)
    return redirect("deadletters:list")


def _replay(request: ConsoleRequest, ids: list[int] | None) -> None:
    count = actions.replay_dead_letters(workspace_id=request.member.workspace_id, ids=ids, now=clock.now())
    if count == 0:
        messages.error(request, _("Nothing was left to replay: somebody has done it already."))
        return
    sentence = ngettext(
        "%(n)d letter is being applied again. If it fails again, it comes back here with its reason.",
        "%(n)d letters are being applied again. Those that fail again come back here with their reason.",
        count,
    )
    messages.success(request, sentence % {"n": count})
