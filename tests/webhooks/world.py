"""A small business for tests of the receiving path: two workspaces' apps, accounts, numbers, people, messages."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from switchboard.core import ids
from tests import shop
from tests.shop import SECRET as SECRET
from tests.shop import VERIFY_TOKEN as VERIFY_TOKEN


@dataclass(frozen=True)
class World:
    """Olive's shop: one workspace, portfolio, app, account and number, reached as the tables' owner."""

    url: str
    workspace_id: int
    portfolio_id: int
    app_id: int
    app_meta_id: str
    account_id: int
    account_meta_id: str
    number_id: int
    number_meta_id: str

    def run(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Run a statement as the owner and return its rows."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def one(self, statement: str, *parameters: Any) -> Any:
        """Return the only value that a statement gives."""
        rows = self.run(statement, *parameters)
        assert len(rows) == 1, rows
        return rows[0][0] if len(rows[0]) == 1 else rows[0]


def make_world(url: str, now: datetime, *, tag: str = "1") -> World:
    """Make a workspace with one number."""
    meta = shop.MetaIds(f"55000{tag}", f"77000{tag}", f"66000{tag}")
    with psycopg.connect(url, autocommit=True) as connection:
        opened = shop.open_shop(
            shop.inserting(connection),
            now,
            name=f"Olive {tag}",
            meta=meta,
            numbers=[(f"88000{tag}", f"+8150000000{tag}")],
            time_zone="Asia/Tokyo",
            language="ja",
        )
    return World(
        url,
        opened.workspace_id,
        opened.portfolio_id,
        opened.app_id,
        meta.app,
        opened.account_id,
        meta.account,
        opened.number_ids[0],
        f"88000{tag}",
    )


def make_contact(world: World, phone: str | None, now: datetime, *, name: str = "Hana") -> int:
    """Make a person with both consents."""
    contact_id: int = world.one(
        "INSERT INTO contacts_contact (workspace_id, name, phone, email, language, country, zones, fields, tags, "
        "created_at, updated_at) VALUES (%s, %s, %s, '', 'ja', 'JP', 'Asia/Tokyo', '{}', '{}', %s, %s) RETURNING id",
        world.workspace_id,
        name,
        phone,
        now,
        now,
    )
    world.run(
        "INSERT INTO consent_standing (contact_id, workspace_id, marketing_basis, utility_basis) "
        "VALUES (%s, %s, 'opt_in', 'opt_in')",
        contact_id,
        world.workspace_id,
    )
    return contact_id


def make_message(
    world: World,
    contact_id: int,
    made_at: datetime,
    *,
    origin: tuple[str, int] = ("broadcast", 1),
    state: int | None = 8,
    accepted_at: datetime | None = None,
    wamid: str | None = None,
) -> uuid.UUID:
    """Make an outgoing message; in flight unless said otherwise, still waiting with `state=None`."""
    message_id = ids.new_message_id(made_at)
    lane_id = world.one(
        "INSERT INTO delivery_lane (workspace_id, number_id, priority, origin_kind, origin_id) "
        "VALUES (%s, %s, 4, %s, %s) ON CONFLICT (workspace_id, number_id, priority, origin_kind, origin_id) "
        "DO UPDATE SET state = delivery_lane.state RETURNING id",
        world.workspace_id,
        world.number_id,
        *origin,
    )
    world.run(
        "INSERT INTO delivery_message (id, workspace_id, lane_id, number_id, contact_id, origin_kind, origin_id, "
        "category, recipient, zones, body, created_at) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, 'marketing', '819000000001', 'Asia/Tokyo', '{}', %s)",
        message_id,
        world.workspace_id,
        lane_id,
        world.number_id,
        contact_id,
        *origin,
        made_at,
    )
    if state is not None:
        world.run(
            "INSERT INTO delivery_delivery (message_id, workspace_id, state, attempt, accepted_at, wamid) "
            "VALUES (%s, %s, %s, 1, %s, %s)",
            message_id,
            world.workspace_id,
            state,
            accepted_at,
            wamid,
        )
    return message_id
