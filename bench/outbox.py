"""A fleet of numbers with personalised template messages in the outbox, ready for senders."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from bench import shop
from switchboard.cloudapi import callback, payloads
from switchboard.core import ids, secrets
from switchboard.core.tenancy import workspace_scope
from switchboard.delivery import actions
from switchboard.delivery.types import LaneState, NewMessage, Origin, Priority

NUMBERS = 50
_ORIGIN: Any = {"origin": Origin.BROADCAST, "origin_id": 1}
_CHUNK = 2000

SQL_FLEET = """
INSERT INTO numbers_number (workspace_id, account_id, meta_id, phone, verified_name, label, state, quality, throughput,
    pace, pace_overrides, stopped_code, stopped_detail, in_use_since)
SELECT workspace_id, account_id, (880100 + n)::text, '+8150000' || (10000 + n), '', '', 'connected', 'green', 1000,
    'full', '{}', '', '', in_use_since
FROM numbers_number CROSS JOIN generate_series(1, %(count)s) AS n WHERE meta_id = %(number)s
ON CONFLICT (meta_id) DO UPDATE SET stopped_at = NULL, throughput = 1000
RETURNING id, meta_id
"""
SQL_TEMPLATE = """
INSERT INTO templates_template (workspace_id, account_id, meta_id, name, language, category, state, rejected_reason,
    quality, parameter_format, components, synced_at)
SELECT workspace_id, account_id, '440099', 'order_ready', 'ja', 'marketing', 'approved', '', '', 'positional', '[]', now()
FROM numbers_number WHERE meta_id = %(number)s
  AND NOT EXISTS (SELECT FROM templates_template WHERE meta_id = '440099')
