"""A shop to measure with: one workspace, app, account and number, and any number of sent messages."""

import uuid
from datetime import UTC, datetime

import psycopg

from switchboard.core import secrets

SECRET = "bench-app-secret"  # noqa: S105  nobody is protected by it
APP_META_ID = "770099"
NUMBER_META_ID = "880099"
ACCOUNT_META_ID = "660099"
_MESSAGES_A_MILLISECOND = 20
_CHUNK = 500_000
_PEOPLE_SHARE = 5

SQL_SHOP = """
WITH workspace AS (
    INSERT INTO team_workspace (name, time_zone, language, country, quiet_from, quiet_until, is_sample, created_at)
    VALUES ('Bench', 'Asia/Tokyo', 'en', 'JP', '22:00', '08:00', true, %(now)s) RETURNING id
), portfolio AS (
    INSERT INTO numbers_portfolio (workspace_id, meta_id, name) SELECT id, '550099', 'Bench' FROM workspace RETURNING id
), app AS (
    INSERT INTO numbers_app (workspace_id, meta_id, name, secret_encrypted, verify_token_encrypted)
    SELECT id, %(app)s, 'Bench', %(secret)s, %(secret)s FROM workspace RETURNING id
), account AS (
    INSERT INTO numbers_account (workspace_id, portfolio_id, app_id, meta_id, name, token_encrypted, currency, sync_error)
    SELECT workspace.id, portfolio.id, app.id, %(account)s, 'Bench', %(secret)s, 'JPY', ''
    FROM workspace, portfolio, app RETURNING id
)
INSERT INTO numbers_number (workspace_id, account_id, meta_id, phone, verified_name, label, state, quality, throughput,
    pace, pace_overrides, stopped_code, stopped_detail, in_use_since)
SELECT workspace.id, account.id, %(number)s, '+815000000099', '', '', 'connected', 'green', 80, 'full', '{}', '', '',
    %(now)s::date
FROM workspace, account RETURNING workspace_id, id
"""
SQL_FIND_SHOP = "SELECT workspace_id, id FROM numbers_number WHERE meta_id = %(number)s"


def ensure_shop(connection: psycopg.Connection) -> tuple[int, int]:
    """Return workspace and number of the shop."""
    row = connection.execute(SQL_FIND_SHOP, {"number": NUMBER_META_ID}).fetchone()
    if row is None:
        given = {"app": APP_META_ID, "account": ACCOUNT_META_ID, "number": NUMBER_META_ID}
        given["secret"] = secrets.encrypt(SECRET)  # type: ignore[assignment]  # bytes beside texts
        row = connection.execute(SQL_SHOP, {**given, "now": datetime.now(UTC)}).fetchone()  # noqa: TID251  set-up
    assert row is not None  # noqa: S101  INSERT … RETURNING gives the row
    return int(row[0]), int(row[1])


def message_id(base_milliseconds: int, index: int) -> uuid.UUID:
    """Return the id of a message, computed here as in SQL_ID."""
    moment = base_milliseconds + index // _MESSAGES_A_MILLISECOND
    return uuid.UUID(f"{moment:012x}7{index % 4096:03x}8{index:015x}")


SQL_PEOPLE = """
INSERT INTO contacts_contact (workspace_id, name, phone, email, language, country, zones, fields, tags, created_at,
    updated_at)
SELECT %(workspace_id)s, 'Bench', '+8190' || lpad(n::text, 8, '0'), '', 'ja', 'JP', 'Asia/Tokyo', '{}', '{}', now(), now()
FROM generate_series(1, %(count)s) AS n ON CONFLICT DO NOTHING
"""
SQL_ID = """
CREATE OR REPLACE FUNCTION bench_id(base bigint, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex(base + n / 20), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0') || '8'
        || lpad(to_hex(n), 15, '0'))::uuid
$$
"""

SQL_MESSAGES = """
INSERT INTO delivery_message (id, workspace_id, lane_id, number_id, contact_id, origin_kind, origin_id, category,
    recipient, zones, body, created_at)
SELECT bench_id(%(base)s, n), %(workspace_id)s, 1, %(number_id)s, %(first_contact)s + n %% %(people)s, 'broadcast', 1, 'marketing',
    '8190', 'Asia/Tokyo', '{"type": "template", "variables": ["Hana", "10 %%", "Kobe"]}', now()
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""
SQL_DELIVERIES = """
INSERT INTO delivery_delivery (message_id, workspace_id, state, attempt, wamid, accepted_at)
SELECT bench_id(%(base)s, n), %(workspace_id)s, 20, 1, 'wamid.' || n, now()
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""


def ensure_messages(
    connection: psycopg.Connection, workspace_id: int, number_id: int, count: int, *, people: int = 0
) -> int:
    """See to it that so many accepted messages are there; return the milliseconds that their ids begin from.

    They go to as many people as are there already, or to a fifth as many that are made for it.
    """
    connection.execute(SQL_ID)
    connection.execute("CREATE TABLE IF NOT EXISTS bench_state (base bigint, made bigint)")
    row = connection.execute("SELECT base, made FROM bench_state").fetchone()
    if row is not None and row[1] >= count:
        return int(row[0])
    now = datetime.now(UTC)  # noqa: TID251  set-up
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    base = int(row[0]) if row else int(month.timestamp() * 1000)
    made = int(row[1]) if row else 0
    if not people:
        people = max(1, count // _PEOPLE_SHARE)
        connection.execute(SQL_PEOPLE, {"workspace_id": workspace_id, "count": people})
    first = connection.execute("SELECT min(id) FROM contacts_contact").fetchone()
    assert first is not None  # noqa: S101  an aggregate has one row
    given = {"base": base, "workspace_id": workspace_id, "number_id": number_id, "people": people}
    for start in range(made, count, _CHUNK):
        part = {**given, "first_contact": first[0], "first": start, "last": min(start + _CHUNK, count) - 1}
        connection.execute(SQL_MESSAGES, part)
        connection.execute(SQL_DELIVERIES, part)
        connection.execute("DELETE FROM bench_state")
        connection.execute("INSERT INTO bench_state VALUES (%s, %s)", [base, min(start + _CHUNK, count)])
    connection.execute("VACUUM (ANALYZE) delivery_delivery, delivery_message, contacts_contact")
    return base
