"""The run of an import: steps of a few thousand rows, each one transaction that also notes how far it came.

Killed between two steps it goes on where it was; killed inside one, that step never happened.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from switchboard.contacts import reading, rules, staging
from switchboard.contacts.actions.tags import ensure_tags
from switchboard.contacts.models import Import, ImportState
from switchboard.contacts.rules import RowParser
from switchboard.contacts.types import ImportedPeople, Person, Problem, RecordConsent, Row
from switchboard.core import statements
from switchboard.core.tenancy import workspace_scope

STEP_ROWS = 10_000
# What the facts of a person say of a consent: 1 marketing, 2 utility (models.Activity).
_CONSENT_BITS = {"marketing": 1, "utility": 2, "all": 3}


@dataclass(slots=True)
class Step:
    """The rows of one step, parsed; nobody twice in it."""

    # Line to cells, of every row.
    rows: dict[int, list[str]]
    # How much of the file has been read up to here.
    read_bytes: int
    people: list[Person] = field(default_factory=list)
    refused: list[tuple[int, Problem]] = field(default_factory=list)
    # Lines that repeat a person of this step.
    repeated: list[int] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    # The people as COPY takes them; None where the ids of their tags have to be asked for first.
    lines: str | None = None


# Seconds that one thread may keep the others waiting. With Python's own 5 ms the database was asked for the next thing too
# late, dozens of times a step: 65 µs a row became 47.
_TURN_SECONDS = 0.00005


@contextmanager
def _short_turns() -> Iterator[None]:
    """Let the thread that talks to the database go on at once when it has an answer, while another one parses."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


