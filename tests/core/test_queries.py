"""What pages learn of the installation itself."""

import shutil

import pytest

from switchboard.core import clock, health, queries


@pytest.mark.django_db
def test_the_server_tells_its_version_and_its_clock():
    """Runs SQL_SERVER."""
    version, offset_seconds = queries.read_server()
    assert version >= health.OLDEST_SUPPORTED
    assert abs(offset_seconds) < 5


@pytest.mark.django_db
def test_a_shifted_day_does_not_count_as_a_wrong_clock():
    clock.set_shift(36_000)
    assert abs(queries.read_server()[1]) < 5


@pytest.mark.django_db
def test_every_migration_of_a_fresh_database_is_applied():
    """Runs SQL_MIGRATIONS."""
    assert health.judge_migrations(queries.list_applied_migrations()).light == "green"


@pytest.mark.django_db
def test_a_fresh_database_has_its_months():
    assert queries.list_missing_months(clock.now()) == []


@pytest.mark.parametrize(("free", "light"), [(1, "red"), (100 * 1024**3, "green")])
def test_a_full_disk_is_red(tmp_path, monkeypatch, free, light):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": free}))
    assert health.check_disk(tmp_path).light == light


@pytest.mark.parametrize(("seconds", "light"), [(0.2, "green"), (-0.9, "green"), (3.0, "amber"), (-3.0, "amber")])
def test_a_clock_may_differ_by_less_than_a_second(seconds, light):
    assert health.judge_clock(seconds).light == light


def test_an_old_server_is_red():
    found = health.judge_server(140_005)
    assert (found.light, found.sentence) == ("red", "PostgreSQL 14 is too old.")
