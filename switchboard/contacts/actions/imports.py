"""Files of contacts are uploaded, read in another way, checked, imported, stopped."""

import gc
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from django.db.models import Q

from switchboard.contacts import fields, queries, reading, rules, suspicion, undo_store, uploads, workbook
from switchboard.contacts.actions import checks
from switchboard.contacts.actions import fields as field_actions
from switchboard.contacts.actions.steps import STEP_ROWS, ImportRun
from switchboard.contacts.actions.tags import ensure_tags
from switchboard.contacts.errors import (
    ConsentMissingError,
    FileChangedError,
    ImportAlreadyRunError,
    NoPhoneColumnError,
    SourceUnstatedError,
)
from switchboard.contacts.models import Import, ImportState
from switchboard.contacts.rules import RowParser
from switchboard.contacts.types import FileShape, ImportResult, RecordConsent
from switchboard.core import clock, statements
from switchboard.core.errors import Invalid, SwitchboardError
from switchboard.core.tenancy import workspace_scope
from switchboard.team.models import Workspace

_SHORTEST_SOURCE = 10
_UPLOADS_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """What the people of a file agreed to: category, basis (both of `rules.CONSENT_BASES`), where, in which words."""

    category: str
    basis: str
    source: str
    wording: str = ""


def create_import(
    *,
    workspace_id: int,
    file: BinaryIO,
    file_name: str,
    now: datetime,
    country: str = "",
    created_by: int | None = None,
) -> Import:
    """Keep an uploaded file and note how it is most likely to be read.

    :raises Invalid: the file is empty, too large, binary or no table; nothing is kept.
    :raises UploadFolderError: the disk cannot take it.
    """
    home = country or Workspace.objects.values_list("country", flat=True).get(pk=workspace_id)
    path, size = uploads.keep_upload(file, workspace_id=workspace_id)
    sheet = ""
    try:
        if workbook.is_workbook(uploads.find_upload(path)):
            sheet, size = _read_workbook(path)
        shape = reading.describe_file(uploads.find_upload(path), home)
        cells = checks.read_sample_cells(path, shape)
        country = country or rules.suggest_country(cells, shape.encoding, home)
        mapping = rules.suggest_mapping(shape.columns, cells, country, queries.list_field_keys(workspace_id))
    except SwitchboardError:
        uploads.drop_upload(path)
        raise
    return Import.objects.create(
        workspace_id=workspace_id,
        file_name=file_name[-255:],
        file_path=path,
        file_bytes=size,
        encoding=shape.encoding,
        delimiter=shape.delimiter,
        has_header=shape.has_header,
        country=country,
        mapping=mapping,
        sheet=sheet,
        created_at=now,
        created_by=created_by,
    )


def _read_workbook(path: str, sheet: str = "") -> tuple[str, int]:
    """Write a workbook's sheet as CSV in the upload's place; return the sheet's name and the size."""
    source = uploads.find_workbook(path) or uploads.set_aside_workbook(path)
    target = uploads.place_of(path)
    name = workbook.convert(source, target, sheet)
    return name, target.stat().st_size


def change_import(
    *,
    workspace_id: int,
    import_id: int,
    encoding: str | None = None,
    delimiter: str | None = None,
    has_header: bool | None = None,
    country: str | None = None,
    sheet: str | None = None,
    mapping: Mapping[str, str] | None = None,
    replaces_tags: bool | None = None,
    skips_known: bool | None = None,
    tag_names: Iterable[str] | None = None,
    consent: ConsentGiven | None = None,
) -> Import:
    """Correct how a file is read and say what its people agreed to; a new reading is mapped anew.

    :raises Invalid: a value that cannot be.
    :raises ImportAlreadyRunError: it has been started.
    """
    job = _lock_unstarted(workspace_id, import_id)
    job.encoding, job.delimiter = encoding or job.encoding, delimiter or job.delimiter
    job.has_header = job.has_header if has_header is None else has_header
    job.country = country or job.country
    if sheet and sheet != job.sheet and uploads.find_workbook(job.file_path):
        job.sheet, job.file_bytes = _read_workbook(job.file_path, sheet)
    if {encoding, delimiter, has_header, country, sheet} != {None} and mapping is None:
        shape = queries.get_shape(job)
        cells = checks.read_sample_cells(job.file_path, shape)
        known = queries.list_field_keys(workspace_id)
        mapping = rules.suggest_mapping(shape.columns, cells, job.country, known)
    if mapping is not None:
        shape = queries.get_shape(job)
        job.mapping = _make_new_fields(job, _check_mapping(mapping, shape), shape)
    job.replaces_tags = job.replaces_tags if replaces_tags is None else replaces_tags
    job.skips_known = job.skips_known if skips_known is None else skips_known
    if tag_names is not None:
        names = [name.strip()[: rules.LONGEST_TAG] for name in tag_names if name.strip()]
        job.tags = sorted(ensure_tags(workspace_id=workspace_id, names=names).values())
    if consent is not None:
        _set_consent(job, consent)
    job.save(
        update_fields=[
            "encoding",
            "delimiter",
            "has_header",
            "country",
            "sheet",
            "file_bytes",
            "replaces_tags",
            "skips_known",
            "mapping",
            "tags",
            "consent_category",
            "consent_basis",
            "consent_source",
            "consent_wording",
        ]
    )
    return job


