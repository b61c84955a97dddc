"""Files of contacts are asked for, written in the background, and forgotten after a week."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from switchboard.contacts import choosing, exporting, queries
from switchboard.contacts.choosing import Chosen
from switchboard.contacts.errors import ExportNotFound
from switchboard.contacts.models import Activity, Export
from switchboard.core import clock, statements
from switchboard.core.errors import Invalid, SwitchboardError
from switchboard.core.phone import mask_phone
from switchboard.core.tenancy import workspace_scope

_KEPT = timedelta(days=7)


def create_export(
    *, workspace_id: int, kind: str, chosen: Chosen, shows_phones: bool, by: int | None, now: datetime
) -> Export:
    """Ask for a file of a selection.

    :raises Invalid: no such format.
    """
    if kind not in {"csv", "xlsx"}:
        raise Invalid("Choose CSV or XLSX.", field="format")
    return Export.objects.create(
        workspace_id=workspace_id,
        format=kind,
        chosen=chosen.as_json(),
        shows_phones=shows_phones,
        by=by,
        created_at=now,
    )


def get_export(workspace_id: int, export_id: int) -> Export:
    """Return an export.

    :raises ExportNotFound: not in this workspace.
    """
    found = Export.objects.filter(workspace_id=workspace_id, pk=export_id).first()
    if found is None:
        raise ExportNotFound
    return found


def list_exports(workspace_id: int, *, limit: int = 30) -> list[Export]:
    """Return the newest exports."""
    return list(Export.objects.filter(workspace_id=workspace_id).order_by("-id")[:limit])


def find_file(export: Export) -> Path | None:
    """Return where a finished export is, while it is kept."""
    path: Path = settings.HOME / export.file_path
    return path if export.file_path and path.is_file() else None


def run_export(*, workspace_id: int, export_id: int, now: Callable[[], datetime] = clock.now) -> Export:
    """Write the file of an export, from the start if an earlier run was cut off. Not inside a transaction."""
    relative = Path("exports") / str(workspace_id) / f"{uuid.uuid4().hex}.part"
    path: Path = settings.HOME / relative
    count, error = 0, ""
    with workspace_scope(workspace_id):
        export = get_export(workspace_id, export_id)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            count = _write(export, path, now())
        except SwitchboardError as failure:
            error = failure.message
        except OSError as failure:
            error = f"The file cannot be written to {path.parent} ({failure.strerror}). Make room there."
        if error:
            path.unlink(missing_ok=True)
        else:
            relative = relative.with_suffix(f".{export.format}")
            path.replace(settings.HOME / relative)
        export.state = Export.State.FAILED if error else Export.State.DONE
        export.error, export.row_count, export.finished_at = error, count, now()
        export.file_path = "" if error else str(relative)
        export.save(update_fields=["state", "error", "row_count", "finished_at", "file_path"])
        statements.notify_live(workspace_id, [f"export:{export_id}"])
    return export


def _write(export: Export, path: Path, now: datetime) -> int:
    workspace_id = export.workspace_id
    keys = queries.list_field_keys(workspace_id)
    tags = {tag.pk: tag.name for tag in queries.list_tags(workspace_id)}
    mask = None if export.shows_phones else mask_phone
    count = 0
    with exporting.open_sheet(path, export.format) as write:
        write(exporting.list_headings(keys))
        for page in choosing.iter_chosen(workspace_id, choosing.parse_chosen(export.chosen), now):
            count += len(page)
            if export.format == "xlsx" and count > exporting.MOST_XLSX_ROWS:
                raise Invalid("A workbook holds 1,048,575 people at most. Export them as CSV.")
            people = [contact.pk for contact in page]
            found = Activity.objects.filter(workspace_id=workspace_id, contact_id__in=people)
            consents = dict(found.values_list("contact_id", "consents"))
            for contact in page:
                write(exporting.render_row(contact, keys, tags, consents.get(contact.pk, 0), mask))
    return count


def forget_exports(*, workspace_id: int, now: datetime) -> int:
    """Remove the files of exports that were finished a week ago; return how many went."""
    old = Export.objects.filter(workspace_id=workspace_id, finished_at__lt=now - _KEPT).exclude(file_path="")
    paths = list(old.values_list("file_path", flat=True))
    for path in paths:
        (settings.HOME / path).unlink(missing_ok=True)
    old.update(file_path="")
    return len(paths)
