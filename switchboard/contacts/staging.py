"""One step of an import in the database: rows go by COPY into a temporary table and from there into contacts.

COPY cannot write to a table under row-level security, hence the temporary one; it also lets each step be a
few statements over a set. Everything here runs inside the caller's transaction and workspace.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db import IntegrityError, transaction

from switchboard.contacts.types import Person, Problem
from switchboard.core import phone, statements


class StagedPeople(NamedTuple):
    """What became of the people of one step: contact and line of each."""

    created: list[tuple[int, int]]
    updated: list[tuple[int, int]]
    # Rows whose person an earlier step of the same import has brought.
    repeated: list[tuple[int, int]]
    # Rows of people who were known before and are to be left as they are.
    known: list[tuple[int, int]]


# Each row gets the id that its person will have if they are new, so that nothing has to be joined afterwards.
SQL_STAGE = """
DROP TABLE IF EXISTS pg_temp.contacts_stage;
CREATE TEMPORARY TABLE contacts_stage (
    line integer NOT NULL, phone varchar(16) NOT NULL, name text NOT NULL, email text NOT NULL,
    language text NOT NULL, country text NOT NULL, zones text NOT NULL, fields jsonb NOT NULL, tags bigint[] NOT NULL,
    id bigint NOT NULL DEFAULT nextval('contacts_contact_id_seq')
) ON COMMIT DROP
"""
SQL_COPY = "COPY contacts_stage (line, phone, name, email, language, country, zones, fields, tags) FROM STDIN"


def stage_lines(lines: str) -> None:
    """Put the people of one step, rendered for COPY, into the temporary table."""
    statements.execute(SQL_STAGE, {})
    statements.copy_in(SQL_COPY, lines)


def render_people(people: Iterable[Person], tag_ids: dict[str, int], common_tags: Sequence[int]) -> str:
    """Return people as lines of COPY's text format."""
    return "".join([_render_line(person, tag_ids, common_tags) for person in people])


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


_encoder = msgspec.json.Encoder()


def _encode(value: object) -> str:
    return _encoder.encode(value).decode()


def _escape(text: str) -> str:
    """Return a text as COPY's text format wants it."""
    return text.translate(_ESCAPES) if "\\" in text or "\t" in text or "\n" in text or "\r" in text else text


def _render_line(person: Person, tag_ids: dict[str, int], common_tags: Sequence[int]) -> str:
    """Return the person as one line of COPY's text format; by hand it is three times as fast as by row."""
    zones = person.zone or ",".join(phone.zones_of(person.phone))
    tags = sorted({*common_tags, *(tag_ids[tag] for tag in person.tags)}) if person.tags else common_tags
    fields = _encode(person.fields) if person.fields else "{}"
    if "\\" in fields:
        fields = fields.replace("\\", "\\\\")
    return (
        f"{person.line}\t{person.phone}\t{_escape(person.name)}\t{_escape(person.email)}\t"
        f"{person.language}\t{person.country}\t{zones}\t{fields}\t{{{','.join(map(str, tags))}}}\n"
    )


