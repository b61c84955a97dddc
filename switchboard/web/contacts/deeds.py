"""Files of orders and of events: upload, look at, record, see what became of each row."""

from functools import partial
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from switchboard.conversions import actions, queries, rules
from switchboard.core import clock, downloads
from switchboard.core.errors import Invalid, Unavailable
from switchboard.team.rules import Right
from switchboard.web import failures, seeing, sentences, words
from switchboard.web.rights import ConsoleRequest, needs


@require_http_methods(["GET", "POST"])
@needs(Right.SEND)
def show_deeds(request: ConsoleRequest) -> HttpResponse:
    """Show the newest files, and take another."""
    workspace_id, fault = request.member.workspace_id, ""
    if request.method == "POST":
        file, kind = request.FILES.get("file"), request.POST.get("kind", "orders")
        if file is None or kind not in rules.NEEDED:
            fault = _("Choose a file first.")
        else:
            try:
                deeds = actions.create_deeds(
                    workspace_id=workspace_id,
                    kind=kind,
                    file=file,  # type: ignore[arg-type]  # Django's file reads like any binary file
                    file_name=file.name or "orders.csv",
                    now=clock.now(),
                    by=request.user.pk,
                )
                return redirect("contacts:deeds_file", deeds.pk)
            except (Invalid, Unavailable) as error:
                fault = failures.say(error)
    context = {"files": queries.list_deeds(workspace_id), "fault": fault}
    return render(request, "contacts/deeds.html", context, status=422 if fault else 200)


@require_http_methods(["GET", "POST"])
@needs(Right.SEND)
def show_file(request: ConsoleRequest, deeds_id: int) -> HttpResponse:
    """Say what each column is, start, and see what became of the rows."""
    workspace_id, fault = request.member.workspace_id, ""
    deeds = queries.get_deeds(workspace_id, deeds_id)
    if request.method == "POST" and deeds.state == "uploaded":
        shape, _rows = queries.read_sample(deeds)
        mapping = {name: request.POST.get(f"column-{index}", "") for index, name in enumerate(shape.columns)}
        try:
            actions.start_deeds(workspace_id=workspace_id, deeds_id=deeds_id, mapping=mapping)
            return redirect("contacts:deeds_file", deeds_id)
        except Invalid as error:
            fault = failures.say(error)
    context = {"deeds": deeds, "fault": fault, "error": sentences.translate(deeds.error)}
    if deeds.state == "uploaded":
        context |= _describe_columns(deeds)
    else:
        refused = queries.list_refused(workspace_id, deeds_id)
        context["refused"] = [(row, sentences.translate(row.reason)) for row in refused]
    part = "contacts/deeds_file.html#live" if request.htmx else "contacts/deeds_file.html"
    return render(request, part, context, status=422 if fault else 200)


def _describe_columns(deeds: Any) -> dict[str, object]:
    shape, rows = queries.read_sample(deeds)
    targets = rules.ORDER_TARGETS if deeds.kind == "orders" else rules.EVENT_TARGETS
    columns = [
        {
            "index": index,
            "name": name,
            "target": deeds.mapping.get(name, ""),
            "samples": [row.cells[index] for row in rows if index < len(row.cells) and row.cells[index]][:3],
        }
        for index, name in enumerate(shape.columns)
    ]
    return {"columns": columns, "targets": [(target, words.DEED_TARGETS[target]) for target in targets]}


@require_POST
@needs(Right.SEND)
def stop(request: ConsoleRequest, deeds_id: int) -> HttpResponse:
    """End a running file; what it has recorded stays."""
    queries.get_deeds(request.member.workspace_id, deeds_id)
    actions.stop_deeds(workspace_id=request.member.workspace_id, deeds_id=deeds_id)
    return redirect("contacts:deeds_file", deeds_id)


@require_GET
@needs(Right.SEND)
def download_refused(request: ConsoleRequest, deeds_id: int) -> HttpResponseBase:
    """Give the refused rows as a file, each with its sentence."""
    if not seeing.may_see_phones():
        raise Invalid(_("This file holds whole phone numbers, which your role may not see."))
    workspace_id = request.member.workspace_id
    queries.get_deeds(workspace_id, deeds_id)
    read = partial(queries.render_refused_csv, workspace_id, deeds_id)
    return downloads.give_csv(workspace_id, f"refused-{deeds_id}.csv", read)
