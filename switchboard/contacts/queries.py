"""What pages, commands and other rooms ask about contacts and imports."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL

from switchboard.contacts import reading, refused, segment_queries, tag_queries, uploads, workbook
from switchboard.contacts.errors import ContactNotFound, ImportNotFound
from switchboard.contacts.fields import Definition
from switchboard.contacts.models import Contact, Field, Identity, Import, ImportedRow, RefusedRow, Tag
from switchboard.contacts.types import FileShape, ImportResult
from switchboard.core import clock, phone
from switchboard.team.models import Workspace


@dataclass(frozen=True, slots=True)
class ContactPage:
    """A piece of the list of contacts, newest first; `next_before` continues it, None at the end."""

    contacts: tuple[Contact, ...]
    next_before: int | None


def get_import(workspace_id: int, import_id: int, *, lock: bool = False) -> Import:
    """Return an import.

    :raises ImportNotFound: not in this workspace.
    """
    imports = Import.objects.filter(workspace_id=workspace_id)
    if lock:
        imports = imports.select_for_update(no_key=True)
    found = imports.filter(pk=import_id).first()
    if found is None:
        raise ImportNotFound
    return found


def list_imports(workspace_id: int, *, limit: int = 50) -> list[Import]:
    """Return the newest imports."""
    return list(Import.objects.filter(workspace_id=workspace_id).order_by("-id")[:limit])


def get_shape(job: Import) -> FileShape:
    """Return the columns of an import's file, read with its settings.

    :raises Invalid: it cannot be read that way.
    """
    return reading.shape_file(
        uploads.find_upload(job.file_path),
        encoding=job.encoding,
        delimiter=job.delimiter,
        country=job.country,
        has_header=job.has_header,
    )


def list_sheets(job: Import) -> list[str]:
    """Return the sheets of the workbook that an import is read from; none for text files."""
    path = uploads.find_workbook(job.file_path)
    return workbook.list_sheets(path) if path else []


def render_result(job: Import) -> ImportResult:
    """Return what has become of an import's rows so far."""
    return ImportResult(
        import_id=job.pk,
        state=job.state,
        rows=job.row_count,
        created=job.created_count,
        updated=job.updated_count,
        skipped=job.skipped_count,
        failed=job.failed_count,
        reasons=job.reasons,
        error=job.error,
    )


def get_result(workspace_id: int, import_id: int) -> ImportResult:
    """Return what has become of an import's rows so far.

    :raises ImportNotFound: not in this workspace.
    """
    return render_result(get_import(workspace_id, import_id))


def list_refused_rows(workspace_id: int, import_id: int, *, after: int = 0, limit: int = 100) -> list[RefusedRow]:
    """Return rows that made or changed nobody, in the order of the file, from after a row's id."""
    rows = RefusedRow.objects.filter(workspace_id=workspace_id, import_id=import_id, pk__gt=after)
    return list(rows.order_by("id")[:limit])


def render_refused_csv(workspace_id: int, import_id: int, after: refused.After = None) -> refused.Piece:
    """Return a piece of the refused rows as a CSV file: line, outcome, reason, column, cells; and where to go on."""
    rows = RefusedRow.objects.filter(workspace_id=workspace_id, import_id=import_id)

    def head() -> Sequence[str]:
        job = get_import(workspace_id, import_id)
        columns = get_shape(job).columns if uploads.has_upload(job.file_path) else ()
        return ["line", "outcome", "reason", "column", *columns]

    return refused.render_piece(rows, ["outcome", "reason", "column"], head=head, after=after)


def iter_refused_csv(workspace_id: int, import_id: int) -> Iterator[bytes]:
    """Give the whole file of refused rows, a piece at a time."""
    return refused.iter_pieces(partial(render_refused_csv, workspace_id, import_id))


def get_contact(workspace_id: int, contact_id: int) -> Contact:
    """Return a contact.

    :raises ContactNotFound: not in this workspace.
    """
    found = Contact.objects.filter(workspace_id=workspace_id, pk=contact_id).first()
    if found is None:
        raise ContactNotFound
    return found


def list_contacts(
    workspace_id: int,
    *,
    search: str = "",
    tag_ids: Sequence[int] = (),
    import_id: int | None = None,
    segment_id: int | None = None,
    before: int | None = None,
    limit: int = 50,
    by_part_of_phone: bool = True,
) -> ContactPage:
    """Return contacts, newest first, that match a name, a part of a number or an address, and carry every tag.

    Each has `classes` beside its tags: those that a rule gives.

    :raises SegmentError: the segment cannot be asked any more.
    """
    contacts = filter_contacts(
        workspace_id, search=search, tag_ids=tag_ids, import_id=import_id, by_part_of_phone=by_part_of_phone
    )
    if segment_id is not None:
        contacts = keep_segment(contacts, workspace_id, segment_id, clock.now())
    if before is not None:
        contacts = contacts.filter(pk__lt=before)
    found = tuple(contacts.annotate(classes=F("activity__classes")).order_by("-id")[: limit + 1])
    return ContactPage(contacts=found[:limit], next_before=found[limit - 1].pk if len(found) > limit else None)


