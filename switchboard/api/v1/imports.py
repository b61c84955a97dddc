"""Files of contacts: sent, watched while a worker imports them, stopped, taken back."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal, cast

from django.http import HttpResponseBase
from ninja import Body, File, Router, Status
from ninja.files import UploadedFile
from pydantic import Field

from switchboard.api.auth import ApiRequest, needs
from switchboard.api.shapes import Id, Shown, Told, answers
from switchboard.contacts import actions, queries
from switchboard.core import clock, downloads

router = Router(tags=["imports"])
_OVER = {"done", "failed", "undoing", "undone"}
_CSV = {"responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}}


class Consent(Told):
    """What the people of the file agreed to. Without it nobody may be written to."""

    category: Literal["marketing", "utility", "all"]
    basis: Literal["opt_in", "transaction"]
    source: str = Field(min_length=1, max_length=255, description="Where they agreed: sign-up form, spring 2026.")
    wording: str = Field(default="", max_length=5000, description="The words they agreed to.")


class Options(Told):
    """How the file is to be imported; what is left out is guessed from the file, as the console does."""

    consent: Consent
    mapping: dict[str, Annotated[str, Field(max_length=66)]] = Field(
        default={},
        max_length=1000,
        description="What columns are: phone, name, family_name, given_name, email, language, zone, tags, opt_out, "
        "field:<key>, new:<kind>, or nothing. Columns that are not named become what the guess says.",
    )
    tags: list[Annotated[str, Field(max_length=60)]] = Field(default=[], max_length=50)
    replaces_tags: bool = False
    skips_known: bool = False
    country: str = Field(default="", pattern="^([A-Z]{2})?$", description="Of numbers without a country code.")
    encoding: Annotated[str, Field(max_length=32)] | None = None
    delimiter: Literal[",", "\t", ";", "|"] | None = None
    has_header: bool | None = None
    sheet: Annotated[str, Field(max_length=255)] | None = Field(default=None, description="Of a workbook.")


class Progress(Shown):
    """What has become of the rows so far: created + updated + skipped + failed = rows."""

    rows: int
    created: int
    updated: int
    skipped: int
    failed: int


class Result(Progress):
    """What became of the rows, why some were not used, and how long it took."""

    reasons: dict[str, int]
    seconds: float


class Quarantine(Shown):
    """Why a list looks bought: so many numbers follow each other, and such a share of it stands in runs."""

    run: int
    first: str
    last: str
    share: float
    what_to_do: str = (
        "Nobody is imported. An owner states in the console where these people come from, or the import is stopped."
    )


class Undone(Shown):
    """How many people were removed, are as before, or were kept because something happened with them since."""

    removed: int = 0
    restored: int = 0
    kept: int = 0


class Import(Shown):
    """An import, as far as it is."""

    id: int
    state: Literal["uploaded", "running", "quarantined", "done", "stopped", "failed", "undoing", "undone"]
    file_name: str
    # Rows that the file has; null until it has been looked through.
    total_rows: int | None
    progress: Progress
    # At the end, not before.
    result: Result | None
    # Why it ended before the end of the file.
    error: str | None
    quarantine: Quarantine | None
    undone: Undone | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@router.post(
    "/imports",
    **needs("imports:write"),
    response=answers(Import, 413, status=202),
    summary="Import a CSV, TSV or Excel file",
)
def begin_import(
    request: ApiRequest, file: Annotated[UploadedFile, File()], options: Annotated[Options, Body()]
) -> Status[Import]:
    """Keep the file and start its import; a worker does the rest. `options` is a part with JSON."""
    consent = options.consent
    job = actions.begin_import(
        workspace_id=request.auth.workspace_id,
        file=cast("Any", file),
        file_name=file.name or "contacts.csv",
        wanted=actions.Wanted(
            consent=actions.ConsentGiven(consent.category, consent.basis, consent.source, consent.wording),
            mapping=options.mapping,
            tag_names=options.tags,
            replaces_tags=options.replaces_tags,
            skips_known=options.skips_known,
            country=options.country,
            encoding=options.encoding,
            delimiter=options.delimiter,
            has_header=options.has_header,
            sheet=options.sheet,
        ),
        now=clock.now(),
    )
    return Status(202, _show(job))


@router.get(
    "/imports/{import_id}",
    **needs("imports:read"),
    response=answers(Import, 404),
    summary="See how far an import is, and its result",
)
def get_import(request: ApiRequest, import_id: Id) -> Import:
    """Return an import; ask again after a second or more while it is running."""
    return _show(queries.get_import(request.auth.workspace_id, import_id))


@router.get(
    "/imports/{import_id}/refused",
    **needs("imports:read", _CSV),
    response=answers(None, 404),
    summary="Download the rows that were not used, each with its reason",
)
def get_refused(request: ApiRequest, import_id: Id) -> HttpResponseBase:
    """Return a CSV file: line, outcome, reason, column, and the cells as they were; made while it is sent."""
    workspace_id = request.auth.workspace_id
    queries.get_import(workspace_id, import_id)
    read = partial(queries.render_refused_csv, workspace_id, import_id)
    return downloads.give_csv(workspace_id, f"refused-{import_id}.csv", read)


@router.post(
    "/imports/{import_id}/stop",
    **needs("imports:write"),
    response=answers(Import, 404),
    summary="End an import where it is",
)
def stop_import(request: ApiRequest, import_id: Id) -> Import:
    """End a running import, or one in quarantine; what it has imported stays. One that is over stays as it is."""
    workspace_id = request.auth.workspace_id
    queries.get_import(workspace_id, import_id)
    actions.stop_import(workspace_id=workspace_id, import_id=import_id)
    return _show(queries.get_import(workspace_id, import_id))


@router.post(
    "/imports/{import_id}/undo",
    **needs("imports:write"),
    response=answers(Import, 404, 409, status=202),
    summary="Take an import back",
)
def undo_import(request: ApiRequest, import_id: Id) -> Status[Import]:
    """Take an import back within 24 hours of its end; a worker does it. Opt-outs that its file named stay."""
    workspace_id = request.auth.workspace_id
    job = actions.undo_import(workspace_id=workspace_id, import_id=import_id, by=None, now=clock.now())
    return Status(202, _show(job))


def _show(job: Any) -> Import:
    result = queries.render_result(job)
    counts = {name: getattr(result, name) for name in Progress.model_fields}
    ended_at = job.finished_at or job.started_at
    # A stopped one finishes the step that it is in, unless it was in none.
    is_over = job.state in _OVER or (job.state == "stopped" and bool(job.finished_at or job.suspicion))
    seconds = (ended_at - job.started_at).total_seconds() if job.started_at else 0.0
    return Import(
        id=job.pk,
        state=job.state,
        file_name=job.file_name,
        total_rows=job.total_rows or None,
        progress=Progress(**counts),
        result=Result(**counts, reasons=result.count_reasons(), seconds=round(seconds, 3)) if is_over else None,
        error=job.error or None,
        quarantine=Quarantine(**job.suspicion) if job.state == "quarantined" else None,
        undone=Undone(**job.undone) if job.state in {"undoing", "undone"} else None,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )
