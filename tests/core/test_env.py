"""A setting is read as its type, or start-up stops and names it."""

import pytest

from switchboard.core import env


def test_it_reads_a_secret_from_a_file(tmp_path, monkeypatch):
    secret = tmp_path / "secret"
    secret.write_text("hush\n")
    monkeypatch.setenv("SWITCHBOARD_X_FILE", str(secret))
    assert env.read_text("SWITCHBOARD_X") == "hush"


def test_it_names_the_file_that_cannot_be_read(monkeypatch):
    monkeypatch.setenv("SWITCHBOARD_X_FILE", "/nowhere/secret")
    with pytest.raises(env.SettingError, match=r"SWITCHBOARD_X_FILE names /nowhere/secret"):
        env.read_text("SWITCHBOARD_X")


@pytest.mark.parametrize(
    ("text", "expected"), [("yes", True), ("TRUE", True), ("0", False), ("off", False), ("", True)]
)
def test_it_reads_yes_and_no(monkeypatch, text, expected):
    monkeypatch.setenv("SWITCHBOARD_X", text)
    assert env.read_flag("SWITCHBOARD_X", default=True) is expected


def test_it_refuses_a_flag_that_is_neither(monkeypatch):
    monkeypatch.setenv("SWITCHBOARD_X", "perhaps")
    with pytest.raises(env.SettingError, match="Set it to yes or no"):
        env.read_flag("SWITCHBOARD_X", default=True)


@pytest.mark.parametrize("text", ["many", "-1", "70000"])
def test_it_refuses_a_number_out_of_bounds(monkeypatch, text):
    monkeypatch.setenv("SWITCHBOARD_X", text)
    with pytest.raises(env.SettingError, match="SWITCHBOARD_X"):
        env.read_whole("SWITCHBOARD_X", 8000, lowest=1, highest=65535)


def test_it_refuses_what_is_no_number(monkeypatch):
    monkeypatch.setenv("SWITCHBOARD_X", "3,5")
    with pytest.raises(env.SettingError, match="not a number"):
        env.read_number("SWITCHBOARD_X", 0.0)
