"""An import in five steps: upload, map, check, run, result."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from switchboard.contacts import actions, fields, queries, rules
from switchboard.contacts.actions.undoing import UNDO_FOR
from switchboard.core import clock, downloads
from switchboard.core.errors import Invalid, Unavailable
from switchboard.team.rules import Right
from switchboard.web import failures, formats, seeing, sentences, words
from switchboard.web.contacts.forms import ConsentForm, ReadingForm, UploadForm, list_targets
from switchboard.web.rights import ConsoleRequest, needs

_REFUSED_SHOWN = 50


@require_GET
def show_imports(request: ConsoleRequest) -> HttpResponse:
    """Show the newest imports."""
    return render(request, "contacts/imports.html", {"imports": queries.list_imports(request.member.workspace_id)})


@require_http_methods(["GET", "POST"])
@needs(Right.SEND)
def upload(request: ConsoleRequest) -> HttpResponse:
    """Take a file; what cannot be used is refused here, in one sentence."""
    form = UploadForm(request.POST or None, initial={"country": request.member.workspace.country})
    fault = ""
    if request.method == "POST" and form.is_valid():
        file = request.FILES.get("file")
        if file is None:
            fault = _("Choose a file first.")
        else:
            try:
                job = actions.create_import(
                    workspace_id=request.member.workspace_id,
                    file=file,  # type: ignore[arg-type]  # Django's file reads like any binary file
                    file_name=file.name or "contacts.csv",
                    now=clock.now(),
                    country=form.cleaned_data["country"],
                    created_by=request.user.pk,
                )
                return redirect("contacts:map", job.pk)
            except (Invalid, Unavailable) as error:
                fault = failures.say(error)
    context = {"form": form, "fault": fault, "step": "upload"}
    return render(request, "contacts/upload.html", context, status=422 if fault else 200)


@require_http_methods(["GET", "POST"])
@needs(Right.SEND)
def map_columns(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Say what each column is and what these people agreed to; or read the file in another way."""
    workspace_id = request.member.workspace_id
    job = queries.get_import(workspace_id, import_id)
    if job.state != "uploaded":
        return redirect("contacts:import", import_id)
    fault = ""
    consent = ConsentForm(request.POST if "map" in request.POST else None, initial=_kept_consent(job, workspace_id))
    if request.method == "POST":
        try:
            if "reread" in request.POST:
                _reread(request, import_id)
                return redirect("contacts:map", import_id)
            _keep_mapping(request, import_id)
            if consent.is_valid():
                _keep_consent(consent.cleaned_data, workspace_id, import_id)
                return redirect("contacts:check", import_id)
        except Invalid as error:
            fault = failures.say(error)
        job = queries.get_import(workspace_id, import_id)
    sample = actions.check_import(workspace_id=workspace_id, import_id=import_id, limit=50)
    keys = queries.list_field_keys(workspace_id)
    columns = [
        {
            "index": index,
            "name": name,
            "samples": sample.samples.get(name, ()),
            "target": _suggest(job, name, sample.samples.get(name, ()), keys),
            "targets": list_targets(name, keys),
        }
        for index, name in enumerate(sample.shape.columns)
    ]
    reading = ReadingForm(
        initial={
            "encoding": job.encoding,
            "delimiter": job.delimiter,
            "country": job.country,
            "has_header": job.has_header,
        }
    )
    context = {"job": job, "columns": columns, "reading": reading, "consent": consent, "fault": fault, "step": "map"}
    context["sheets"] = queries.list_sheets(job)
    return render(request, "contacts/map.html", context, status=422 if fault or consent.errors else 200)


def _suggest(job: Any, column: str, samples: Sequence[str], keys: Sequence[str]) -> str:
    """Return what a column is to become: for a field that is new, of the kind that its values are."""
    target = str(job.mapping.get(column, ""))
    if target != f"{rules.FIELD_PREFIX}{column[:60]}" or column[:60] in keys:
        return target
    kind = fields.suggest_kind(samples, job.country)
    return target if kind == fields.TEXT else f"{rules.NEW_PREFIX}{kind}"


def _reread(request: ConsoleRequest, import_id: int) -> None:
    form = ReadingForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Choose an encoding, a separator and a country from the lists."))
    actions.change_import(
        workspace_id=request.member.workspace_id,
        import_id=import_id,
        sheet=request.POST.get("sheet") or None,
        **form.cleaned_data,
    )


def _keep_mapping(request: ConsoleRequest, import_id: int) -> None:
    workspace_id = request.member.workspace_id
    columns = queries.get_shape(queries.get_import(workspace_id, import_id)).columns
    mapping = {name: request.POST.get(f"column-{index}", "") for index, name in enumerate(columns)}
    actions.change_import(workspace_id=workspace_id, import_id=import_id, mapping=mapping)
    if "phone" not in mapping.values():
        raise Invalid(_("No column holds phone numbers. Choose which column does."))


def _keep_consent(data: dict[str, Any], workspace_id: int, import_id: int) -> None:
    category, _sep, basis = data["consent"].partition(":")
    given = actions.ConsentGiven(category, basis, data["source"], data["wording"])
    tags = rules.split_tags(data["tags"])
    actions.change_import(
        workspace_id=workspace_id,
        import_id=import_id,
        consent=given,
        tag_names=tags,
        replaces_tags=data["replaces_tags"],
        skips_known=data["skips_known"],
    )


