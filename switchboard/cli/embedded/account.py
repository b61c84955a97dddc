"""The system account that PostgreSQL runs as, because it refuses to run as root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from switchboard.cli.embedded.errors import EmbeddedPostgresError

_CANDIDATES = ("postgres", "nobody")
_OWN_NAME = "switchboard"


@dataclass(frozen=True)
class Account:
    """Who runs the server; `name` is None when we simply stay who we are."""

    name: str | None
    uid: int
    gid: int


def choose_account(data: Path) -> Account:
    """Return who shall run the server: ourselves, or as root an account without rights.

    :raises EmbeddedPostgresError: we are root and no such account can be had.
    """
    if os.geteuid() != 0:
        return Account(None, os.geteuid(), os.getegid())
    if data.is_dir() and data.stat().st_uid != 0:
        return _known_account(data.stat().st_uid)
    for name in _CANDIDATES:
        account = _find_account(name)
        if account:
            return account
    return _make_account()


def may_pass(account: Account, folder: Path) -> bool:
    """Tell whether the account can reach what lies in this folder, seen from the root."""
    return first_closed_folder(account, folder) is None


def first_closed_folder(account: Account, folder: Path) -> Path | None:
    """Return the first folder on the way down that the account may not pass through."""
    if account.name is None:
        return None
    for step in (*reversed(folder.parents), folder):
        if step.is_dir() and not _is_open(step, account):
            return step
    return None


def _is_open(folder: Path, account: Account) -> bool:
    facts = folder.stat()
    if facts.st_uid == account.uid:
        return bool(facts.st_mode & 0o100)
    if facts.st_gid == account.gid:
        return bool(facts.st_mode & 0o010)
    return bool(facts.st_mode & 0o001)


def _find_account(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name, entry.pw_uid, entry.pw_gid)


def _known_account(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as error:
        raise EmbeddedPostgresError(
            f"The embedded database belongs to user number {uid}, who does not exist on this machine. "
            "Give its folder to an existing user with chown -R, or run Switchboard as the user who made it."
        ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _make_account() -> Account:
    useradd = shutil.which("useradd")
    if useradd:
        command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _OWN_NAME]
        subprocess.run(command, check=False, capture_output=True)
    account = _find_account(_OWN_NAME)
    if account is None:
        raise EmbeddedPostgresError(
            "PostgreSQL refuses to run as root, and no other account exists. "
            "Make one with `useradd --system switchboard`, or run Switchboard as an ordinary user."
        )
    return account
