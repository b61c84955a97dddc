"""What a person's page says besides what happened: their fields as each is written, and whether we may write to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from switchboard.consent import queries as consent_queries
from switchboard.consent.standing import MARKETING
from switchboard.web import formats, words


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether templates of a category may be sent to somebody now; if not, why and since when."""

    category: str
    may: bool
    reason: str
    since: datetime | None


def list_permissions(standing: Any) -> list[Permission]:
    """Return what the gate would say now of each category that the business starts."""
    found = []
    for category in (MARKETING, "utility"):
        answer = consent_queries.judge(standing, category)
        found.append(Permission(category, answer.may, words.say_consent(answer.reason), answer.since))
    return found


def list_values(known: Iterable[Any], *people: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Return each field that one of these people has, by name, with what each of them holds."""
    definitions = {field.key: field for field in known}
    lines = []
    for key in sorted({key for fields in people for key in fields}):
        field = definitions.get(key)
        kind, currency = (field.kind, field.currency) if field else ("", "")
        lines.append((key, *(formats.render_field(fields.get(key), kind, currency) for fields in people)))
    return lines