# Index: contacts_contact_phone_once. Left to itself the planner takes a workspace that was filled a minute ago for an
# empty one, and walks all of it for each of 10,000 rows (1.2 ms a row). So each number is asked for as a range from itself
# to itself in its order, which only that index can answer without sorting, while sorting is forbidden.
SQL_FIND_KNOWN = """
SELECT line, contact_id FROM (
    SELECT line, (SELECT contact.id FROM contacts_contact AS contact
                  WHERE contact.workspace_id = %(workspace_id)s
                    AND contact.phone >= stage.phone AND contact.phone <= stage.phone
                  ORDER BY contact.phone LIMIT 1) AS contact_id
    FROM contacts_stage AS stage OFFSET 0) AS looked_up
WHERE contact_id IS NOT NULL
"""
SQL_ALLOW_SCANS = """
SELECT set_config('enable_seqscan', %(allowed)s, true), set_config('enable_bitmapscan', %(allowed)s, true),
    set_config('enable_sort', %(allowed)s, true)
"""
# People whom the look has not found. A plain INSERT: ON CONFLICT looks for each row once more, inserts it on trial and
# confirms that: 10.3 µs a row instead of 7.5. Rows go in phone order, so that two imports cannot wait for each other.
SQL_ADD_NEW = """
WITH fresh AS (
    INSERT INTO contacts_contact (id, workspace_id, name, phone, email, language, country, zones, fields, tags,
        created_by_import, created_at, updated_at)
    SELECT id, %(workspace_id)s, name, phone, email, language, country, zones, fields, tags, %(import_id)s,
        %(now)s::timestamptz, %(now)s::timestamptz
    FROM contacts_stage WHERE line <> ALL(%(known)s::integer[]) ORDER BY phone
), noted AS (
    INSERT INTO contacts_importedrow (import_id, contact_id, workspace_id, line, is_new)
    SELECT %(import_id)s, id, %(workspace_id)s, line, true
    FROM contacts_stage WHERE line <> ALL(%(known)s::integer[])
)
SELECT string_agg(id::text, ','), string_agg(line::text, ',')
FROM contacts_stage WHERE line <> ALL(%(known)s::integer[])
"""
# Index: contacts_contact_phone_once and contacts_importedrow_pkey, both without the planner's help: a join of contacts
# with the stage is planned by statistics that know nothing of a workspace filled a minute ago (it took 2 s for 5,000
# rows). Rows go in phone order, so that two imports cannot wait for each other. What is the same is not written again,
# and whoever an earlier step has brought is left alone: looked up one by one, since an EXISTS is answered by reading all
# that the import has brought so far, in every step anew. The statement sees people as they were before it, which is what
# undoing it needs. coalesce() keeps the planner from taking the lines for one or two: it then compared each with each.
SQL_UPSERT = """
WITH touched AS (
    INSERT INTO contacts_contact AS contact (workspace_id, name, phone, email, language, country, zones, fields, tags,
        created_by_import, created_at, updated_at)
    SELECT %(workspace_id)s, name, phone, email, language, country, zones, fields, tags, %(import_id)s, %(now)s, %(now)s
    FROM contacts_stage WHERE coalesce(line = ANY(%(lines)s::integer[]), false) ORDER BY phone
    ON CONFLICT (workspace_id, phone) DO UPDATE SET
        name = CASE WHEN excluded.name <> '' THEN excluded.name ELSE contact.name END,
        email = CASE WHEN excluded.email <> '' THEN excluded.email ELSE contact.email END,
        language = CASE WHEN excluded.language <> '' THEN excluded.language ELSE contact.language END,
        country = CASE WHEN contact.country <> '' THEN contact.country ELSE excluded.country END,
        zones = CASE WHEN contact.zones <> '' THEN contact.zones ELSE excluded.zones END,
        fields = contact.fields || excluded.fields,
        tags = CASE WHEN %(replaces_tags)s AND excluded.tags <> '{}' THEN excluded.tags
               WHEN excluded.tags <@ contact.tags THEN contact.tags
               ELSE ARRAY(SELECT DISTINCT tag FROM unnest(contact.tags || excluded.tags) AS tag ORDER BY tag) END,
        updated_at = excluded.updated_at
    WHERE %(changes_known)s
      AND (excluded.name NOT IN ('', contact.name) OR excluded.email NOT IN ('', contact.email)
           OR excluded.language NOT IN ('', contact.language) OR contact.country = '' OR contact.zones = ''
           OR NOT excluded.fields <@ contact.fields OR NOT excluded.tags <@ contact.tags
           OR (%(replaces_tags)s AND excluded.tags <> '{}' AND NOT contact.tags <@ excluded.tags))
      AND (SELECT seen.line FROM contacts_importedrow AS seen
           WHERE seen.import_id = %(import_id)s AND seen.contact_id = contact.id) IS NULL
    RETURNING contact.phone, contact.id, contact.xmax = 0 AS is_new
)
INSERT INTO contacts_importedrow (import_id, contact_id, workspace_id, line, is_new, before)
SELECT %(import_id)s, touched.id, %(workspace_id)s, stage.line, touched.is_new,
    CASE WHEN NOT touched.is_new THEN (
        SELECT jsonb_build_object('name', former.name, 'email', former.email, 'language', former.language,
            'country', former.country, 'zones', former.zones, 'fields', former.fields, 'tags', to_jsonb(former.tags))
        FROM contacts_contact AS former WHERE former.id = touched.id AND former.workspace_id = %(workspace_id)s) END
FROM touched JOIN contacts_stage AS stage USING (phone)
RETURNING contact_id, line, is_new
"""
# Index: contacts_importedrow_pkey refuses whoever an earlier step has brought.
SQL_NOTE_ROWS = """
INSERT INTO contacts_importedrow (import_id, contact_id, workspace_id, line, is_new)
SELECT %(import_id)s, contact_id, %(workspace_id)s, line, false
FROM unnest(%(contact_ids)s::bigint[], %(lines)s::integer[]) AS untouched(contact_id, line)
ON CONFLICT (import_id, contact_id) DO NOTHING
RETURNING contact_id
"""
# Index: contacts_contact_pkey. A zone that the file names wins over one told from the number.
SQL_SET_ZONES = """
UPDATE contacts_contact SET zones = %(zone)s, updated_at = %(now)s
WHERE workspace_id = %(workspace_id)s AND id = ANY(%(contact_ids)s) AND zones <> %(zone)s
"""


