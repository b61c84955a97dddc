"""What an error of Meta's stops: a number, all numbers of an account, a template, or all we start with a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from switchboard.consent import store as consent_store
from switchboard.core import incidents
from switchboard.core.incidents import Incident
from switchboard.delivery.store import reach

Connection = AsyncConnection[Any]

_DISABLED = frozenset({132007, 132016})
_PAUSED = frozenset({132015, 132068, 132069})
# How long a number rests by itself: after 131048 Meta lets nothing through for hours, and trying makes it worse.
RESTS = {131048: timedelta(hours=6)}


@dataclass(frozen=True, slots=True)
class Reason:
    """Which error, what it means for a person, and what Meta said beside it."""

    code: int
    sentence: str
    details: str = ""

    @property
    def text(self) -> str:
        """The sentence with Meta's own words."""
        return f"{self.sentence} ({self.details})" if self.details else self.sentence


# Index: the primary key.
SQL_STOP_NUMBER = """
UPDATE numbers_number SET stopped_at = %(now)s, stopped_code = %(code)s, stopped_detail = %(detail)s,
    restricted_until = greatest(restricted_until, %(until)s)
WHERE id = %(number_id)s AND workspace_id = %(workspace_id)s AND stopped_at IS NULL
RETURNING account_id
"""


async def stop_number(connection: Connection, workspace_id: int, number_id: int, reason: Reason, now: datetime) -> None:
    """Stop one number; its messages wait until a person lets it go on, or until its rest is over."""
    until = now + RESTS[reason.code] if reason.code in RESTS else None
    given = {"number_id": number_id, "code": str(reason.code), "detail": reason.text, "until": until}
    cursor = await connection.execute(SQL_STOP_NUMBER, {"workspace_id": workspace_id, "now": now, **given})
    if await cursor.fetchone() is not None:
        await _raise(connection, workspace_id, "number", number_id, reason, now)


async def _raise(
    connection: Connection, workspace_id: int, subject: str, subject_id: int, reason: Reason, now: datetime
) -> None:
    """Say at once that something has stopped; the worker's watch ends the incident when it goes on."""
    detail = {"code": str(reason.code), "said": reason.details}
    incident = Incident(workspace_id, f"{subject}_stopped", subject, str(subject_id), detail)
    await incidents.raise_incident(connection, incident, now)


# Index: numbers_number_by_account. Locked in the order of ids, as a claim does.
SQL_STOP_ACCOUNT = """
WITH locked AS (
    SELECT id FROM numbers_number
    WHERE workspace_id = %(workspace_id)s AND stopped_at IS NULL
      AND account_id = (SELECT account_id FROM numbers_number WHERE id = %(number_id)s)
    ORDER BY id FOR NO KEY UPDATE)
UPDATE numbers_number number SET stopped_at = %(now)s, stopped_code = %(code)s, stopped_detail = %(detail)s
FROM locked WHERE number.id = locked.id RETURNING number.account_id
"""


async def stop_account_of(
    connection: Connection, workspace_id: int, number_id: int, reason: Reason, now: datetime
) -> None:
    """Stop every number of the account that this number belongs to."""
    given = {"number_id": number_id, "code": str(reason.code), "detail": reason.text}
    cursor = await connection.execute(SQL_STOP_ACCOUNT, {"workspace_id": workspace_id, "now": now, **given})
    row = await cursor.fetchone()
    if row is not None:
        await _raise(connection, workspace_id, "account", row[0], reason, now)


# Index: the primary key.
SQL_STOP_TEMPLATE = """
UPDATE templates_template SET state = %(state)s
WHERE id = %(template_id)s AND workspace_id = %(workspace_id)s AND state = 'approved' RETURNING id
"""


async def stop_template(
    connection: Connection, workspace_id: int, template_id: int, reason: Reason, now: datetime
) -> None:
    """Take a template out of use until the next synchronisation says that it is approved again."""
    state = "disabled" if reason.code in _DISABLED else "paused" if reason.code in _PAUSED else "other"
    given = {"template_id": template_id, "state": state}
    cursor = await connection.execute(SQL_STOP_TEMPLATE, {"workspace_id": workspace_id, **given})
    if await cursor.fetchone() is not None:
        await _raise(connection, workspace_id, "template", template_id, reason, now)


# Index: the primary key.
SQL_SLOW_NUMBER = """
UPDATE delivery_pacestate SET next_at = greatest(next_at, %(until)s), slow_until = greatest(slow_until, %(until)s)
WHERE number_id = %(number_id)s AND workspace_id = %(workspace_id)s
"""


async def slow_number(connection: Connection, workspace_id: int, number_id: int, seconds: float, now: datetime) -> None:
    """Let a number rest for a while."""
    given = {"number_id": number_id, "until": now + timedelta(seconds=seconds)}
    await connection.execute(SQL_SLOW_NUMBER, {"workspace_id": workspace_id, **given})


# Index: the primary key.
SQL_FIND_CONTACT = """
SELECT contact_id FROM delivery_message WHERE id = %(message_id)s AND workspace_id = %(workspace_id)s
"""


async def note_unreachable(connection: Connection, workspace_id: int, message_id: UUID, now: datetime) -> None:
    """Remember that WhatsApp could not deliver to the person of a message."""
    given = {"workspace_id": workspace_id, "message_id": message_id}
    row = await (await connection.execute(SQL_FIND_CONTACT, given)).fetchone()
    if row is not None:
        await reach.note_undeliverable(connection, workspace_id, [row[0]], now)


async def opt_out(connection: Connection, workspace_id: int, message_id: UUID, reason: Reason, now: datetime) -> None:
    """Start nothing more with the person of a message: Meta says that they stopped marketing from us."""
    given = {"workspace_id": workspace_id, "message_id": message_id}
    row = await (await connection.execute(SQL_FIND_CONTACT, given)).fetchone()
    if row is None:
        return
    withdrawal = consent_store.Wish(
        workspace_id=workspace_id,
        contact_id=row[0],
        event_key=f"refusal:{message_id}:{reason.code}",
        at=now,
        source="whatsapp",
        wording=reason.sentence,
        evidence={"message_id": str(message_id), "code": reason.code},
        actor="meta",
    )
    await consent_store.withdraw(connection, [withdrawal])