def keep_segment(contacts: QuerySet[Contact], workspace_id: int, segment_id: int, now: datetime) -> QuerySet[Contact]:
    """Return those contacts that are in a segment.

    :raises SegmentError: the segment cannot be asked any more.
    """
    definition = segment_queries.get_segment(workspace_id, segment_id).definition
    statement, values = segment_queries.build_ids(workspace_id, definition, now)
    return contacts.filter(pk__in=RawSQL(statement, values))  # noqa: S611  fixed words and parameters


def filter_contacts(
    workspace_id: int,
    *,
    search: str = "",
    tag_ids: Sequence[int] = (),
    import_id: int | None = None,
    by_part_of_phone: bool = True,
) -> QuerySet[Contact]:
    """Return the contacts that match a text, carry every tag, and were in an import.

    Whoever sees masked numbers finds people by a whole number, never by trying parts of it.
    """
    contacts = _matching(workspace_id, search, by_part_of_phone=by_part_of_phone)
    if tag_ids:
        tags = Tag.objects.filter(workspace_id=workspace_id, pk__in=tag_ids, rule__isnull=False)
        ruled = set(tags.values_list("pk", flat=True))
        given = [tag_id for tag_id in tag_ids if tag_id not in ruled]
        contacts = contacts.filter(tags__contains=given) if given else contacts
        contacts = contacts.filter(activity__classes__contains=sorted(ruled)) if ruled else contacts
    if import_id is not None:
        rows = ImportedRow.objects.filter(workspace_id=workspace_id, import_id=import_id)
        contacts = contacts.filter(pk__in=rows.values("contact_id"))
    return contacts


def _matching(workspace_id: int, search: str, *, by_part_of_phone: bool) -> QuerySet[Contact]:
    contacts = Contact.objects.filter(workspace_id=workspace_id)
    text = search.strip()
    if not text:
        return contacts
    country = Workspace.objects.values_list("country", flat=True).get(pk=workspace_id)
    reading_of_text = phone.parse_phone(text, country)
    if reading_of_text.phone:
        return contacts.filter(phone=reading_of_text.phone)
    digits, reason = phone.clean_phone(text)
    query = Q(name__icontains=text) | Q(email__icontains=text)
    if by_part_of_phone and not reason and len(digits) >= 3:
        query |= Q(phone__contains=digits.lstrip("+0"))
    return contacts.filter(query)


def count_contacts(workspace_id: int) -> int:
    """Count the contacts of a workspace."""
    return Contact.objects.filter(workspace_id=workspace_id).count()


def find_known_phones(workspace_id: int, phones: Sequence[str]) -> set[str]:
    """Return those of these numbers that belong to a contact."""
    known = Contact.objects.filter(workspace_id=workspace_id, phone__in=phones)
    return {number for number in known.values_list("phone", flat=True) if number}


def list_tags(workspace_id: int) -> list[Tag]:
    """Return the tags of a workspace by name."""
    return list(Tag.objects.filter(workspace_id=workspace_id).order_by("name"))


def list_tags_with_counts(workspace_id: int) -> list[tuple[Tag, int]]:
    """Return the tags of a workspace, automatic ones too, each with how many people carry it."""
    counted = [(row.tag, row.people) for row in tag_queries.list_tags(workspace_id)]
    return sorted(counted, key=lambda pair: pair[0].name)


def list_field_keys(workspace_id: int) -> list[str]:
    """Return the keys of the fields that people can have, for pickers."""
    return list(Field.objects.filter(workspace_id=workspace_id).order_by("key").values_list("key", flat=True))


def list_fields(workspace_id: int) -> list[Field]:
    """Return the fields that people can have."""
    return list(Field.objects.filter(workspace_id=workspace_id).order_by("key"))


def list_definitions(workspace_id: int) -> list[Definition]:
    """Return the fields that people can have, as `fields.parse_value` wants them."""
    return [
        Definition(field.key, field.kind, tuple(field.choices), field.currency) for field in list_fields(workspace_id)
    ]


def list_samples(shape: FileShape, rows: Iterable[Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return the values of each column in some rows, empty ones left out."""
    kept = list(rows)
    return {
        column: tuple(cells[index] for cells in kept if index < len(cells) and cells[index].strip())
        for index, column in enumerate(shape.columns)
    }


def map_contacts(workspace_id: int, contact_ids: Iterable[int]) -> dict[int, Contact]:
    """Return these people by id; one that was erased is missing."""
    return {row.pk: row for row in Contact.objects.filter(workspace_id=workspace_id, pk__in=set(contact_ids))}


def list_identities(workspace_id: int, contact_id: int) -> list[Identity]:
    """Return the ways by which WhatsApp knows a person."""
    return list(Identity.objects.filter(workspace_id=workspace_id, contact_id=contact_id).order_by("kind", "id"))
