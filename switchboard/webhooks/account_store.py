"""SQL of what Meta changes about templates, accounts and numbers. Every function takes a connection."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from switchboard.numbers import rules as numbers_rules
from switchboard.numbers import store as numbers_store
from switchboard.templates import store as templates_store

Connection = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account of ours that an event is about."""

    id: int
    workspace_id: int
    portfolio_id: int


# Accounts are few.
SQL_FIND_ACCOUNT = """
SELECT id, workspace_id, portfolio_id FROM numbers_account
WHERE meta_id = ANY (%(meta_ids)s) AND app_id = %(app_id)s ORDER BY id LIMIT 1
"""


async def find_account(connection: Connection, app_id: int, meta_ids: Collection[str]) -> AccountRow | None:
    """Return the account with one of Meta's ids that this app may speak of."""
    cursor = await connection.execute(SQL_FIND_ACCOUNT, {"meta_ids": sorted(meta_ids), "app_id": app_id})
    row = await cursor.fetchone()
    return AccountRow(*row) if row else None


# Index: webhooks_latest_once.
SQL_ADVANCE = """
INSERT INTO webhooks_latest AS latest (workspace_id, subject, at) VALUES (%(workspace_id)s, %(subject)s, %(at)s)
ON CONFLICT (workspace_id, subject) DO UPDATE SET at = excluded.at WHERE latest.at <= excluded.at
RETURNING id
"""


async def advance(connection: Connection, workspace_id: int, subject: str, at: datetime) -> bool:
    """Note when something was said of a subject; false when something later is known already."""
    cursor = await connection.execute(SQL_ADVANCE, {"workspace_id": workspace_id, "subject": subject[:700], "at": at})
    return cursor.rowcount == 1


# ── templates ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class TemplateChange:
    """What Meta changed about a template of an account; empty parts stay as they are."""

    workspace_id: int
    account_id: int
    meta_id: str
    name: str
    language: str
    state: str | None = None
    category: str | None = None
    quality: str | None = None
    reason: str = ""


# Index: templates_template_once, or the workspace's templates, of which there are few. Some a day.
SQL_CHANGE_TEMPLATE = """
UPDATE templates_template AS template
SET state = CASE WHEN %(state)s = 'approved' AND template.paused_until = %(until_read)s THEN template.state
        ELSE coalesce(%(state)s, template.state) END,
    category = coalesce(%(category)s, template.category),
    quality = coalesce(%(quality)s, template.quality),
    rejected_reason = CASE WHEN %(state)s::text IS NULL
            OR (%(state)s = 'approved' AND template.paused_until = %(until_read)s) THEN template.rejected_reason
        ELSE %(reason)s END,
    paused_until = CASE WHEN %(state)s::text IS NULL
            OR (%(state)s = 'approved' AND template.paused_until = %(until_read)s) THEN template.paused_until END
WHERE template.workspace_id = %(workspace_id)s AND template.account_id = %(account_id)s
  AND ((template.name = %(name)s AND template.language = %(language)s)
       OR (template.meta_id = %(meta_id)s AND %(meta_id)s <> ''))
"""


async def change_template(connection: Connection, change: TemplateChange) -> bool:
    """Change a template that we know; false when we do not. One that waits for a person is not let go by Meta's word."""
    given = asdict(change) | {"until_read": templates_store.UNTIL_READ}
    return (await connection.execute(SQL_CHANGE_TEMPLATE, given)).rowcount > 0


# The account's templates are few.
SQL_PAUSE_CATEGORY = """
UPDATE templates_template SET state = 'paused', rejected_reason = %(reason)s, paused_until = %(until)s
WHERE workspace_id = %(workspace_id)s AND account_id = %(account_id)s AND category = %(category)s
  AND (state = 'approved' OR (state = 'paused' AND paused_until IS NOT NULL))
"""


async def pause_category(
    connection: Connection, account: AccountRow, category: str, reason: str, *, until: datetime | None = None
) -> int:
    """Take all templates of a category out of use until a moment, or until a person reads them again; count them."""
    given = {"workspace_id": account.workspace_id, "account_id": account.id}
    cursor = await connection.execute(
        SQL_PAUSE_CATEGORY,
        {**given, "category": category, "reason": reason[:255], "until": until or templates_store.UNTIL_READ},
    )
    return cursor.rowcount


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────

# Index: numbers_number_by_account. Locked in the order of ids, as a claim does.
SQL_STOP_NUMBERS = """
WITH locked AS (
    SELECT id FROM numbers_number WHERE workspace_id = %(workspace_id)s AND account_id = %(account_id)s
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE numbers_number AS number SET
    state = coalesce(%(state)s, number.state),
    stopped_at = coalesce(number.stopped_at, %(now)s),
    stopped_code = CASE WHEN number.stopped_at IS NULL OR number.stopped_code = ANY (%(replaced)s) THEN %(code)s
        ELSE number.stopped_code END,
    stopped_detail = CASE WHEN number.stopped_at IS NULL OR number.stopped_code = ANY (%(replaced)s) THEN %(detail)s
        ELSE number.stopped_detail END,
    restricted_until = CASE WHEN %(is_restriction)s THEN %(until)s ELSE number.restricted_until END
FROM locked WHERE number.id = locked.id
RETURNING number.id
"""


