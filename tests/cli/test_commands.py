"""The command line: what it lists, refuses and hands on."""

import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet

from switchboard.cli import environment
from switchboard.cli.main import main, switchboard
from switchboard.core import env
from tests.conftest import OwnDatabase
from tests.outside import environment_with
from tests.postgres import ROOT


def run_switchboard(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person would, with these settings and no others of ours."""
    return subprocess.run(
        [sys.executable, "-m", "switchboard", *arguments],
        cwd=ROOT,
        env=environment_with(**settings),
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_lists_every_command() -> None:
    answer = CliRunner().invoke(switchboard, ["--help"])
    for name in ("up", "web", "gateway", "sender", "worker", "emulator", "migrate"):
        assert f"\n  {name} " in answer.output


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "switchboard" / "cli").glob("*.py")))
def test_every_listed_command_explains_itself(name: str) -> None:
    command = switchboard.get_command(None, name)  # type: ignore[arg-type]  # The context is not used.
    if command is not None:
        assert command.help
        assert command.help.endswith(".")


def test_a_key_can_be_used_for_encryption() -> None:
    answer = CliRunner().invoke(switchboard, ["key"])
    assert Fernet(answer.output.strip())


@pytest.mark.parametrize("role", ["web", "gateway", "sender", "worker"])
def test_a_role_without_a_database_says_what_to_do(role: str, tmp_path: Path) -> None:
    answer = run_switchboard(role, SWITCHBOARD_HOME=str(tmp_path))
    assert answer.returncode == 2
    assert "Error: No database" in answer.stderr
    assert "switchboard up" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_a_bad_setting_is_named_before_anything_starts(tmp_path: Path) -> None:
    answer = run_switchboard("up", SWITCHBOARD_HOME=str(tmp_path), SWITCHBOARD_WEB_PORT="eighty")
    assert answer.returncode == 2
    assert "SWITCHBOARD_WEB_PORT is 'eighty'" in answer.stderr
    assert not (tmp_path / "pg").exists()


def test_a_home_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer = run_switchboard("migrate", SWITCHBOARD_HOME=str(tmp_path / "file" / "home"))
    assert answer.returncode == 2
    assert len(answer.stderr.splitlines()) == 1


def test_a_database_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    url = f"postgresql://nobody@/nothing?host={tmp_path}"
    answer = run_switchboard("migrate", SWITCHBOARD_HOME=str(tmp_path), SWITCHBOARD_DATABASE_URL=url)
    assert answer.returncode == 2
    assert "Check SWITCHBOARD_DATABASE_URL" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_a_mistake_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switchboard, "main", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main([])


def test_secrets_are_made_once_and_kept_from_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SWITCHBOARD_DATABASE_URL", "SWITCHBOARD_SECRET_KEY", "SWITCHBOARD_ENCRYPTION_KEYS"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(f"{name}_FILE", "")
    environment.ensure_secrets(tmp_path)
    made = env.read_text("SWITCHBOARD_ENCRYPTION_KEYS"), env.read_text("SWITCHBOARD_SECRET_KEY")
    for name in ("SWITCHBOARD_SECRET_KEY", "SWITCHBOARD_ENCRYPTION_KEYS"):
        monkeypatch.setenv(f"{name}_FILE", "")
    environment.ensure_secrets(tmp_path)
    assert made == (env.read_text("SWITCHBOARD_ENCRYPTION_KEYS"), env.read_text("SWITCHBOARD_SECRET_KEY"))
    assert all(made)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "secrets").iterdir()}
    assert modes == {0o600}


def test_secrets_are_never_made_up_for_a_database_that_others_may_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWITCHBOARD_DATABASE_URL", "postgresql://somewhere/else")
    monkeypatch.delenv("SWITCHBOARD_ENCRYPTION_KEYS", raising=False)
    with pytest.raises(env.SettingError, match="SWITCHBOARD_ENCRYPTION_KEYS is not set"):
        environment.ensure_secrets(tmp_path)
    assert not (tmp_path / "secrets").exists()


def test_migrating_a_second_time_changes_nothing(database: OwnDatabase, tmp_path: Path) -> None:
    settings = {"SWITCHBOARD_HOME": str(tmp_path), "SWITCHBOARD_DATABASE_URL": database.url}
    answer = run_switchboard("migrate", **settings)
    assert (answer.returncode, answer.stdout) == (0, "The database is up to date.\n")
    planned = run_switchboard("migrate", "--plan", **settings)
    assert "No planned migration operations" in planned.stdout


def test_tables_belong_to_the_login_and_not_to_a_role(database: OwnDatabase) -> None:
    with psycopg.connect(database.url) as connection:
        owners = connection.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert owners == [("switchboard",)]


def test_it_tells_whether_the_embedded_server_runs(tmp_path: Path) -> None:
    answer = run_switchboard("postgres", "--json", SWITCHBOARD_HOME=str(tmp_path))
    assert answer.returncode == 1
    assert '"running": false' in answer.stdout


def test_psql_gets_its_arguments_and_the_owners_database(database: OwnDatabase, tmp_path: Path) -> None:
    question = ("psql", "--tuples-only", "--command", "SELECT current_user")
    answer = run_switchboard(*question, SWITCHBOARD_HOME=str(tmp_path), SWITCHBOARD_DATABASE_URL=database.url)
    assert answer.stdout.strip() == "switchboard"
