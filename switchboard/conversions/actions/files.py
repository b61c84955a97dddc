"""Files of orders and of events: kept, started, recorded step by step in the background, stopped."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import BinaryIO

from django.db.models import Q

from switchboard.contacts import reading, uploads
from switchboard.conversions import queries, rules
from switchboard.conversions.actions import steps
from switchboard.conversions.errors import OrderError
from switchboard.conversions.models import Deeds
from switchboard.core import clock, statements
from switchboard.core.errors import SwitchboardError
from switchboard.core.tenancy import workspace_scope
from switchboard.team.models import Workspace

# A transaction of about half a second, and a few megabytes.
STEP_ROWS = 5000
# A file that nobody has started.
_UNSTARTED_KEPT = timedelta(days=30)


def create_deeds(
    *, workspace_id: int, kind: str, file: BinaryIO, file_name: str, now: datetime, by: int | None = None
) -> Deeds:
    """Keep a file of orders or events, and note how it is most likely to be read.

    :raises Invalid: the file is empty, too large, binary or no table; nothing is kept.
    """
    home = Workspace.objects.values_list("country", flat=True).get(pk=workspace_id)
    path, _ = uploads.keep_upload(file, workspace_id=workspace_id)
    try:
        shape = reading.describe_file(uploads.find_upload(path), home, is_headed=True)
    except SwitchboardError:
        uploads.drop_upload(path)
        raise
    return Deeds.objects.create(
        workspace_id=workspace_id,
        kind=kind,
        file_name=file_name[-255:],
        file_path=path,
        encoding=shape.encoding,
        delimiter=shape.delimiter,
        columns=list(shape.columns),
        mapping=rules.suggest_mapping(kind, shape.columns),
        created_at=now,
        by=by,
    )


def start_deeds(*, workspace_id: int, deeds_id: int, mapping: Mapping[str, str] | None = None) -> Deeds:
    """Let a file be recorded in the background.

    :raises OrderError: a column that is needed is missing; says which.
    """
    deeds = queries.get_deeds(workspace_id, deeds_id, lock=True)
    if mapping is not None:
        deeds.mapping = dict(mapping)
    missing = [target for target in rules.NEEDED[deeds.kind] if target not in deeds.mapping.values()]
    if missing:
        raise OrderError(f"The file lacks {', '.join(missing)}. Choose which column holds it, or add one to the file.")
    deeds.state = Deeds.State.RUNNING
    deeds.save(update_fields=["mapping", "state"])
    return deeds


def stop_deeds(*, workspace_id: int, deeds_id: int) -> None:
    """End a running file where it is; what it has recorded stays."""
    running = Deeds.objects.filter(workspace_id=workspace_id, pk=deeds_id, state=Deeds.State.RUNNING)
    running.update(state=Deeds.State.STOPPED)
    statements.notify_live(workspace_id, [f"deeds:{deeds_id}"])


def run_deeds(*, workspace_id: int, deeds_id: int, now: Callable[[], datetime] = clock.now) -> Deeds:
    """Record a started file to its end, from wherever an earlier run was cut off; each step is one transaction."""
    with workspace_scope(workspace_id):
        deeds = queries.get_deeds(workspace_id, deeds_id)
        place = Workspace.objects.get(pk=workspace_id)
    error, is_over = "", True
    try:
        is_over = _run_steps(deeds, place, now)
    except SwitchboardError as failure:
        error = failure.message
    with workspace_scope(workspace_id):
        deeds = queries.get_deeds(workspace_id, deeds_id, lock=True)
        if deeds.state == Deeds.State.RUNNING and not is_over:
            # Another process is further with it: a run that lost its place decides nothing.
            return deeds
        if deeds.state == Deeds.State.RUNNING:
            deeds.state, deeds.error = ("failed" if error else "done"), error
        if deeds.finished_at is None:
            deeds.finished_at = now()
        deeds.save(update_fields=["state", "error", "finished_at"])
        statements.notify_live(workspace_id, [f"deeds:{deeds_id}"])
    # Nothing reads it again: refused rows are kept with their cells, and whoever goes on uploads it anew.
    uploads.drop_upload(deeds.file_path)
    return deeds


def forget_uploads(*, workspace_id: int, now: datetime) -> int:
    """Remove files that are over and could not be removed then, and those not started for 30 days; return how many."""
    unstarted = Q(state=Deeds.State.UPLOADED)
    over = ~unstarted & ~Q(state=Deeds.State.RUNNING)
    old = Deeds.objects.filter(over | unstarted & Q(created_at__lt=now - _UNSTARTED_KEPT), workspace_id=workspace_id)
    old = old.exclude(file_path="")
    paths = list(old.values_list("file_path", flat=True))
    for path in paths:
        uploads.drop_upload(path)
    old.update(file_path="")
    return len(paths)


def _run_steps(deeds: Deeds, place: Workspace, now: Callable[[], datetime]) -> bool:
    """Record the rest of a file; false when somebody stopped it, or another process is further."""
    if deeds.state != Deeds.State.RUNNING:
        return False
    with uploads.find_upload(deeds.file_path).open("rb") as file:
        rows = reading.read_rows(file, encoding=deeds.encoding, delimiter=deeds.delimiter)
        columns = reading.name_columns(next(rows).cells)
        rows = islice(rows, deeds.row_count, None)
        done = deeds.row_count
        while batch := list(islice(rows, STEP_ROWS)):
            if not steps.record_step(
                place=place, deeds_id=deeds.pk, columns=columns, batch=batch, done=done, now=now()
            ):
                return False
            done += len(batch)
    return True