# The trigger that makes a new person's row of facts reads this setting, so that the row is not written twice.
SQL_SAY_JOINING = """
SELECT set_config('app.joining_consents', %(joining)s, true)
"""


def apply_stage(
    *,
    workspace_id: int,
    import_id: int,
    people: Sequence[Person],
    now: datetime,
    replaces_tags: bool = False,
    skips_known: bool = False,
    joining_consents: int = 0,
) -> StagedPeople:
    """Bring the staged people into contacts; empty cells keep what is there.

    `joining_consents` are the bits of `Activity.consents` that the ledger is about to give new people in the caller's
    transaction; whoever gets others is corrected when it does.
    """
    values: dict[str, Any] = {"workspace_id": workspace_id, "import_id": import_id, "now": now}
    values |= {"replaces_tags": replaces_tags, "changes_known": not skips_known}
    outcome = StagedPeople([], [], [], [])
    statements.fetch(SQL_SAY_JOINING, {"joining": str(joining_consents)})
    known = _find_known(values)
    lines: Collection[int] = known
    try:
        with transaction.atomic():
            outcome.created.extend(_add_new(known, values))
    except IntegrityError:
        # Somebody else has made one of them since the look.
        lines = [person.line for person in people]
    if lines:
        touched = statements.fetch(SQL_UPSERT, {**values, "lines": render_array(lines)})
        outcome.created.extend((contact_id, line) for contact_id, line, is_new in touched if is_new)
        outcome.updated.extend((contact_id, line) for contact_id, line, is_new in touched if not is_new)
        if len(touched) < len(lines):
            done = {line for _, line, _ in touched}
            found = known if lines is known else _find_known(values)
            note = _note_known if skips_known else _note_untouched
            note([(contact_id, line) for line, contact_id in found.items() if line not in done], outcome, values)
    statements.fetch(SQL_SAY_JOINING, {"joining": ""})
    _set_zones(people, outcome, values)
    return outcome


def _find_known(values: dict[str, Any]) -> dict[int, int]:
    """Return the contact of each staged line whose number somebody has."""
    statements.fetch(SQL_ALLOW_SCANS, {"allowed": "off"})
    known = dict(statements.fetch(SQL_FIND_KNOWN, values))
    statements.fetch(SQL_ALLOW_SCANS, {"allowed": "on"})
    return known


