"""A home and databases for benchmarks, apart from the installation's and kept between runs."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from switchboard.cli import environment
from switchboard.core import database


@contextmanager
def opened_place() -> Iterator[Path]:
    """Have a server for the length of a benchmark: the named one, or an embedded one of its own."""
    home = environment.find_home() / "bench"
    os.environ["SWITCHBOARD_HOME"] = str(home)
    home.mkdir(parents=True, exist_ok=True)
    environment.ensure_secrets(home)
    with environment.started_database(home):
        yield home


@contextmanager
def opened_database(name: str) -> Iterator[str]:
    """Use a database of this name, made and migrated where it is missing; gives its address."""
    before = database.database_url()
    parts = psycopg.conninfo.conninfo_to_dict(before)
    full_name = f"switchboard_bench_{name}"
    with psycopg.connect(before, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [full_name]).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(full_name)))
    url = psycopg.conninfo.make_conninfo("", **{**parts, "dbname": full_name})
    os.environ["SWITCHBOARD_DATABASE_URL"] = url
    try:
        command = [sys.executable, "-m", "switchboard", "migrate"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  our own command
        yield url
    finally:
        os.environ["SWITCHBOARD_DATABASE_URL"] = before
