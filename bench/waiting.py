"""Numbers with paces of every kind, and any number of messages that wait at them, made by statements over sets."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from switchboard.core import secrets


@dataclass(frozen=True)
class Kind:
    """So many numbers of one pace, each with so many messages that wait."""

    pace: str
    overrides: dict[str, Any]
    numbers: int
    messages: int
    throughput: int = 80
    # Days that its numbers have been in use.
    age_days: int = 100
    # A pace that the broadcast itself asks for.
    lane_pace: str = ""


SQL_SHOP = """
WITH workspace AS (
    INSERT INTO team_workspace (name, time_zone, language, country, quiet_from, quiet_until, is_sample, created_at)
    VALUES ('Fleet', 'UTC', 'en', 'JP', '03:00', '03:00', true, %(now)s) RETURNING id
), portfolio AS (
    INSERT INTO numbers_portfolio (workspace_id, meta_id, name) SELECT id, 'fleet', 'Fleet' FROM workspace RETURNING id
), app AS (
    INSERT INTO numbers_app (workspace_id, meta_id, name, secret_encrypted, verify_token_encrypted)
    SELECT id, 'fleet-' || id, 'Fleet', %(secret)s, %(secret)s FROM workspace RETURNING id
), account AS (
    INSERT INTO numbers_account (workspace_id, portfolio_id, app_id, meta_id, name, token_encrypted, currency, sync_error)
    SELECT workspace.id, portfolio.id, app.id, 'fleet', 'Fleet', %(secret)s, 'JPY', '' FROM workspace, portfolio, app
    RETURNING id
)
INSERT INTO templates_template (workspace_id, account_id, meta_id, name, language, category, state, rejected_reason,
    quality, parameter_format, components, synced_at)
SELECT workspace.id, account.id, 'fleet', 'sale', 'ja', 'marketing', 'approved', '', '', 'positional', '[]', %(now)s
FROM workspace, account RETURNING workspace_id, account_id, id
"""

SQL_NUMBERS = """
INSERT INTO numbers_number (workspace_id, account_id, meta_id, phone, verified_name, label, state, quality, throughput,
    pace, pace_overrides, stopped_code, stopped_detail, in_use_since)
SELECT %(workspace_id)s, %(account_id)s, %(workspace_id)s || '-' || %(tag)s || '-' || n, '+8150' || lpad(n::text, 8, '0'),
    '', '', 'connected', 'green', %(throughput)s, %(pace)s, %(overrides)s, '', '', %(since)s
FROM generate_series(1, %(numbers)s) AS n RETURNING id
"""

SQL_PEOPLE = """
WITH made AS (
    INSERT INTO contacts_contact (workspace_id, name, phone, email, language, country, zones, fields, tags, created_at,
        updated_at)
    SELECT %(workspace_id)s, 'Hana', '+8190' || lpad(n::text, 8, '0'), '', 'ja', 'JP', 'UTC', '{}', '{}', now(), now()
    FROM generate_series(%(first)s::int, %(last)s::int) AS n RETURNING id
), agreed AS (
    INSERT INTO consent_standing (contact_id, workspace_id, marketing_basis, utility_basis)
    SELECT id, %(workspace_id)s, 'opt_in', 'opt_in' FROM made)
SELECT min(id), max(id) FROM made
"""

SQL_LANES = """
INSERT INTO delivery_lane (workspace_id, number_id, priority, origin_kind, origin_id, pace, low_water_at, low_water_id,
    version)
SELECT %(workspace_id)s, number_id, 4, 'broadcast', %(origin_id)s, %(pace)s, %(now)s,
    '00000000-0000-0000-0000-000000000000', 1
