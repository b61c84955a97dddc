"""A small business for tests of the sending path: a workspace, its numbers, its people, a template."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from switchboard.core import ids
from switchboard.core.tenancy import workspace_scope
from switchboard.delivery import actions
from switchboard.delivery.types import NewMessage, Origin, Priority
from tests import shop

BODY = {"type": "template", "template": {"name": "sale", "language": {"code": "en"}}}


@dataclass
class World:
    """Olive's shop, reached as the tables' owner."""

    url: str
    workspace_id: int
    account_id: int
    number_ids: list[int]
    template_id: int
    lanes: dict[tuple[Origin, int], dict[int, int]] = field(default_factory=dict)

    def run(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Run a statement as the owner and return its rows."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def one(self, statement: str, *parameters: Any) -> Any:
        """Return the only value that a statement gives."""
        (row,) = self.run(statement, *parameters)
        return row[0] if len(row) == 1 else row

    def states(self) -> dict[int, int]:
        """Return how many messages are in which state."""
        return dict(self.run("SELECT state, count(*) FROM delivery_delivery GROUP BY state"))

    def waiting(self) -> int:
        """Return how many messages are in the outbox."""
        return int(self.one("SELECT count(*) FROM delivery_outbox"))

    def tallied(self, measure: str) -> dict[str, int]:
        """Return a count by reason."""
        rows = self.run("SELECT reason, sum(amount)::int FROM delivery_tally WHERE measure = %s GROUP BY 1", measure)
        return {reason: amount for reason, amount in rows if amount}


def make_world(
    url: str, now: datetime, *, numbers: int = 1, pace: str = "standard", first_meta_id: int = 880000, tag: str = "1"
) -> World:
    """Make a workspace with connected numbers and an approved template."""
    meta_ids = [first_meta_id + position for position in range(numbers)]
    with psycopg.connect(url, autocommit=True) as connection:
        insert = shop.inserting(connection)
        opened = shop.open_shop(
            insert,
            now,
            name=f"Olive {tag}",
            meta=shop.MetaIds(f"55{tag}", f"77{tag}", f"66{tag}"),
            numbers=[(str(meta_id), f"+81500{meta_id}") for meta_id in meta_ids],
            time_zone="UTC",
            language="en",
            pace=pace,
        )
        template_id = insert(
            "templates_template",
            workspace_id=opened.workspace_id,
            account_id=opened.account_id,
            meta_id=f"44{tag}",
            name="sale",
            language="en",
            category="marketing",
            state="approved",
            rejected_reason="",
            quality="",
            parameter_format="positional",
            components=Jsonb([]),
            synced_at=now,
        )
    world = World(url, opened.workspace_id, opened.account_id, opened.number_ids, template_id)
    apply_events_through(world, now + timedelta(days=30))
    return world


def apply_events_through(world: World, moment: datetime) -> None:
    """Say that the worker has applied every event received before a moment."""
    world.run(
        "INSERT INTO delivery_inboundwatermark VALUES (1, %s) "
        "ON CONFLICT (id) DO UPDATE SET applied_through = excluded.applied_through",
        moment,
    )


def make_contacts(world: World, many: int, now: datetime, *, basis: str = "opt_in", zones: str = "UTC") -> list[int]:
    """Make people who agreed to marketing."""
    rows = world.run(
        "INSERT INTO contacts_contact (workspace_id, name, phone, email, language, country, zones, fields, tags, "
        "created_at, updated_at) SELECT %s, 'Hana', '+8190' || lpad((n + coalesce((SELECT max(id) FROM "
        "contacts_contact), 0))::text, 8, '0'), '', 'ja', 'JP', %s, '{}', '{}', %s, %s "
        "FROM generate_series(1, %s) n RETURNING id",
        world.workspace_id,
        zones,
        now,
        now,
        many,
    )
    contact_ids = sorted(row[0] for row in rows)
    world.run(
        "INSERT INTO consent_standing (contact_id, workspace_id, marketing_basis, utility_basis) "
        "SELECT unnest(%s::bigint[]), %s, %s, %s",
        contact_ids,
        world.workspace_id,
        basis,
        basis,
    )
    return contact_ids


def enqueue(
    world: World,
    many: int,
    now: datetime,
    *,
    origin: Origin = Origin.BROADCAST,
    origin_id: int = 1,
    priority: Priority = Priority.BROADCAST,
    pace: str = "",
    basis: str = "opt_in",
    zones: str = "UTC",
    due_at: datetime | None = None,
    template_id: int | None = 0,
    body: dict[str, Any] | None = None,
    contact_ids: list[int] | None = None,
    **more: Any,
) -> list[uuid.UUID]:
    """Put messages for new people into lanes, the world's numbers in turn, and return their ids."""
    contact_ids = contact_ids or make_contacts(world, many, now, basis=basis, zones=zones)
    phones = dict(world.run("SELECT id, phone FROM contacts_contact WHERE id = ANY(%s)", contact_ids))
    with workspace_scope(world.workspace_id):
        lanes = actions.open_lanes(
            workspace_id=world.workspace_id,
            origin=origin,
            origin_id=origin_id,
            priority=priority,
            number_ids=world.number_ids,
            pace=pace,
        )
        messages = []
        for position, contact_id in enumerate(contact_ids):
            number_id = world.number_ids[position % len(world.number_ids)]
            messages.append(
                NewMessage(
                    id=ids.new_message_id(now),
                    lane_id=lanes[number_id],
                    number_id=number_id,
                    contact_id=contact_id,
                    category="marketing",
                    recipient=phones[contact_id],
                    zones=zones,
                    body=body or BODY,
                    due_at=due_at or now,
                    template_id=world.template_id if template_id == 0 else template_id,
                    **more,
                )
            )
        actions.enqueue_messages(
            workspace_id=world.workspace_id, origin=origin, origin_id=origin_id, messages=messages, now=now
        )
    world.lanes[origin, origin_id] = lanes
    return [message.id for message in messages]


def parse_json(text: bytes) -> Any:
    """Return what JSON says."""
    return json.loads(text)
