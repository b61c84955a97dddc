"""A file is imported in one call: kept, read as somebody says, mapped, and started."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from switchboard.contacts import rules, uploads
from switchboard.contacts.actions import imports
from switchboard.contacts.actions.imports import ConsentGiven
from switchboard.contacts.models import Import
from switchboard.core.errors import SwitchboardError


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a file is to be imported; what nobody says is guessed from the file."""

    consent: ConsentGiven
    # What some of its columns are; the others become what the guess says.
    mapping: Mapping[str, str] = field(default_factory=dict)
    tag_names: Iterable[str] = ()
    replaces_tags: bool = False
    skips_known: bool = False
    country: str = ""
    encoding: str | None = None
    delimiter: str | None = None
    has_header: bool | None = None
    sheet: str | None = None


def begin_import(
    *,
    workspace_id: int,
    file: BinaryIO,
    file_name: str,
    wanted: Wanted,
    now: datetime,
    created_by: int | None = None,
) -> Import:
    """Keep a file and start its import; a worker, or `run_import`, does the rest.

    :raises Invalid: the file cannot be read, a column or a consent cannot be; nothing is kept.
    """
    job = imports.create_import(
        workspace_id=workspace_id,
        file=file,
        file_name=file_name,
        now=now,
        country=wanted.country.upper(),
        created_by=created_by,
    )
    try:
        return _start(job, wanted, now)
    except SwitchboardError:
        uploads.drop_upload(job.file_path)
        raise


def _start(job: Import, wanted: Wanted, now: datetime) -> Import:
    workspace_id, import_id = job.workspace_id, job.pk
    if {wanted.encoding, wanted.delimiter, wanted.has_header, wanted.sheet} != {None}:
        # Read in another way, it is mapped anew: what the guess says is known only then.
        job = imports.change_import(
            workspace_id=workspace_id,
            import_id=import_id,
            encoding=wanted.encoding,
            delimiter=wanted.delimiter,
            has_header=wanted.has_header,
            sheet=wanted.sheet,
        )
    imports.change_import(
        workspace_id=workspace_id,
        import_id=import_id,
        mapping=rules.override_mapping(job.mapping, wanted.mapping) if wanted.mapping else None,
        tag_names=wanted.tag_names,
        replaces_tags=wanted.replaces_tags,
        skips_known=wanted.skips_known,
        consent=wanted.consent,
    )
    return imports.start_import(workspace_id=workspace_id, import_id=import_id, now=now)
