"""A data folder: made once, completely or not at all, and only opened by its own major version."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from switchboard.cli.embedded import binaries
from switchboard.cli.embedded.errors import EmbeddedPostgresError
from switchboard.cli.embedded.place import Place

SUPERUSER = "postgres"
_NEEDED_BYTES = 200 * 1024 * 1024

# The built-in C.UTF-8 sorts alike on every machine, whatever locales the system has.
_INITDB_OPTIONS = (
    f"--username={SUPERUSER}",
    "--auth=trust",  # The socket's folder lets in nobody but the server's account and root.
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)


def prepare_cluster(place: Place) -> None:
    """Make the data folder when there is none, or check that this server can open it.

    :raises EmbeddedPostgresError: made by another major version, or it cannot be made.
    """
    version_file = place.data / "PG_VERSION"
    try:
        if not version_file.is_file():
            _make_cluster(place)
        elif (version := version_file.read_text(encoding="utf-8").strip()) != binaries.MAJOR_VERSION:
            raise EmbeddedPostgresError(
                f"The database in {place.data} was made by PostgreSQL {version}, and this Switchboard brings "
                f"{binaries.MAJOR_VERSION}. Nothing was changed. Export it with the Switchboard that made it "
                "(`make psql` there, pg_dump), or move the folder aside to start with an empty database."
            )
    except OSError as error:
        raise EmbeddedPostgresError(
            f"Switchboard cannot use {error.filename or place.data} ({error.strerror}). Nothing was changed. "
            "Correct the folder's permissions or free some space, then start again."
        ) from error


def _make_cluster(place: Place) -> None:
    if place.data.is_dir() and any(place.data.iterdir()):
        raise EmbeddedPostgresError(
            f"{place.data} holds files, but no database. Nothing was changed. "
            "Move the folder aside, or name another one in SWITCHBOARD_HOME."
        )
    free = shutil.disk_usage(place.data.parent).free
    if free < _NEEDED_BYTES:
        raise EmbeddedPostgresError(
            f"The disk of {place.data.parent} has {free // 1024**2} MB left; a new database needs "
            f"{_NEEDED_BYTES // 1024**2} MB. Free some space, or name another folder in SWITCHBOARD_HOME."
        )
    # Made under another name, so that a machine that dies half-way leaves no half database behind.
    unfinished = place.data.with_name("pg.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if place.account.name:
        os.chown(unfinished, place.account.uid, place.account.gid)
    _run_initdb(place, unfinished)
    if place.data.is_dir():
        place.data.rmdir()
    unfinished.rename(place.data)


def _run_initdb(place: Place, folder: Path) -> None:
    answer = subprocess.run(
        [place.programs / "initdb", f"--pgdata={folder}", *_INITDB_OPTIONS],
        **run_as(place),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        raise EmbeddedPostgresError(
            f"The embedded database could not be made: {_last_line(answer.stderr or answer.stdout)} "
            f"Free some space or correct the permissions of {place.data.parent}, then start again."
        )


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if "error" in line.lower()] or text.splitlines()
    return lines[-1].strip().rstrip(".") + "." if lines else "initdb gave no reason."


def run_as(place: Place) -> dict[str, Any]:
    """Return how to start a program as the server's account, free of our own environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    options: dict[str, Any] = {"cwd": "/", "env": {**kept, "LC_ALL": "C"}}
    if place.account.name:
        options |= {"user": place.account.uid, "group": place.account.gid, "extra_groups": []}
    return options
