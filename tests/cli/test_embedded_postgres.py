"""The embedded PostgreSQL: whatever is killed or left behind, the next start works and nothing is lost."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from switchboard.cli.embedded import account, pidfile, server
from switchboard.cli.embedded.errors import AlreadyOwnedError, EmbeddedPostgresError
from tests.cli.owners import SMALL, kill, start_owner, wait_until

IS_ROOT = os.geteuid() == 0


def remember(running: server.EmbeddedServer, word: str) -> None:
    with psycopg.connect(running.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (word text)")
        connection.execute("INSERT INTO note VALUES (%s)", [word])


def recall(running: server.EmbeddedServer) -> list[str]:
    with psycopg.connect(running.url) as connection:
        return [word for (word,) in connection.execute("SELECT word FROM note ORDER BY word").fetchall()]


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
    elsewhere = (empty_home / "pg").resolve().parent
    server.discard_data(empty_home)
    assert not elsewhere.exists()


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
