"""The embedded PostgreSQL: whatever is killed or left behind, the next start works and nothing is lost."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from switchboard.cli.embedded import account, pidfile, server
from switchboard.cli.embedded.errors import AlreadyOwnedError, EmbeddedPostgresError

IS_ROOT = os.geteuid() == 0
SMALL = {"shared_buffers": "16MB", "max_connections": "20"}
OWNER_PROGRAM = """
import sys, time
from pathlib import Path
from switchboard.cli.embedded import server
running = server.start_embedded(Path(sys.argv[1]), {"shared_buffers": "16MB", "max_connections": "20"})
print(running.pid, flush=True)
time.sleep(120)
"""


@pytest.fixture
def empty_home() -> Iterator[Path]:
    """A folder that the server's account can reach; pytest's own temporary folders are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="switchboard-test-"))
    folder.chmod(0o755)
    yield folder / "home"
    data = (folder / "home" / "pg").resolve()
    pidfile.stop_server(data)
    shutil.rmtree(folder, ignore_errors=True)
    if data.is_relative_to("/var/lib/switchboard"):
        shutil.rmtree(data.parent)


@pytest.fixture(scope="session")
def made_once() -> Iterator[Path]:
    """A home whose data folder has been made and stopped; making one takes most of a second."""
    folder = Path(tempfile.mkdtemp(prefix="switchboard-test-"))
    folder.chmod(0o755)
    server.start_embedded(folder / "home", SMALL).close()
    yield folder / "home"
    shutil.rmtree(folder)


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


def start_owner(home: Path) -> tuple[subprocess.Popen[str], int]:
    """Start another process that owns the server; return it and the server's process number."""
    owner = subprocess.Popen([sys.executable, "-c", OWNER_PROGRAM, str(home)], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    return owner, int(owner.stdout.readline())


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()


def remember(running: server.EmbeddedServer, word: str) -> None:
    with psycopg.connect(running.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (word text)")
        connection.execute("INSERT INTO note VALUES (%s)", [word])


def recall(running: server.EmbeddedServer) -> list[str]:
    with psycopg.connect(running.url) as connection:
        return [word for (word,) in connection.execute("SELECT word FROM note ORDER BY word").fetchall()]


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen within 20 seconds"
        time.sleep(0.02)


def test_it_keeps_the_data_over_stop_and_start(start: Callable[[], server.EmbeddedServer]) -> None:
    first = start()
    remember(first, "kept")
    first.close()
    assert recall(start()) == ["kept"]


def test_its_owner_is_no_superuser(start: Callable[[], server.EmbeddedServer]) -> None:
    with psycopg.connect(start().url) as connection:
        row = connection.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    assert row == ("switchboard", False)


def test_it_sorts_and_folds_text_the_same_on_every_machine(start: Callable[[], server.EmbeddedServer]) -> None:
    with psycopg.connect(start().url) as connection:
        row = connection.execute("SELECT lower('ÄÉ'), 'a' > 'B', current_setting('server_encoding')").fetchone()
    assert row == ("äé", True, "UTF8")


def test_it_ends_when_its_owner_is_killed(home: Path) -> None:
    owner, pid = start_owner(home)
    kill(owner)
    wait_until(lambda: not pidfile.is_running(pid))


def test_it_starts_at_once_after_its_owner_was_killed(home: Path, start: Callable[[], server.EmbeddedServer]) -> None:
    owner, pid = start_owner(home)
    with psycopg.connect(server.build_url(home / "run")) as connection:
        connection.execute("CREATE TABLE note AS SELECT 'written before' AS word")
    kill(owner)
    running = start()
    assert recall(running) == ["written before"]
    assert running.pid != pid


def test_it_comes_back_when_postgres_was_killed(start: Callable[[], server.EmbeddedServer]) -> None:
    running = start()
    remember(running, "committed")
    assert running.pid is not None
    os.kill(running.pid, signal.SIGKILL)
    wait_until(lambda: running.pid is None)
    assert running.ensure_running()
    assert recall(running) == ["committed"]


def test_it_is_left_alone_while_it_runs(start: Callable[[], server.EmbeddedServer]) -> None:
    running = start()
    before = running.pid
    assert not running.ensure_running()
    assert running.pid == before


def test_it_ends_back_ends_that_outlived_a_killed_server(start: Callable[[], server.EmbeddedServer]) -> None:
    running = start()
    # A stopped back end cannot notice that its server is gone; its memory would keep the next one out.
    with psycopg.connect(running.url) as connection:
        backend = connection.info.backend_pid
        os.kill(backend, signal.SIGSTOP)
        assert running.pid is not None
        os.kill(running.pid, signal.SIGKILL)
        wait_until(lambda: running.pid is None)
        assert running.ensure_running()
    assert not pidfile.is_running(backend)


def test_it_is_not_misled_by_the_pid_of_a_stranger(start: Callable[[], server.EmbeddedServer]) -> None:
    running = start()
    data = running.place.data
    stale = (data / "postmaster.pid").read_text().splitlines()
    running.close()
    with subprocess.Popen(["sleep", "60"], user=running.place.account.uid if IS_ROOT else None) as stranger:
        (data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *stale[1:], ""]))
        (running.place.sockets / ".s.PGSQL.5432.lock").write_text(f"{stranger.pid}\n{data}\n")
        assert start().pid != stranger.pid
        assert stranger.poll() is None, "the stranger was killed"
        stranger.kill()