def _add_new(known: Collection[int], values: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """Make people of the staged rows but for those of known people; return contact and line of each."""
    [(contact_ids, lines)] = statements.fetch(SQL_ADD_NEW, {**values, "known": render_array(known)})
    return zip(map(int, contact_ids.split(",")), map(int, lines.split(",")), strict=True) if lines else iter(())


def _note_untouched(rows: Sequence[tuple[int, int]], outcome: StagedPeople, values: dict[str, Any]) -> None:
    """Tell those who are the same already from those whom an earlier step has brought."""
    columns = {
        "contact_ids": render_array(contact_id for contact_id, _ in rows),
        "lines": render_array(line for _, line in rows),
    }
    noted = {contact_id for (contact_id,) in statements.fetch(SQL_NOTE_ROWS, {**values, **columns})}
    outcome.updated.extend(row for row in rows if row[0] in noted)
    outcome.repeated.extend(row for row in rows if row[0] not in noted)


# Index: contacts_importedrow_pkey.
SQL_FIND_BROUGHT = """
SELECT contact_id FROM contacts_importedrow
WHERE import_id = %(import_id)s AND contact_id = ANY(%(contact_ids)s::bigint[])
"""


def _note_known(rows: Sequence[tuple[int, int]], outcome: StagedPeople, values: dict[str, Any]) -> None:
    """Tell those who were known before from those whom an earlier step has brought; nobody is changed."""
    ids = render_array(contact_id for contact_id, _ in rows)
    brought = {one for (one,) in statements.fetch(SQL_FIND_BROUGHT, {**values, "contact_ids": ids})}
    outcome.repeated.extend(row for row in rows if row[0] in brought)
    outcome.known.extend(row for row in rows if row[0] not in brought)


def _set_zones(people: Sequence[Person], outcome: StagedPeople, values: dict[str, Any]) -> None:
    given = {person.line: person.zone for person in people if person.zone}
    if not given:
        return
    by_zone: dict[str, list[int]] = {}
    for contact_id, line in outcome.updated:
        if line in given:
            by_zone.setdefault(given[line], []).append(contact_id)
    for zone, contact_ids in sorted(by_zone.items()):
        statements.execute(SQL_SET_ZONES, {**values, "zone": zone, "contact_ids": contact_ids})


def render_array(values: Iterable[int]) -> str:
    """Return numbers or flags as PostgreSQL writes an array; ten times as fast as the driver's adaptation of a list."""
    return "{" + ",".join(map(str, values)) + "}"


SQL_STAGE_REFUSED = """
DROP TABLE IF EXISTS pg_temp.contacts_stage_refused;
CREATE TEMPORARY TABLE contacts_stage_refused (
    line integer NOT NULL, outcome text NOT NULL, reason text NOT NULL, heading text NOT NULL, cells jsonb NOT NULL
) ON COMMIT DROP
"""
SQL_COPY_REFUSED = "COPY contacts_stage_refused FROM STDIN"
SQL_KEEP_REFUSED = """
INSERT INTO contacts_refusedrow (workspace_id, import_id, line, outcome, reason, "column", cells)
SELECT %(workspace_id)s, %(import_id)s, line, outcome, reason, heading,
       ARRAY(SELECT jsonb_array_elements_text(cells))
FROM contacts_stage_refused ORDER BY line
"""


def keep_refused(*, workspace_id: int, import_id: int, rows: Iterable[tuple[int, str, Problem, list[str]]]) -> None:
    """Keep rows that made or changed nobody: line, outcome, problem and cells of each."""
    lines = [
        f"{line}\t{outcome}\t{problem.reason}\t{_escape(problem.column)}\t{_escape(_encode(cells))}\n"
        for line, outcome, problem, cells in rows
    ]
    if not lines:
        return
    statements.execute(SQL_STAGE_REFUSED, {})
    statements.copy_in(SQL_COPY_REFUSED, "".join(lines))
    statements.execute(SQL_KEEP_REFUSED, {"workspace_id": workspace_id, "import_id": import_id})
