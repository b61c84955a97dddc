"""Olive's shop, written straight into the tables: a workspace with an app, an account and connected numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from switchboard.core import secrets

SECRET = "test_app_secret"
VERIFY_TOKEN = "open sesame"
Insert = Callable[..., int]


@dataclass(frozen=True)
class MetaIds:
    """How Meta calls what the shop has."""

    portfolio: str
    app: str
    account: str


@dataclass(frozen=True)
class Shop:
    """What a shop has, by our ids."""

    workspace_id: int
    portfolio_id: int
    app_id: int
    account_id: int
    number_ids: list[int]


def inserting(connection: psycopg.Connection) -> Insert:
    """Return a function that inserts a row into a table and gives its id."""

    def insert(table: str, **row: Any) -> int:
        names, holes = ", ".join(row), ", ".join(["%s"] * len(row))
        statement = f"INSERT INTO {table} ({names}) VALUES ({holes}) RETURNING id"
        found = connection.execute(statement, list(row.values())).fetchone()
        assert found is not None
        return int(found[0])

    return insert


def open_shop(
    insert: Insert,
    now: datetime,
    *,
    name: str,
    meta: MetaIds,
    numbers: Sequence[tuple[str, str]],
    time_zone: str,
    language: str,
    pace: str = "standard",
) -> Shop:
    """Make a workspace with these numbers: (Meta's id, phone) each."""
    workspace_id = insert(
        "team_workspace",
        name=name,
        time_zone=time_zone,
        language=language,
        country="JP",
        quiet_from="22:00",
        quiet_until="08:00",
        is_sample=False,
        created_at=now,
    )
    own = {"workspace_id": workspace_id}
    portfolio_id = insert("numbers_portfolio", meta_id=meta.portfolio, name="Olive", **own)
    app_id = insert(
        "numbers_app",
        meta_id=meta.app,
        name="App",
        secret_encrypted=secrets.encrypt(SECRET),
        verify_token_encrypted=secrets.encrypt(VERIFY_TOKEN),
        **own,
    )
    account_id = insert(
        "numbers_account",
        portfolio_id=portfolio_id,
        app_id=app_id,
        meta_id=meta.account,
        name="Account",
        token_encrypted=secrets.encrypt("token"),
        currency="JPY",
        sync_error="",
        **own,
    )
    number_ids = [_add_number(insert, account_id, number, now, pace=pace, **own) for number in numbers]
    return Shop(workspace_id, portfolio_id, app_id, account_id, number_ids)


def _add_number(insert: Insert, account_id: int, number: tuple[str, str], now: datetime, **more: Any) -> int:
    meta_id, phone = number
    return insert(
        "numbers_number",
        account_id=account_id,
        meta_id=meta_id,
        phone=phone,
        verified_name="Olive",
        label="",
        state="connected",
        quality="green",
        throughput=80,
        pace_overrides=Jsonb({}),
        stopped_code="",
        stopped_detail="",
        in_use_since=now.date(),
        **more,
    )