def _lock_unstarted(workspace_id: int, import_id: int) -> Import:
    job = queries.get_import(workspace_id, import_id, lock=True)
    if job.state != ImportState.UPLOADED:
        raise ImportAlreadyRunError
    return job


def _check_mapping(mapping: Mapping[str, str], shape: FileShape) -> dict[str, str]:
    for column, target in mapping.items():
        if column not in shape.columns:
            raise Invalid(
                f"The file has no column “{column}”. Its columns are: {', '.join(shape.columns)}.", field="mapping"
            )
        is_field = target.startswith((rules.FIELD_PREFIX, rules.NEW_PREFIX))
        if target and target not in rules.TARGETS and not is_field:
            raise Invalid(
                f"“{target}” is nothing that a column can be. Choose one of {', '.join(rules.TARGETS)} or field:<name>.",
                field="mapping",
            )
    return dict(mapping)


def _make_new_fields(job: Import, mapping: dict[str, str], shape: FileShape) -> dict[str, str]:
    """Make the fields that a mapping asks for (new:date, new:money:JPY) and map their columns to them."""
    wanted = {column: target for column, target in mapping.items() if target.startswith(rules.NEW_PREFIX)}
    if not wanted:
        return mapping
    samples = queries.list_samples(shape, checks.read_sample_cells(job.file_path, shape))
    there = {(one.key, one.kind) for one in queries.list_definitions(job.workspace_id)}
    for column, target in wanted.items():
        kind, _, currency = target.removeprefix(rules.NEW_PREFIX).partition(":")
        if (column[: fields.LONGEST_KEY], kind) in there:
            # The same list a second time, or another of its kind.
            mapping[column] = rules.FIELD_PREFIX + column[: fields.LONGEST_KEY]
            continue
        field = field_actions.create_field(
            workspace_id=job.workspace_id,
            key=column[: fields.LONGEST_KEY],
            kind=kind,
            choices=samples.get(column, ()),
            currency=currency or _CURRENCIES.get(job.country, "USD"),
            now=job.created_at,
        )
        mapping[column] = rules.FIELD_PREFIX + field.key
    return mapping


# Of a money field that is made from a column; the page of fields changes it.
_CURRENCIES = {"JP": "JPY", "CN": "CNY", "TW": "TWD", "HK": "HKD", "SG": "SGD", "KR": "KRW", "GB": "GBP", "IN": "INR",
               "DE": "EUR", "FR": "EUR", "IT": "EUR", "ES": "EUR", "BR": "BRL", "AU": "AUD"}  # fmt: skip


def _set_consent(job: Import, consent: ConsentGiven) -> None:
    allowed = rules.CONSENT_BASES.get(consent.category)
    if allowed is None or consent.basis not in allowed or not consent.source.strip():
        raise ConsentMissingError(field="consent")
    job.consent_category, job.consent_basis = consent.category, consent.basis
    job.consent_source, job.consent_wording = consent.source.strip()[:255], consent.wording.strip()


def start_import(*, workspace_id: int, import_id: int, now: datetime) -> Import:
    """Let an import begin: from here on `run_import` works on it, wherever it is called.

    :raises NoPhoneColumnError: no column is mapped to the phone number.
    :raises ConsentMissingError: nobody said what these people agreed to.
    :raises ImportAlreadyRunError: it has been started before.
    """
    job = _lock_unstarted(workspace_id, import_id)
    if "phone" not in job.mapping.values():
        columns = ", ".join(f"“{column}”" for column in queries.get_shape(job).columns)
        raise NoPhoneColumnError(
            f"No column holds phone numbers (the file has {columns}). Choose which column does, or add one to the file."
        )
    if not job.consent_category or not job.consent_basis or not job.consent_source:
        raise ConsentMissingError
    keys = [target.removeprefix(rules.FIELD_PREFIX) for target in job.mapping.values()]
    field_actions.ensure_fields(
        workspace_id=workspace_id,
        keys=[key for key, target in zip(keys, job.mapping.values(), strict=True) if key != target],
        now=now,
    )
    job.state, job.started_at = ImportState.RUNNING, now
    job.save(update_fields=["state", "started_at"])
    return job


def release_import(*, workspace_id: int, import_id: int, source: str, by: int | None) -> Import:
    """Let an import out of quarantine: an owner says where its people come from, and answers for it.

    :raises SourceUnstatedError: nobody says anything.
    :raises ImportAlreadyRunError: it is not in quarantine.
    """
    job = queries.get_import(workspace_id, import_id, lock=True)
    if job.state != ImportState.QUARANTINED:
        raise ImportAlreadyRunError
    if len(source.strip()) < _SHORTEST_SOURCE:
        raise SourceUnstatedError(field="source")
    job.stated_source, job.stated_by, job.state = source.strip(), by, ImportState.RUNNING
    job.save(update_fields=["stated_source", "stated_by", "state"])
    return job