async def stop_numbers(
    connection: Connection,
    account: AccountRow,
    *,
    code: str,
    detail: str,
    state: str | None,
    now: datetime,
    until: datetime | None = None,
) -> list[int]:
    """Stop the numbers of an account, with code and sentence; a number that was stopped keeps its reason.

    A restriction may say when it ends, and replaces an earlier one.
    """
    is_restriction = code in numbers_rules.ACCOUNT_RESTRICTIONS
    replaced = list(numbers_rules.ACCOUNT_RESTRICTIONS) if is_restriction else [code[:32]]
    given = {"workspace_id": account.workspace_id, "account_id": account.id, "now": now, "until": until}
    stop = {"code": code[:32], "detail": detail, "state": state, "is_restriction": is_restriction}
    cursor = await connection.execute(SQL_STOP_NUMBERS, given | stop | {"replaced": replaced})
    return [number_id for (number_id,) in await cursor.fetchall()]


# Index: numbers_number_by_account. Only what these codes stopped goes on: a person's stop is a person's to end.
SQL_RESUME_NUMBERS = """
WITH locked AS (
    SELECT id FROM numbers_number WHERE workspace_id = %(workspace_id)s AND account_id = %(account_id)s
      AND stopped_code = ANY (%(codes)s)
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE numbers_number AS number
SET state = 'connected', stopped_at = NULL, stopped_code = '', stopped_detail = '', restricted_until = NULL
FROM locked WHERE number.id = locked.id
RETURNING number.id
"""


async def resume_numbers(connection: Connection, account: AccountRow, codes: Collection[str]) -> list[int]:
    """Let those numbers of an account go on that one of these codes stopped."""
    given = {"workspace_id": account.workspace_id, "account_id": account.id, "codes": sorted(codes)}
    cursor = await connection.execute(SQL_RESUME_NUMBERS, given)
    return [number_id for (number_id,) in await cursor.fetchall()]


# Index: numbers_number_by_account. Ended now; numbers/store.py lets them go on.
SQL_LIFT = """
WITH locked AS (
    SELECT id FROM numbers_number WHERE workspace_id = %(workspace_id)s AND account_id = %(account_id)s
      AND (state = 'restricted' OR stopped_code = ANY (%(codes)s) OR restricted_until IS NOT NULL)
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE numbers_number AS number SET restricted_until = %(now)s FROM locked WHERE number.id = locked.id
"""

# Index: templates_template_once, or the workspace's templates, of which there are few. Restrictions are of utility
# templates; marketing waits for a person after a violation.
SQL_LIFT_PAUSES = """
UPDATE templates_template SET paused_until = %(now)s
WHERE workspace_id = %(workspace_id)s AND account_id = %(account_id)s AND paused_until IS NOT NULL
  AND category = 'utility'
"""


async def lift_restrictions(connection: Connection, account: AccountRow, now: datetime) -> list[int]:
    """End the restrictions of an account; return the numbers that go on."""
    given = {"workspace_id": account.workspace_id, "account_id": account.id, "now": now}
    await connection.execute(SQL_LIFT, given | {"codes": list(numbers_rules.ACCOUNT_RESTRICTIONS)})
    await connection.execute(SQL_LIFT_PAUSES, given)
    await templates_store.end_pauses(connection, now)
    ended = await numbers_store.end_restrictions(connection, now)
    return [number_id for workspace_id, number_id in ended if workspace_id == account.workspace_id]


# Index: numbers_number_by_account. Meta writes the number with or without plus, spaces and dashes.
SQL_CHANGE_NUMBER = """
UPDATE numbers_number SET
    throughput = coalesce(%(throughput)s, throughput), verified_name = coalesce(%(verified_name)s, verified_name)
WHERE workspace_id = %(workspace_id)s AND account_id = %(account_id)s
  AND regexp_replace(phone, '[^0-9]', '', 'g') = %(digits)s AND %(digits)s <> ''
RETURNING id
"""


async def change_number(
    connection: Connection,
    account: AccountRow,
    *,
    digits: str,
    throughput: int | None = None,
    verified_name: str | None = None,
) -> list[int]:
    """Change the number of an account that shows these digits."""
    given = {"workspace_id": account.workspace_id, "account_id": account.id, "digits": digits}
    changes = {"throughput": throughput, "verified_name": verified_name and verified_name[:150]}
    cursor = await connection.execute(SQL_CHANGE_NUMBER, given | changes)
    return [number_id for (number_id,) in await cursor.fetchall()]


# Index: numbers_portfolio_pkey.
SQL_SET_LIMIT = """
UPDATE numbers_portfolio SET messaging_limit = %(limit)s WHERE id = %(portfolio_id)s AND workspace_id = %(workspace_id)s
"""


async def set_limit(connection: Connection, account: AccountRow, limit: int | None) -> None:
    """Set how many people a portfolio may reach in 24 hours; None is no limit."""
    given = {"workspace_id": account.workspace_id, "portfolio_id": account.portfolio_id, "limit": limit}
    await connection.execute(SQL_SET_LIMIT, given)


# Index: numbers_account_pkey.
SQL_WARN = (
    "UPDATE numbers_account SET sync_error = %(text)s WHERE id = %(account_id)s AND workspace_id = %(workspace_id)s"
)


async def warn(connection: Connection, account: AccountRow, text: str) -> None:
    """Show a warning at an account until it is synchronised the next time."""
    given = {"workspace_id": account.workspace_id, "account_id": account.id, "text": text}
    await connection.execute(SQL_WARN, given)