def _kept_consent(job: Any, workspace_id: int) -> dict[str, Any]:
    names = {tag.pk: tag.name for tag in queries.list_tags(workspace_id)} if job.tags else {}
    return {
        "consent": f"{job.consent_category}:{job.consent_basis}" if job.consent_category else "",
        "source": job.consent_source,
        "wording": job.consent_wording,
        "tags": ", ".join(names[key] for key in job.tags if key in names),
        "replaces_tags": job.replaces_tags,
        "skips_known": job.skips_known,
    }


@require_http_methods(["GET", "POST"])
@needs(Right.SEND)
def check(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Show the first rows as the import would see them; then start it."""
    workspace_id = request.member.workspace_id
    job = queries.get_import(workspace_id, import_id)
    if request.method == "POST":
        actions.start_import(workspace_id=workspace_id, import_id=import_id, now=clock.now())
        return redirect("contacts:import", import_id)
    if job.state != "uploaded":
        return redirect("contacts:import", import_id)
    result = actions.check_import(workspace_id=workspace_id, import_id=import_id)
    reasons = [(words.say_import_reason(reason), count) for reason, count in result.reasons.items()]
    rows = [_checked_row(row, result.shape.columns, result.mapping) for row in result.rows]
    return render(
        request, "contacts/check.html", {"job": job, "check": result, "rows": rows, "reasons": reasons, "step": "check"}
    )


def _checked_row(row: Any, columns: tuple[str, ...], mapping: Mapping[str, str]) -> dict[str, Any]:
    cells = [
        {
            "text": cell,
            "read_as": _read_as(cell, mapping.get(name, "")),
            "fault": words.say_import_reason(row.problems[name]) if name in row.problems else "",
            "note": words.say_import_reason(row.notes[name]) if name in row.notes else "",
        }
        for name, cell in zip(columns, row.cells, strict=False)
    ]
    whole = words.say_import_reason(row.problems[""]) if "" in row.problems else ""
    return {"line": row.line, "cells": cells, "phone": row.phone, "fault": whole, "row": row}


def _read_as(cell: str, target: str) -> str:
    """Return what a code in a cell means; nothing where the cell says it already."""
    code = rules.parse_language(cell) if target == "language" else ""
    name = formats.render_language(code) if code else ""
    return name if name != cell.strip() else ""


@require_GET
def show_import(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Show how far an import is and what became of its rows."""
    workspace_id = request.member.workspace_id
    job = queries.get_import(workspace_id, import_id)
    if job.state == "uploaded":
        return redirect("contacts:map", import_id)
    reasons = {
        kind: [
            (words.say_import_reason(reason), count)
            for reason, count in sorted(counts.items(), key=lambda row: -row[1])
        ]
        for kind, counts in job.reasons.items()
    }
    refused = [
        {"row": row, "reason": words.say_import_reason(row.reason)}
        for row in queries.list_refused_rows(workspace_id, import_id, limit=_REFUSED_SHOWN)
    ]
    total = job.total_rows or 1
    share = min(100, round(100 * job.row_count / total))
    taken = ((job.finished_at or clock.now()) - (job.started_at or clock.now())).total_seconds()
    context = {
        "job": job,
        "reasons": reasons,
        "refused": refused,
        "share": share,
        "step": "result",
        "error": sentences.translate(job.error),
        "per_second": round(job.row_count / taken) if taken > 0 else 0,
        "may_undo": job.state in {"done", "stopped", "failed"}
        and job.finished_at is not None
        and bool(job.created_count + job.updated_count)
        and clock.now() - job.finished_at < UNDO_FOR,
        "may_see": seeing.may_see_phones(),
        "suspicion_share": round(100 * job.suspicion["share"]) if job.suspicion else 0,
    }
    part = "contacts/import.html#live" if request.htmx else "contacts/import.html"
    return render(request, part, context)


@require_POST
@needs(Right.SEND)
def stop(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """End a running import; what it has imported stays."""
    queries.get_import(request.member.workspace_id, import_id)
    actions.stop_import(workspace_id=request.member.workspace_id, import_id=import_id)
    return redirect("contacts:import", import_id)


@require_POST
@needs(Right.MANAGE)
def release(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Let an import out of quarantine: an owner says where its people come from."""
    actions.release_import(
        workspace_id=request.member.workspace_id,
        import_id=import_id,
        source=request.POST.get("source", ""),
        by=request.user.pk,
    )
    return redirect("contacts:import", import_id)


@require_POST
@needs(Right.SEND)
def undo(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Take an import back."""
    actions.undo_import(
        workspace_id=request.member.workspace_id, import_id=import_id, by=request.user.pk, now=clock.now()
    )
    return redirect("contacts:import", import_id)


@require_GET
@needs(Right.SEE_PHONES)
def download_refused(request: ConsoleRequest, import_id: int) -> HttpResponseBase:
    """Give the refused rows as a file, each with its reason."""
    workspace_id = request.member.workspace_id
    queries.get_import(workspace_id, import_id)
    read = partial(queries.render_refused_csv, workspace_id, import_id)
    return downloads.give_csv(workspace_id, f"refused-{import_id}.csv", read)
