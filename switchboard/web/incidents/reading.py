"""Incidents with the names of what they are about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from switchboard.broadcasts import lists as broadcasts_lists
from switchboard.core import queries as core_queries
from switchboard.numbers import fleet
from switchboard.templates import queries as templates_queries
from switchboard.web.incidents.wording import Wording, word


@dataclass(frozen=True, slots=True)
class Row:
    """One incident, finished for a page."""

    id: int
    kind: str
    subject_kind: str
    subject_id: str
    started_at: datetime
    ended_at: datetime | None
    words: Wording


def list_open(workspace_id: int, *, most: int = 200, without: frozenset[str] = frozenset()) -> list[Row]:
    """Return what is wrong now; `without` leaves kinds out."""
    found = core_queries.list_open_incidents(workspace_id, most=most)
    return _rows(workspace_id, [incident for incident in found if incident.kind not in without])


def list_ended(workspace_id: int) -> list[Row]:
    """Return what was wrong lately."""
    return _rows(workspace_id, core_queries.list_ended_incidents(workspace_id))


def _rows(workspace_id: int, found: Iterable[Any]) -> list[Row]:
    found = list(found)
    names = _names(workspace_id, found)
    return [
        Row(
            incident.pk,
            incident.kind,
            incident.subject_kind,
            incident.subject_id,
            incident.started_at,
            incident.ended_at,
            word(
                incident.kind,
                incident.subject_kind,
                incident.subject_id,
                names.get((incident.subject_kind, incident.subject_id), incident.subject_id),
                incident.detail,
            ),
        )
        for incident in found
    ]


def _names(workspace_id: int, found: Iterable[Any]) -> dict[tuple[str, str], str]:
    """Return what people call the subjects: one query a kind of subject, none where there is none."""
    ids: dict[str, set[int]] = {}
    for incident in found:
        if incident.subject_id.isdigit():
            ids.setdefault(incident.subject_kind, set()).add(int(incident.subject_id))
    readers = {
        "number": fleet.list_names,
        "account": fleet.list_account_names,
        "broadcast": broadcasts_lists.list_names,
        "template": templates_queries.list_names,
    }
    return {
        (kind, str(id_)): name
        for kind, wanted in ids.items()
        if kind in readers
        for id_, name in readers[kind](workspace_id, wanted).items()
    }