def stop_import(*, workspace_id: int, import_id: int) -> None:
    """End an import after the step it is in; the rows imported so far stay."""
    open_states = [ImportState.RUNNING, ImportState.QUARANTINED]
    Import.objects.filter(workspace_id=workspace_id, pk=import_id, state__in=open_states).update(
        state=ImportState.STOPPED
    )
    statements.notify_live(workspace_id, [f"import:{import_id}"])


def run_import(
    *,
    workspace_id: int,
    import_id: int,
    record_consent: RecordConsent,
    now: Callable[[], datetime] = clock.now,
    step_rows: int = STEP_ROWS,
) -> ImportResult:
    """Import a started file to its end, from wherever an earlier run was cut off.

    Pass `consent.actions.record_import` as `record_consent`: it writes the ledger in each step's own transaction.
    Must not be called inside a transaction. An unreadable file ends the import with a sentence, not an exception.
    """
    with workspace_scope(workspace_id):
        job = queries.get_import(workspace_id, import_id)
        definitions = queries.list_definitions(workspace_id)
        if job.state != ImportState.RUNNING:
            return queries.render_result(job)
    state, error = ImportState.DONE, ""
    try:
        path = uploads.find_upload(job.file_path)
        if path.stat().st_size != job.file_bytes:
            raise FileChangedError
        shape = queries.get_shape(job)
        parser = RowParser(shape.columns, job.mapping, job.country, definitions)
        if not job.total_rows and not _look_through(job, path, shape, parser):
            with workspace_scope(workspace_id):
                return queries.get_result(workspace_id, import_id)
        # What is there stays: the collector need not look at it again and again while rows come and go.
        gc.collect()
        gc.freeze()
        run = ImportRun(job, parser, record_consent, now, step_rows, skip_rows=shape.skip_rows)
        with path.open("rb") as file:
            if not run.run(file):
                state = ImportState.STOPPED
    except SwitchboardError as failure:
        state, error = ImportState.FAILED, failure.message
    finally:
        gc.unfreeze()
    return _finish_import(workspace_id, import_id, state=state, error=error, now=now())


def _look_through(job: Import, path: Path, shape: FileShape, parser: RowParser) -> bool:
    """Count the rows and look for bought numbers before anybody is written down; false: the import waits for an owner.

    :raises Invalid: the file cannot be read to its end, so nothing of it is imported.
    """
    watch, columns, total = suspicion.Watch(), parser.phone_places, 0
    with path.open("rb") as file:
        rows = reading.read_rows(file, encoding=job.encoding, delimiter=job.delimiter)
        for row in islice(rows, shape.skip_rows, None):
            total += 1
            for place in columns:
                if place < len(row.cells):
                    watch.add(row.cells[place])
    found = watch.end()
    with workspace_scope(job.workspace_id):
        stored = queries.get_import(job.workspace_id, job.pk, lock=True)
        stored.total_rows = total
        if found and stored.state == ImportState.RUNNING and not stored.stated_source:
            stored.state, stored.suspicion = ImportState.QUARANTINED, asdict(found)
        stored.save(update_fields=["total_rows", "state", "suspicion"])
        statements.notify_live(job.workspace_id, [f"import:{job.pk}"])
        return stored.state == ImportState.RUNNING


def _finish_import(workspace_id: int, import_id: int, *, state: str, error: str, now: datetime) -> ImportResult:
    with workspace_scope(workspace_id):
        job = queries.get_import(workspace_id, import_id, lock=True)
        # A run that lost its place to another process, or to Stop, decides nothing.
        if job.state == ImportState.RUNNING and state != ImportState.STOPPED:
            job.state, job.error = state, error
        if job.state != ImportState.RUNNING:
            job.finished_at = job.finished_at or now
        job.save(update_fields=["state", "error", "finished_at"])
        statements.notify_live(workspace_id, [f"import:{import_id}", "overview"])
        return queries.render_result(job)


def forget_upload(*, workspace_id: int, import_id: int) -> None:
    """Remove the file of one import; what became of its rows stays."""
    job = queries.get_import(workspace_id, import_id, lock=True)
    uploads.drop_upload(job.file_path)
    job.file_path = ""
    job.save(update_fields=["file_path"])


def forget_uploads(*, workspace_id: int, now: datetime) -> int:
    """Remove the files of imports that ended 30 days ago, and of those never started; return how many went.

    What became of their rows stays. What people were like before goes as soon as nothing can be undone any more.
    """
    undoable = now - timedelta(hours=24)
    over = Import.objects.filter(
        workspace_id=workspace_id, finished_at__lt=undoable, finished_at__gt=undoable - timedelta(days=3)
    )
    undo_store.forget_befores(workspace_id, list(over.values_list("pk", flat=True)))
    long_ago = now - _UPLOADS_KEPT
    ended = Q(finished_at__lt=long_ago) | Q(state=ImportState.UPLOADED, created_at__lt=long_ago)
    old = Import.objects.filter(ended, workspace_id=workspace_id).exclude(file_path="")
    paths = list(old.values_list("file_path", flat=True))
    for path in paths:
        uploads.drop_upload(path)
    old.update(file_path="")
    return len(paths)
