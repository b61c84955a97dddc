"""The list of conversations, one of them, and what a colleague does there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from switchboard.conversations import actions, queries
from switchboard.conversations.types import Answering, TimerKind
from switchboard.core import clock
from switchboard.numbers import fleet
from switchboard.replies import latest
from switchboard.team.rules import Right
from switchboard.web import asked, seeing
from switchboard.web.conversations import forms, thread
from switchboard.web.rights import ConsoleRequest, needs

if TYPE_CHECKING:
    from switchboard.conversations.models import Conversation

_VIEWS = ("waiting", "all", "bot", "person")


@require_GET
def show_conversations(request: ConsoleRequest) -> HttpResponse:
    """Show conversations: those that wait for a person first in their queue's order, or all by their latest message."""
    workspace_id = request.member.workspace_id
    waiting = queries.count_waiting(workspace_id)
    view = request.GET.get("view", "")
    view = view if view in _VIEWS else ("waiting" if waiting else "all")
    page = queries.list_conversations(
        workspace_id,
        is_waiting=view == "waiting",
        answering=view if view in {"bot", "person"} else "",
        number_id=asked.whole(request, "number"),
        before=request.GET.get("before", ""),
    )
    context = {
        "rows": _rows(workspace_id, page.conversations),
        "next_before": page.next_before,
        "is_later": "before" in request.GET,
        "view": view,
        "waiting": waiting,
    }
    return render(request, "conversations/list.html#rows" if request.htmx else "conversations/list.html", context)


def _rows(workspace_id: int, conversations: tuple[Conversation, ...]) -> list[thread.Row]:
    people = queries.map_people(workspace_id, [one.contact_id for one in conversations])
    numbers = fleet.list_names(workspace_id, {one.number_id for one in conversations})
    texts = latest.map_texts(workspace_id, [one.last_inbound_id for one in conversations])
    windows = queries.map_window_ends(workspace_id, conversations)
    return [
        thread.Row(
            conversation=one,
            name=seeing.call_person(people.get(one.contact_id)),
            number=numbers.get(one.number_id, ""),
            text=texts.get(one.last_inbound_id, ""),
            window=thread.make_chip(windows.get((one.contact_id, one.number_id))),
            key=one.last_inbound_id,
        )
        for one in conversations
    ]


@require_GET
def show_conversation(request: ConsoleRequest, conversation_id: int) -> HttpResponse:
    """Show one conversation."""
    part = "conversations/detail.html#live" if request.htmx else "conversations/detail.html"
    return render(request, part, _context(request, conversation_id))


def _context(request: ConsoleRequest, conversation_id: int, form: forms.ReplyForm | None = None) -> dict[str, Any]:
    workspace_id = request.member.workspace_id
    conversation = queries.get_conversation(workspace_id, conversation_id)
    timers = {timer.kind: timer for timer in queries.list_timers(conversation.pk, workspace_id)}
    answer = timers.get(TimerKind.ANSWER) or timers.get(TimerKind.PARTS)
    entries = thread.list_entries(conversation)
    watches = TimerKind.RUNG in timers and not thread.is_read(entries)
    return {
        "conversation": conversation,
        "contact": queries.find_person(conversation),
        "number": fleet.list_names(workspace_id, {conversation.number_id}).get(conversation.number_id, ""),
        "entries": entries,
        "window": thread.find_window(conversation),
        "answer_at": answer.due_at if answer else None,
        "watch_at": timers[TimerKind.RUNG].due_at if watches else None,
        "is_mine": conversation.assignee_id == request.member.pk and conversation.answering == Answering.PERSON,
        "others": [
            one for one in queries.find_of_contact(workspace_id, conversation.contact_id) if one.pk != conversation.pk
        ],
        "form": form or forms.ReplyForm(),
    }


@require_POST
@needs(Right.ANSWER)
def reply(request: ConsoleRequest, conversation_id: int) -> HttpResponse:
    """Write to the person, and answer from now on."""
    form = forms.ReplyForm(request.POST)
    if not form.is_valid():
        return render(request, "conversations/detail.html", _context(request, conversation_id, form), status=422)
    workspace_id = request.member.workspace_id
    conversation = queries.get_conversation(workspace_id, conversation_id)
    if conversation.answering != Answering.PERSON:
        _take_over(request, conversation_id)
    actions.send_reply(
        workspace_id=workspace_id,
        conversation_id=conversation_id,
        text=form.cleaned_data["text"],
        user_id=request.user.pk,
        now=clock.now(),
    )
    return redirect("conversations:detail", conversation_id)


@require_POST
@needs(Right.ANSWER)
def take_over(request: ConsoleRequest, conversation_id: int) -> HttpResponse:
    """Answer from now on; automatic answers stay silent."""
    _take_over(request, conversation_id)
    messages.success(request, _("You answer from now on; automatic answers stay silent here."))
    return redirect("conversations:detail", conversation_id)


def _take_over(request: ConsoleRequest, conversation_id: int) -> None:
    actions.take_over(
        workspace_id=request.member.workspace_id,
        conversation_id=conversation_id,
        member_id=request.member.pk,
        by=str(request.user),
        now=clock.now(),
    )


@require_POST
@needs(Right.ANSWER)
def restart(request: ConsoleRequest, conversation_id: int) -> HttpResponse:
    """Let automatic answers begin afresh."""
    actions.restart(
        workspace_id=request.member.workspace_id,
        conversation_id=conversation_id,
        by=str(request.user),
        now=clock.now(),
    )
    messages.success(request, _("Automatic answers are at work here again."))
    return redirect("conversations:detail", conversation_id)


@require_POST
@needs(Right.ANSWER)
def resolve(request: ConsoleRequest, conversation_id: int) -> HttpResponse:
    """Close the session."""
    actions.resolve(
        workspace_id=request.member.workspace_id,
        conversation_id=conversation_id,
        by=str(request.user),
        now=clock.now(),
    )
    messages.success(request, _("Resolved. The next message begins a new session."))
    return redirect("conversations:list")
