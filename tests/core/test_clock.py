"""The product's day can be moved, and follows the database."""

from datetime import timedelta

from switchboard.core import clock


def test_a_shift_moves_the_day():
    before = clock.now()
    clock.set_shift(7200)
    assert timedelta(hours=2) <= clock.now() - before < timedelta(hours=2, seconds=5)


def test_the_databases_time_counts():
    before = clock.now()
    clock.set_database_offset(-30)
    assert clock.now() < before
    assert clock.database_offset() == -30
