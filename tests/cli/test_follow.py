"""The combined log: whole lines, each behind its role's name."""

from io import StringIO
from pathlib import Path

from rich.console import Console

from switchboard.cli import logs
from switchboard.cli.follow import Follower


def follow(path: Path, *appended: bytes) -> str:
    """Follow a log from now on while these pieces are written to it."""
    heard = StringIO()
    follower = Follower({"sender": path}, Console(file=heard, width=200))
    follower.start()
    with path.open("ab") as log:
        for piece in appended:
            log.write(piece)
    follower.stop()
    return heard.getvalue()


def test_it_prints_what_is_new_behind_the_roles_name(tmp_path: Path) -> None:
    path = tmp_path / "sender.log"
    path.write_text("yesterday\n")
    assert follow(path, b"one\ntwo\n") == "  sender │ one\n  sender │ two\n"


def test_it_keeps_half_a_line_back(tmp_path: Path) -> None:
    assert follow(tmp_path / "sender.log", b"whole\nhal") == "  sender │ whole\n"


def test_it_prints_brackets_as_they_are(tmp_path: Path) -> None:
    assert follow(tmp_path / "sender.log", b"[red]not markup[/red]\n") == "  sender │ [red]not markup[/red]\n"


def test_a_large_log_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    with path.open("wb") as log:
        log.truncate(21 * 1024 * 1024)
    logs.open_log(path).close()
    assert path.stat().st_size == 0
    assert path.with_name("web.log.1").stat().st_size == 21 * 1024 * 1024
