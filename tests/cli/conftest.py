"""Folders and servers for tests that start PostgreSQL themselves."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from switchboard.cli.embedded import pidfile, server
from tests.cli.owners import SMALL
from tests.conftest import open_folder


@pytest.fixture
def empty_home() -> Iterator[Path]:
    """A folder that the server's account can reach; pytest's own temporary folders are closed to it."""
    with open_folder() as folder:
        yield folder / "home"
        data = (folder / "home" / "pg").resolve()
        pidfile.stop_server(data)
    if data.is_relative_to("/var/lib/switchboard"):
        shutil.rmtree(data.parent, ignore_errors=True)


@pytest.fixture(scope="session")
def made_once() -> Iterator[Path]:
    """A home whose data folder has been made and stopped; making one takes most of a second."""
    with open_folder() as folder:
        server.start_embedded(folder / "home", SMALL).close()
        yield folder / "home"


@pytest.fixture
def home(empty_home: Path, made_once: Path) -> Path:
    """A home with a data folder that no server has open."""
    subprocess.run(["cp", "-a", made_once, empty_home], check=True)
    return empty_home


@pytest.fixture
def start(home: Path) -> Iterator[Callable[[], server.EmbeddedServer]]:
    """Start the server of the test's home; it is stopped afterwards."""
    started: list[server.EmbeddedServer] = []

    def start_one() -> server.EmbeddedServer:
        started.append(server.start_embedded(home, SMALL))
        return started[-1]

    yield start_one
    for running in started:
        running.close()