"""
SQL_CONSENT = """
INSERT INTO consent_standing (contact_id, workspace_id, marketing_basis, utility_basis)
SELECT id, workspace_id, 'opt_in', 'opt_in' FROM contacts_contact WHERE workspace_id = %(workspace_id)s
ON CONFLICT DO NOTHING
"""


SQL_SPENT = """
SELECT relname FROM pg_class
WHERE relkind IN ('r', 'p') AND NOT relispartition AND relname LIKE 'delivery\\_%' AND relname <> 'delivery_inboundwatermark'
"""


class Fleet:
    """A workspace whose numbers keep to nothing but Meta's throughput; it is never night there."""

    def __init__(self, connection: psycopg.Connection, people: int) -> None:
        self.connection = connection
        self.workspace_id, _ = shop.ensure_shop(connection)
        given = {"workspace_id": self.workspace_id, "count": people, "number": shop.NUMBER_META_ID}
        connection.execute(
            "UPDATE team_workspace SET quiet_from = '00:00', quiet_until = '00:00' WHERE id = %s", [self.workspace_id]
        )
        connection.execute("UPDATE numbers_account SET token_encrypted = %s", [secrets.encrypt("bench-token")])
        rows = connection.execute(SQL_FLEET, {**given, "count": NUMBERS}).fetchall()
        self.meta_ids = {int(row[0]): str(row[1]) for row in rows}
        connection.execute(SQL_TEMPLATE, given)
        have = connection.execute("SELECT count(*) FROM contacts_contact").fetchone()
        if have is not None and have[0] < people:
            connection.execute(shop.SQL_PEOPLE, given)
        connection.execute(SQL_CONSENT, given)
        self.people = connection.execute("SELECT id, phone FROM contacts_contact ORDER BY id").fetchall()
        (self.template_id,) = connection.execute("SELECT id FROM templates_template").fetchone() or (0,)

    def fill(self, count: int) -> list[tuple[NewMessage, str]]:
        """Empty the tables and put messages into paused lanes; return them with their numbers' ids at Meta."""
        # Whom we wrote to before counts in the gates, and the same people are written to again.
        rows = self.connection.execute(SQL_SPENT).fetchall()
        names = sql.SQL(", ").join(sql.Identifier(name) for (name,) in rows)
        self.connection.execute(sql.SQL("TRUNCATE core_heartbeat, core_incident, {}").format(names))
        self.connection.execute(
            "INSERT INTO delivery_inboundwatermark VALUES (1, 'infinity') "
            "ON CONFLICT (id) DO UPDATE SET applied_through = excluded.applied_through"
        )
        now = datetime.now(UTC)  # noqa: TID251  a benchmark's own clock
        with workspace_scope(self.workspace_id):
            lanes = actions.open_lanes(
                workspace_id=self.workspace_id, priority=Priority.BROADCAST, number_ids=self.meta_ids, **_ORIGIN
            )
            messages = list(self._messages(count, lanes, now))
            for start in range(0, count, _CHUNK):
                some = messages[start : start + _CHUNK]
                actions.enqueue_messages(workspace_id=self.workspace_id, messages=some, now=now, **_ORIGIN)
            actions.set_lane_state(workspace_id=self.workspace_id, state=LaneState.PAUSED, **_ORIGIN)
        self.connection.execute("VACUUM (ANALYZE) delivery_outbox, delivery_message, delivery_lane, consent_standing")
        return [(message, self.meta_ids[message.number_id]) for message in messages]

    def _messages(self, count: int, lanes: dict[int, int], now: datetime) -> Iterator[NewMessage]:
        number_ids = sorted(lanes)
        for place in range(count):
            contact_id, phone = self.people[place % len(self.people)]
            number_id = number_ids[place % len(number_ids)]
            yield NewMessage(
                id=ids.new_message_id(now),
                lane_id=lanes[number_id],
                number_id=number_id,
                contact_id=contact_id,
                category="marketing",
                recipient=phone,
                zones="Asia/Tokyo",
                body=_body(place),
                due_at=now,
                template_id=self.template_id,
            )

    def write_bodies(self, path: Path, messages: list[tuple[NewMessage, str]]) -> None:
        """Write what the sender will post, one body a line."""
        with path.open("wb") as file:
            for message, _ in messages:
                body = json.dumps(message.body, ensure_ascii=False).encode()
                file.write(_envelope(message.id, message.recipient, body, self.workspace_id) + b"\n")

    def go(self) -> None:
        """Let the messages leave."""
        with workspace_scope(self.workspace_id):
            actions.set_lane_state(workspace_id=self.workspace_id, state=LaneState.ACTIVE, **_ORIGIN)

    def count_recorded(self) -> int:
        """Return how many messages have been recorded as sent or failed."""
        row = self.connection.execute(
            "SELECT coalesce(sum(amount), 0) FROM delivery_tally WHERE measure IN ('sent', 'failed', 'skipped')"
        ).fetchone()
        return int(row[0]) if row else 0

    def count_senders(self) -> int:
        """Return how many senders have said that they run."""
        row = self.connection.execute("SELECT count(*) FROM core_heartbeat WHERE role = 'sender'").fetchone()
        return int(row[0]) if row else 0


def _body(place: int) -> dict[str, object]:
    values = [f"山田 {place:05d} 様", f"注文番号 A-{place:07d}", f"{place % 90 + 10} %", "神戸三宮店"]
    parameters = [{"type": "text", "text": value} for value in values]
    button = {"type": "text", "text": f"orders/{place:07d}"}
    return {
        "type": "template",
        "template": {
            "name": "order_ready",
            "language": {"code": "ja"},
            "components": [
                {"type": "body", "parameters": parameters},
                {"type": "button", "sub_type": "url", "index": "0", "parameters": [button]},
            ],
        },
    }


def _envelope(message_id: UUID, recipient: str, body: bytes, workspace_id: int) -> bytes:
    data = callback.build_callback_data(workspace_id, message_id, 1)
    return payloads.build_envelope(recipient=recipient, callback_data=data, body=body)