def test_it_is_not_misled_by_a_zombie(start: Callable[[], server.EmbeddedServer]) -> None:
    running = start()
    pid = running.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)  # Nobody has waited for it yet: it stays as a zombie.
    wait_until(lambda: not pidfile.is_running(pid))
    os.kill(pid, 0)  # The kernel still knows the number.
    assert running.pid is None
    running.start()
    assert running.pid not in {None, pid}


def test_it_is_not_misled_by_a_cut_off_pid_file(start: Callable[[], server.EmbeddedServer]) -> None:
    running = start()
    running.close()
    (running.place.data / "postmaster.pid").write_text("")
    assert start().pid


def test_it_starts_again_after_making_the_data_was_interrupted(empty_home: Path) -> None:
    unfinished = empty_home / "pg.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    with server.start_embedded(empty_home, SMALL) as running:
        assert running.pid


def test_a_second_process_uses_the_running_server(home: Path) -> None:
    owner, pid = start_owner(home)
    second = server.attach_or_start(home, SMALL)
    assert (second.pid, second.is_owner) == (pid, False)
    second.close()
    assert pidfile.is_running(pid), "closing a guest stopped the server"
    kill(owner)


def test_a_second_process_takes_over_when_the_owner_dies(home: Path) -> None:
    owner, pid = start_owner(home)
    kill(owner)
    with server.attach_or_start(home, SMALL) as second:
        assert second.is_owner
        assert second.pid != pid


def test_it_refuses_a_second_owner(home: Path, start: Callable[[], server.EmbeddedServer]) -> None:
    start()
    with pytest.raises(AlreadyOwnedError, match="already runs"):
        server.start_embedded(home, SMALL)


def test_looking_for_a_server_never_starts_one(empty_home: Path) -> None:
    assert server.find_running(empty_home) is None
    assert not empty_home.exists()


def test_it_refuses_data_of_another_major_version_and_changes_nothing(
    start: Callable[[], server.EmbeddedServer],
) -> None:
    running = start()
    running.close()
    version_file = running.place.data / "PG_VERSION"
    version_file.write_text("17\n")
    with pytest.raises(EmbeddedPostgresError, match=r"made by PostgreSQL 17, and this Switchboard brings 18"):
        start()
    version_file.write_text("18\n")
    assert start().pid


def test_it_refuses_a_folder_with_other_files_in_it(empty_home: Path) -> None:
    (empty_home / "pg").mkdir(parents=True)
    (empty_home / "pg" / "diary.txt").write_text("mine")
    with pytest.raises(EmbeddedPostgresError, match="holds files, but no database"):
        server.start_embedded(empty_home, SMALL)
    assert (empty_home / "pg" / "diary.txt").read_text() == "mine"


def test_it_says_which_folder_is_not_writable(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()  # Root may write everywhere, but not below a file.
    with pytest.raises(EmbeddedPostgresError, match=r"cannot write to .*file.*SWITCHBOARD_HOME"):
        server.start_embedded(blocked / "home", SMALL)


@pytest.mark.skipif(IS_ROOT, reason="root may write everywhere")
def test_it_says_which_folder_is_read_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(EmbeddedPostgresError, match="Permission denied"):
        server.start_embedded(tmp_path / "home", SMALL)


def test_it_works_below_a_very_deep_folder(empty_home: Path) -> None:
    deep = empty_home / ("a-long-name" * 6) / ("another-long-name" * 6)
    deep.parent.mkdir(parents=True)
    with server.start_embedded(deep, SMALL) as running:
        assert recall_version(running) == 18
    shutil.rmtree(running.place.sockets)


def recall_version(running: server.EmbeddedServer) -> int:
    with psycopg.connect(running.url) as connection:
        return connection.info.server_version // 10000


@pytest.mark.skipif(not IS_ROOT, reason="only root starts the server as somebody else")
def test_it_keeps_the_data_elsewhere_when_its_account_cannot_reach_the_home(empty_home: Path) -> None:
    empty_home.mkdir()
    empty_home.parent.chmod(0o700)
    for _ in range(2):
        with server.start_embedded(empty_home, SMALL) as running:
            remember(running, "word")
    assert (empty_home / "pg").is_symlink()
    assert (empty_home / "pg" / "PG_VERSION").is_file()
    with server.start_embedded(empty_home, SMALL) as running:
        assert recall(running) == ["word", "word"]


@pytest.mark.skipif(not IS_ROOT, reason="only root can be somebody else")
def test_it_knows_which_folder_is_closed_to_an_account(empty_home: Path) -> None:
    nobody = account.Account("nobody", 65534, 65534)
    (empty_home / "inner").mkdir(parents=True)
    assert account.may_pass(nobody, empty_home / "inner")
    empty_home.chmod(0o700)
    assert account.first_closed_folder(nobody, empty_home / "inner") == empty_home


def test_it_explains_a_failed_start_with_the_servers_own_words(home: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match=r"did not start: .*shared_buffers.*log is"):
        server.start_embedded(home, {"shared_buffers": "nonsense"})
    with server.start_embedded(home, SMALL) as running:
        assert running.pid


def test_it_throws_its_data_away_when_told_to(home: Path) -> None:
    server.discard_data(home)
    assert not (home / "pg").exists()
    with server.start_embedded(home, SMALL) as running:
        assert running.pid


def test_it_throws_nothing_away_while_it_runs(home: Path, start: Callable[[], server.EmbeddedServer]) -> None:
    start()
    with pytest.raises(AlreadyOwnedError):
        server.discard_data(home)
    assert (home / "pg" / "PG_VERSION").is_file()