class ImportRun:
    """One run of one import, from the row where an earlier run ended."""

    def __init__(
        self,
        job: Import,
        parser: RowParser,
        record_consent: RecordConsent,
        now: Callable[[], datetime],
        step_rows: int = STEP_ROWS,
        *,
        skip_rows: int | None = None,
    ) -> None:
        self.workspace_id = job.workspace_id
        self.job = job
        self.parser = parser
        self.record_consent = record_consent
        self.now = now
        self.step_rows = step_rows
        self.skip_rows = int(job.has_header) if skip_rows is None else skip_rows
        # Tags that the rows so far have named.
        self.tag_ids: dict[str, int] = {}

    def run(self, file: BinaryIO) -> bool:
        """Import the rest of the file; false when somebody stopped it.

        :raises Invalid: the file cannot be read on; what was imported before stays.
        """
        rows = reading.read_rows(file, encoding=self.job.encoding, delimiter=self.job.delimiter)
        done = self.job.row_count
        for _ in islice(rows, done + self.skip_rows):
            pass
        with _short_turns(), ThreadPoolExecutor(1) as ahead:
            # While the database writes one step, the next one is read and parsed.
            coming = ahead.submit(self._read_step, rows, file)
            while (step := coming.result()).rows:
                coming = ahead.submit(self._read_step, rows, file)
                if not self._commit_step(step, done=done):
                    return False
                done += len(step.rows)
        return True

    def _read_step(self, rows: Iterator[Row], file: BinaryIO) -> Step:
        batch = list(islice(rows, self.step_rows))
        step = parse_step(batch, self.parser, file.tell())
        if all(tag in self.tag_ids for person in step.people for tag in person.tags):
            # The database is busy with the step before meanwhile.
            step.lines = staging.render_people(step.people, self.tag_ids, self.job.tags)
        return step

    def _commit_step(self, step: Step, *, done: int) -> bool:
        """Write one step; false when the import is not running any more, or another process runs it."""
        with workspace_scope(self.workspace_id):
            job = Import.objects.select_for_update(no_key=True).get(pk=self.job.pk)
            if job.state != ImportState.RUNNING or job.row_count != done:
                return False
            now = self.now()
            staging.stage_lines(step.lines if step.lines is not None else self._render(step, job.tags))
            outcome = staging.apply_stage(
                workspace_id=self.workspace_id,
                import_id=job.pk,
                people=step.people,
                now=now,
                replaces_tags=job.replaces_tags,
                skips_known=job.skips_known,
                joining_consents=_CONSENT_BITS.get(job.consent_category, 0),
            )
            step.notes[rules.OPTED_OUT] += self._record(step, outcome, now)
            self._keep_refused(step, outcome)
            self._count(job, step, outcome)
            job.read_bytes = step.read_bytes
            job.save(
                update_fields=[
                    "row_count",
                    "read_bytes",
                    "created_count",
                    "updated_count",
                    "skipped_count",
                    "failed_count",
                    "reasons",
                ]
            )
            statements.notify_live(self.workspace_id, [f"import:{job.pk}"])
        return True

    def _render(self, step: Step, common_tags: Sequence[int]) -> str:
        """Return the people for COPY; new words become tags."""
        names = {tag for person in step.people for tag in person.tags}
        # A new dictionary each time: the next step reads the former one meanwhile.
        self.tag_ids = {**self.tag_ids, **ensure_tags(workspace_id=self.workspace_id, names=names)}
        return staging.render_people(step.people, self.tag_ids, common_tags)

    def _record(self, step: Step, outcome: staging.StagedPeople, now: datetime) -> int:
        """Write what these people agreed to; a repeated row still opts its person out."""
        leaving = {person.line for person in step.people if person.is_opted_out}
        brought = outcome.created + outcome.updated if leaving else []
        people = ImportedPeople(
            workspace_id=self.workspace_id,
            import_id=self.job.pk,
            category=self.job.consent_category,
            basis=self.job.consent_basis,
            source=self.job.consent_source,
            wording=self.job.consent_wording,
            at=now,
            agreed=[pair for pair in outcome.updated if pair[1] not in leaving],
            joined=[pair for pair in outcome.created if pair[1] not in leaving] if leaving else outcome.created,
            opted_out=[(contact_id, line) for contact_id, line in brought if line in leaving]
            + [(contact_id, line) for contact_id, line in [*outcome.repeated, *outcome.known] if line in leaving],
        )
        return self.record_consent(people)

    def _keep_refused(self, step: Step, outcome: staging.StagedPeople) -> None:
        """Keep each row that made or changed nobody, or lost a cell, with its reason."""
        again, known = (Problem(self.parser.phone_column, reason) for reason in (rules.REPEATED, rules.KNOWN))
        repeated = [*step.repeated, *(line for _, line in outcome.repeated)]
        refused = [(line, "failed", problem, step.rows[line]) for line, problem in step.refused]
        refused += [(line, "skipped", again, step.rows[line]) for line in repeated]
        refused += [(line, "skipped", known, step.rows[line]) for _, line in outcome.known]
        refused += [
            (person.line, "partly", problem, step.rows[person.line])
            for person in step.people
            if person.notes
            for problem in person.notes
        ]
        staging.keep_refused(workspace_id=self.workspace_id, import_id=self.job.pk, rows=refused)

    @staticmethod
    def _count(job: Import, step: Step, outcome: staging.StagedPeople) -> None:
        repeated, known = len(step.repeated) + len(outcome.repeated), len(outcome.known)
        job.row_count += len(step.rows)
        job.created_count += len(outcome.created)
        job.updated_count += len(outcome.updated)
        job.skipped_count += repeated + known
        job.failed_count += len(step.refused)
        _add(job.reasons, "failed", Counter(problem.reason for _, problem in step.refused))
        _add(job.reasons, "skipped", Counter({rules.REPEATED: repeated, rules.KNOWN: known}))
        _add(job.reasons, "notes", step.notes)


def _add(reasons: dict[str, dict[str, int]], kind: str, counts: Counter[str]) -> None:
    total = Counter(reasons.get(kind, {})) + counts
    reasons[kind] = {reason: count for reason, count in total.items() if count}


def parse_step(batch: list[Row], parser: RowParser, read_bytes: int = 0) -> Step:
    """Parse rows and set aside those that repeat a person of the same step."""
    step = Step(rows=dict(batch), read_bytes=read_bytes)
    place_of: dict[str, int] = {}
    for row in batch:
        parsed = parser.parse_row(row)
        if isinstance(parsed, Problem):
            step.refused.append((row.line, parsed))
            continue
        first = place_of.setdefault(parsed.phone, len(step.people))
        if first < len(step.people):
            step.repeated.append(row.line)
            if parsed.is_opted_out and not step.people[first].is_opted_out:
                step.people[first] = step.people[first]._replace(is_opted_out=True)
            continue
        step.people.append(parsed)
        if parsed.notes:
            step.notes.update(problem.reason for problem in parsed.notes)
    return step