FROM unnest(%(number_ids)s::bigint[]) AS number_id RETURNING number_id, id
"""

SQL_PACES = """
INSERT INTO delivery_pacestate (number_id, workspace_id, next_at)
SELECT number_id, %(workspace_id)s, 'epoch' FROM unnest(%(number_ids)s::bigint[]) AS number_id ON CONFLICT DO NOTHING
"""

# Person n of the batch gets message n, the numbers in turn.
SQL_MESSAGES = """
WITH lane AS (
    SELECT number_id, lane_id, place FROM unnest(%(number_ids)s::bigint[], %(lane_ids)s::bigint[])
        WITH ORDINALITY AS lane (number_id, lane_id, place)
), made AS (
    INSERT INTO delivery_message (id, workspace_id, lane_id, number_id, contact_id, origin_kind, origin_id, category,
        recipient, zones, template_id, body, created_at)
    SELECT (lpad(to_hex(%(base)s::bigint + n / 1000), 12, '0') || '7' || lpad(to_hex(n %% 4096), 3, '0') || '8'
            || lpad(to_hex(%(first)s::bigint + n), 15, '0'))::uuid,
        %(workspace_id)s, lane.lane_id, lane.number_id, %(first)s::bigint + n, 'broadcast', %(origin_id)s, 'marketing',
        '+8190' || lpad((%(first)s::bigint + n)::text, 8, '0'), 'UTC', %(template_id)s, %(body)s, %(now)s
    FROM generate_series(0, %(count)s::int - 1) AS n
    JOIN lane ON lane.place = 1 + n %% cardinality(%(number_ids)s::bigint[])
    RETURNING id, lane_id, number_id, contact_id
)
INSERT INTO delivery_outbox (workspace_id, lane_id, due_at, message_id, number_id, contact_id)
SELECT %(workspace_id)s, lane_id, %(now)s, id, number_id, contact_id FROM made ORDER BY lane_id, id
"""

_BODY = {
    "type": "template",
    "template": {
        "name": "sale",
        "language": {"code": "ja"},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "Hana"}]}],
    },
}


@dataclass
class Fleet:
    """A workspace whose numbers have work. `numbers` are the ids of each kind's, in its order."""

    workspace_id: int
    account_id: int
    template_id: int
    numbers: list[list[int]]


def make_shop(connection: psycopg.Connection, now: datetime) -> Fleet:
    """Make a workspace without numbers; nobody sleeps in it."""
    row = connection.execute(SQL_SHOP, {"now": now, "secret": secrets.encrypt("fleet")}).fetchone()
    assert row is not None  # noqa: S101  INSERT … RETURNING gives the row
    connection.execute(
        "INSERT INTO delivery_inboundwatermark VALUES (1, %s) "
        "ON CONFLICT (id) DO UPDATE SET applied_through = excluded.applied_through",
        [now + timedelta(days=365)],
    )
    return Fleet(int(row[0]), int(row[1]), int(row[2]), [])


def fill(connection: psycopg.Connection, fleet: Fleet, kinds: Sequence[Kind], now: datetime) -> None:
    """Make the numbers of each kind and the messages that wait at them."""
    for origin_id, kind in enumerate(kinds, start=len(fleet.numbers) + 1):
        given = {"workspace_id": fleet.workspace_id, "account_id": fleet.account_id, "origin_id": origin_id, "now": now}
        given |= {"tag": origin_id, "throughput": kind.throughput, "pace": kind.pace}
        given |= {"overrides": json.dumps(kind.overrides), "since": now.date() - timedelta(days=kind.age_days)}
        found = connection.execute(SQL_NUMBERS, given | {"numbers": kind.numbers}).fetchall()
        number_ids = [number_id for (number_id,) in found]
        add_messages(connection, fleet, number_ids, kind.numbers * kind.messages, now, origin_id, kind.lane_pace)
        fleet.numbers.append(number_ids)


def add_messages(
    connection: psycopg.Connection,
    fleet: Fleet,
    number_ids: list[int],
    count: int,
    now: datetime,
    origin_id: int,
    lane_pace: str = "",
) -> None:
    """Let so many new people wait at these numbers, in turn."""
    given: dict[str, Any] = {"workspace_id": fleet.workspace_id, "number_ids": number_ids, "now": now}
    given |= {"origin_id": origin_id, "pace": lane_pace, "template_id": fleet.template_id, "body": json.dumps(_BODY)}
    connection.execute(SQL_PACES, given)
    lanes: dict[int, int] = dict(connection.execute(SQL_LANES, given).fetchall())
    (known,) = connection.execute("SELECT coalesce(max(id), 0) FROM contacts_contact").fetchone() or (0,)
    people = connection.execute(SQL_PEOPLE, given | {"first": known + 1, "last": known + count}).fetchone()
    assert people is not None  # noqa: S101  an aggregate gives a row
    given |= {"lane_ids": [lanes[number_id] for number_id in number_ids], "first": people[0], "count": count}
    connection.execute(SQL_MESSAGES, given | {"base": int(now.timestamp() * 1000)})
