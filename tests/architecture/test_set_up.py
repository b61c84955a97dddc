"""Set-up on a bare machine: what it looks for, what it remembers, and what it says when it cannot go on."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.sources import ROOT, load_tool


@pytest.fixture
def set_up(tmp_path: Path) -> Any:
    """The set-up script, working in a folder of its own."""
    module = load_tool("set_up")
    module.ROOT, module.VENV, module.BIN = tmp_path, tmp_path / ".venv", tmp_path / ".venv" / "bin"
    module.BIN.mkdir(parents=True)
    return module


def make_program(folder: Path, name: str, answer: str) -> None:
    """Put a program into a folder that prints one line."""
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{answer}'\n")
    program.chmod(0o755)


def find_python(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", ROOT / "tools" / "python.sh"],
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_takes_a_python_that_is_new_enough(tmp_path: Path) -> None:
    make_program(tmp_path, "python3", "3.12")
    assert find_python(tmp_path).stdout.strip() == str(tmp_path / "python3")


def test_it_says_which_python_is_too_old(tmp_path: Path) -> None:
    make_program(tmp_path, "python3", "3.9")
    answer = find_python(tmp_path)
    assert answer.returncode == 1
    assert "needs Python 3.11, 3.12 or 3.13; this machine has only 3.9." in answer.stderr


def test_it_says_what_to_do_without_python(tmp_path: Path) -> None:
    answer = find_python(tmp_path)
    assert answer.returncode == 1
    assert "this machine has no Python" in answer.stderr
    assert "apt-get install python3" in answer.stderr


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("ERROR: Temporary failure in name resolution", "registry cannot be reached"),
        ("npm error code ENOTFOUND", "registry cannot be reached"),
        ("error: No space left on device (os error 28)", "disk is full"),
        ("Hash mismatch for aiohttp==3.14.5", "not the one that was locked"),
        ("npm error code EINTEGRITY", "not the one that was locked"),
        ("something nobody has seen before", "lines above"),
    ],
)
def test_it_says_what_an_installers_failure_means(set_up: Any, output: str, advice: str) -> None:
    assert advice in set_up.explain(output)


def test_it_asks_for_a_compiler_where_there_is_none(set_up: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_up.shutil, "which", lambda _name: None)
    assert "install a C compiler" in set_up.explain("error: command 'gcc' failed: No such file or directory")


def test_a_stage_is_done_until_its_files_change(set_up: Any, tmp_path: Path) -> None:
    lock = tmp_path / "base.txt"
    lock.write_text("one")
    assert not set_up.is_done("base", [lock])
    set_up.note_done("base", [lock])
    assert set_up.is_done("base", [lock])
    lock.write_text("two")
    assert not set_up.is_done("base", [lock])


def test_it_takes_the_machines_npm_when_its_node_is_new_enough(
    set_up: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_program(tmp_path / "path", "node", "v22.1.0")
    make_program(tmp_path / "path", "npm", "11")
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/usr/bin:/bin")
    monkeypatch.setattr(set_up, "pip_settings", dict)
    assert set_up.find_npm()[0] == str(tmp_path / "path" / "npm")


def test_it_brings_its_own_npm_when_the_machines_is_too_old(
    set_up: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_program(tmp_path / "path", "node", "v12.22.9")
    make_program(tmp_path / "path", "npm", "7")
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/usr/bin:/bin")
    monkeypatch.setattr(set_up, "pip_settings", dict)
    installed: list[Path] = []
    monkeypatch.setattr(set_up, "install_locked", installed.append)
    npm, environment = set_up.find_npm()
    assert installed == [ROOT / "requirements" / "node.txt"]
    assert npm == str(set_up.BIN / "npm")
    assert environment["PATH"].startswith(str(set_up.BIN))


def test_it_reads_where_pip_is_told_to_look(set_up: Any) -> None:
    lines = "global.index-url='https://mirror.example/simple'\nglobal.cert='/etc/one.pem'\n:env:.cert='/etc/two.pem'"
    python = set_up.BIN / "python"
    python.write_text(f'#!/bin/sh\necho "{lines}"\n')
    python.chmod(0o755)
    assert set_up.pip_settings() == {"index-url": "https://mirror.example/simple", "cert": "/etc/two.pem"}


@pytest.mark.parametrize(("in_ci", "stops"), [("true", True), ("", False)])
def test_a_missing_browser_stops_only_ci(
    set_up: Any, monkeypatch: pytest.MonkeyPatch, in_ci: str, stops: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", in_ci)
    monkeypatch.setattr(set_up.shutil, "which", lambda _name: None)
    if stops:
        with pytest.raises(set_up.SetUpError, match="chromium fonts-noto-cjk"):
            set_up.install_browser()
    else:
        set_up.install_browser()
        assert "they are left out" in capsys.readouterr().out
