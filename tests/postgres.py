"""The database server of a test run, started before Django reads its settings.

Loaded with `-p tests.postgres`. Every run has a server of its own, in the first folder under
`.switchboard/test/` that no other run holds; its template database is migrated once and copied from then on.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from switchboard.cli.embedded import server
from switchboard.cli.embedded.errors import AlreadyOwnedError

ROOT = Path(__file__).resolve().parent.parent
SERVER_VARIABLE = "SWITCHBOARD_TEST_SERVER_URL"
ERROR_VARIABLE = "SWITCHBOARD_TEST_ERROR"
TEMPLATE_VARIABLE = "SWITCHBOARD_TEST_TEMPLATE"
_MOST_RUNS_AT_ONCE = 16

# Nobody mourns test data after a power cut, and statistics that change by themselves change plans.
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
}

_ENVIRONMENT = {
    "SWITCHBOARD_SECRET_KEY": "tests-sign-with-this-key-and-nothing-else-does",
    "SWITCHBOARD_ENCRYPTION_KEYS": "dGVzdHMtZW5jcnlwdC13aXRoLXRoaXMta2V5LW9ubHk=",
    "SWITCHBOARD_POOL_SIZE": "0",  # Each test points Django at another database; a pool would keep the last one.
}


class MigrationError(Exception):
    """The migrations fail, so no test can have a database."""


_running: list[server.EmbeddedServer] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """Start the server before pytest-django loads the settings; workers find it in their environment."""
    if "PYTEST_XDIST_WORKER" not in os.environ and not _running:
        _start()
    return (yield)


def pytest_unconfigure() -> None:
    """Stop the server that this process started."""
    while _running:
        _running.pop().close()


def _start() -> None:
    for name in [name for name in os.environ if name.startswith("SWITCHBOARD_")]:
        del os.environ[name]  # A developer's own settings must not reach a test.
    running = _start_in_free_folder(ROOT / ".switchboard" / "test")
    _running.append(running)
    os.environ.update(_ENVIRONMENT)
    os.environ["SWITCHBOARD_HOME"] = str(running.place.home)
    os.environ["SWITCHBOARD_DATABASE_URL"] = os.environ[SERVER_VARIABLE] = running.url
    try:
        os.environ[TEMPLATE_VARIABLE] = _ensure_template(running.url)
    except MigrationError as error:  # Tests without a database can still tell something.
        os.environ[ERROR_VARIABLE] = str(error)


def _start_in_free_folder(folder: Path) -> server.EmbeddedServer:
    for number in range(_MOST_RUNS_AT_ONCE):
        try:
            return server.start_embedded(folder / str(number), _SETTINGS)
        except AlreadyOwnedError:
            continue
    raise pytest.UsageError(f"{_MOST_RUNS_AT_ONCE} test runs are going on at once. Wait for one of them.")


def database_url(url: str, name: str) -> str:
    """Return the address of another database on the same server."""
    head, _, options = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{options}"


def _ensure_template(url: str) -> str:
    """Return the name of a database with every migration applied, made when the migrations changed."""
    name = f"switchboard_template_{_migrations_digest()}"
    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'switchboard_t%'").fetchall()
        for (old,) in known:  # Templates of earlier migrations, and what a killed run left.
            if old != name:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))
        if (name,) in known:
            return name
        unfinished = "switchboard_test_unfinished"
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
        _migrate(database_url(url, unfinished))
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        connection.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))
    return name


def _migrations_digest() -> str:
    """Return a digest of every file that decides what the schema looks like."""
    digest = hashlib.sha256()
    ours = [path for path in (ROOT / "switchboard").glob("*/migrations/**/*") if path.suffix in {".py", ".sql"}]
    for path in (*sorted(ours), ROOT / "requirements" / "base.txt"):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _migrate(url: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "switchboard", "migrate"],
        cwd=ROOT,
        env={**os.environ, "SWITCHBOARD_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        last_words = "\n".join(answer.stderr.splitlines()[-20:])
        raise MigrationError(f"The migrations fail on an empty database.\n{last_words}")
