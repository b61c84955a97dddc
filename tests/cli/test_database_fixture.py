"""The test database itself: what it promises to every other test."""

import psycopg
import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from switchboard.core import database as core_database
from tests.conftest import OwnDatabase


def test_it_gives_every_test_an_empty_migrated_database(database: OwnDatabase) -> None:
    with psycopg.connect(database.url) as owner:
        applied = owner.execute("SELECT count(*) FROM django_migrations").fetchone()
        assert applied is not None
        assert applied[0] > 0


def test_it_points_django_at_the_same_database(database: OwnDatabase) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        name = cursor.fetchone()[0]
    assert f"/{name}?" in database.url


@pytest.mark.parametrize("role", ["app", "stream"])
def test_it_connects_in_the_role_a_process_has(database: OwnDatabase, role: core_database.Role) -> None:
    with psycopg.connect(database.conninfo(role)) as own:
        row = own.execute("SELECT current_user").fetchone()
    assert row == (f"switchboard_{role}",)


@pytest.mark.django_db
def test_it_lets_django_tests_see_only_what_the_web_process_sees() -> None:
    assert not get_user_model().objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("switchboard_app",)
