"""Tokens are stored encrypted, and keys can be rotated."""

import pytest

from switchboard.core import env, secrets


def test_what_is_stored_does_not_show_the_token():
    stored = secrets.encrypt("EAAG-token")
    assert b"EAAG" not in stored
    assert secrets.decrypt(stored) == "EAAG-token"


def test_a_new_key_in_front_still_reads_the_old_secrets(monkeypatch):
    old, new = secrets.new_key(), secrets.new_key()
    monkeypatch.setenv("SWITCHBOARD_ENCRYPTION_KEYS", old)
    stored = secrets.encrypt("EAAG-token")
    monkeypatch.setenv("SWITCHBOARD_ENCRYPTION_KEYS", f"{new},{old}")
    assert secrets.decrypt(stored) == "EAAG-token"


def test_a_missing_key_is_said_so(monkeypatch):
    stored = secrets.encrypt("EAAG-token")
    monkeypatch.setenv("SWITCHBOARD_ENCRYPTION_KEYS", secrets.new_key())
    with pytest.raises(secrets.KeyMissingError, match="Put the key it was written with back"):
        secrets.decrypt(stored)


def test_a_bad_key_stops_start_up(monkeypatch):
    monkeypatch.setenv("SWITCHBOARD_ENCRYPTION_KEYS", "too-short")
    with pytest.raises(env.SettingError, match="switchboard key"):
        secrets.encrypt("x")
