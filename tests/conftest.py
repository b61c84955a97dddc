"""Fixtures for every room: a database of its own for each test that commits, and a clock that stands still."""

import os
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from hypothesis import HealthCheck, settings
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from switchboard.core import clock as core_clock
from switchboard.core import database as core_database
from tests.outside import environment_with
from tests.postgres import ERROR_VARIABLE, SERVER_VARIABLE, TEMPLATE_VARIABLE, database_url

# A test that stands still fails after the first, and its process ends after the second if even that does not help.
_LONGEST_SECONDS, _LAST_SECONDS = 300.0, 400.0
# How long an example takes says how busy the machine is, and nothing of what is tested.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)  # A Tuesday, 21:00 in Tokyo.


@dataclass(frozen=True)
class OwnDatabase:
    """A freshly migrated database that lives as long as one test, or one file of them."""

    url: str

    def conninfo(self, role: core_database.Role) -> str:
        """Return the connection string that a process of this role would use."""
        return core_database.conninfo_for(role, self.url)


class Clock:
    """A clock that moves only when the test says so."""

    def __init__(self, start: datetime) -> None:
        self.moment = start

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **parts: float) -> datetime:
        """Move on, for instance `clock.advance(minutes=5)`, and return the new moment."""
        self.moment += timedelta(**parts)
        return self.moment


@contextmanager
def _copy_of_template(prefix: str) -> Iterator[str]:
    """Copy the migrated template for a while, and give the copy's address."""
    if ERROR_VARIABLE in os.environ:
        pytest.fail(os.environ[ERROR_VARIABLE], pytrace=False)
    server_url = os.environ[SERVER_VARIABLE]
    name = f"switchboard_test_{prefix}_{uuid.uuid4().hex[:12]}"
    names = {"name": sql.Identifier(name), "template": sql.Identifier(os.environ[TEMPLATE_VARIABLE])}
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**names))
    try:
        yield database_url(server_url, name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))


@contextmanager
def _django_on(url: str) -> Iterator[None]:
    """Point Django, and everything that reads the setting, at another database for a while."""
    connection = connections["default"]
    before = connection.settings_dict["NAME"], os.environ["SWITCHBOARD_DATABASE_URL"]
    connection.close()
    connection.settings_dict["NAME"] = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    os.environ["SWITCHBOARD_DATABASE_URL"] = url
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"], os.environ["SWITCHBOARD_DATABASE_URL"] = before


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Give this worker's Django tests a copy of the template, in the role that the web process has."""
    with django_db_blocker.unblock(), _copy_of_template("django") as url, _django_on(url):
        yield


@pytest.fixture
def database(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[OwnDatabase]:
    """A database of its own for a test with real commits, several connections or asynchronous code."""
    with django_db_blocker.unblock(), _copy_of_template("own") as url, _django_on(url):
        yield OwnDatabase(url)


@pytest.fixture(scope="module")
def shared_database(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[OwnDatabase]:
    """A database that the tests of a file share, which keep nothing in it."""
    with django_db_blocker.unblock(), _copy_of_template("shared") as url, _django_on(url):
        yield OwnDatabase(url)


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that the database server's account can reach; pytest's own temporary folders are closed to it."""
    with tempfile.TemporaryDirectory(prefix="switchboard-test-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def migrated_home() -> Iterator[Path]:
    """A home whose database is made, up to date and stopped: what every start from nothing spends its time on."""
    with open_folder() as folder:
        command = [sys.executable, "-m", "switchboard", "migrate"]
        subprocess.run(command, env=environment_with(SWITCHBOARD_HOME=str(folder / "home")), check=True)
        yield folder / "home"


@contextmanager
def copied_home(migrated: Path) -> Iterator[Path]:
    """A copy of such a home for one run of the product."""
    with open_folder() as folder:
        subprocess.run(["cp", "-a", migrated, folder / "home"], check=True)
        yield folder / "home"


@pytest.fixture
def clock() -> Clock:
    """A clock at noon on a Tuesday; pass it, or its moment, where code takes the time."""
    return Clock(NOON)


@pytest.fixture(autouse=True)
def _unshifted_clock() -> Iterator[None]:
    """Whatever a test did to the product's clock, the next one starts from the real time."""
    yield
    core_clock.set_shift(0.0)
    core_clock.set_database_offset(0.0)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Run one file more at once than there are cores: the longest tests wait for other processes most of the time."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the whole product and the browser: the longest files must not be what everybody waits for."""
    items.sort(key=lambda item: not any(map(item.get_closest_marker, ("journey", "browser"))))
    for item in items:
        if not item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.timeout(_LONGEST_SECONDS))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """End the process of a test that nothing else ends, so that the run says which one it was."""
    if item.get_closest_marker("soak"):
        return (yield)
    timer = threading.Timer(_LAST_SECONDS, os._exit, [1])
    timer.daemon = True
    timer.start()
    try:
        return (yield)
    finally:
        timer.cancel()
