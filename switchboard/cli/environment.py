"""What a command needs around it: the home folder, the database's address, the secrets.

Everything ends up in environment variables, so that child processes and Django's settings see the same.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from switchboard.cli.embedded import server
from switchboard.core import env
from switchboard.core import secrets as core_secrets

_URL = "SWITCHBOARD_DATABASE_URL"


def find_home() -> Path:
    """Return the folder of everything that this installation keeps on disk, and tell child processes."""
    home = Path(env.read_text("SWITCHBOARD_HOME", ".switchboard")).expanduser().resolve()
    os.environ["SWITCHBOARD_HOME"] = str(home)
    return home


def has_own_database() -> bool:
    """Tell whether somebody named a PostgreSQL server; without one, the embedded one serves."""
    return bool(env.read_text(_URL))


@contextmanager
def started_database(home: Path) -> Iterator[server.EmbeddedServer | None]:
    """Have a database for the length of a command: the named one, a running embedded one, or one started for it."""
    if has_own_database():
        yield None
        return
    with server.attach_or_start(home) as running:
        os.environ[_URL] = running.url
        try:
            yield running
        finally:
            os.environ.pop(_URL, None)


def find_database(home: Path) -> None:
    """Use the named database or the embedded one that already runs; a role never starts one that would end with it.

    :raises SettingError: there is neither.
    """
    if has_own_database():
        return
    running = server.find_running(home)
    if running is None:
        raise env.SettingError(
            f"No database: SWITCHBOARD_DATABASE_URL is not set and no embedded PostgreSQL runs for {home}. "
            "Set it, or start everything with `switchboard up`."
        )
    os.environ[_URL] = running.url


def ensure_secrets(home: Path) -> None:
    """See to it that the keys for signing and encryption are set.

    With the embedded database they are made once and kept beside it. A database of one's own may serve many
    machines, and they must all have the same keys: there, somebody has to set them.

    :raises SettingError: a key is missing and must not be made up.
    """
    makers: dict[str, Callable[[], str]] = {
        "SWITCHBOARD_SECRET_KEY": lambda: secrets.token_urlsafe(48),
        "SWITCHBOARD_ENCRYPTION_KEYS": core_secrets.new_key,
    }
    for name, make in makers.items():
        if env.read_text(name):
            continue
        if has_own_database():
            raise env.SettingError(
                f"{name} is not set. Every process and machine of this installation needs the same one: "
                "make it once with `switchboard key` and set it everywhere, or name a file in "
                f"{name}_FILE."
            )
        os.environ[f"{name}_FILE"] = str(_kept_secret(home, name.removeprefix("SWITCHBOARD_").lower(), make))


def _kept_secret(home: Path, name: str, make: Callable[[], str]) -> Path:
    """Return the file that keeps a secret, made on the first call."""
    path = home / "secrets" / name
    if not path.is_file():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = path.with_name(f"{name}.{os.getpid()}")
        unfinished.touch(mode=0o600)
        unfinished.write_text(make(), encoding="utf-8")
        unfinished.rename(path)
    return path
