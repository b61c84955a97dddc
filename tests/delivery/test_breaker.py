"""The Cloud API is left alone while it cannot be reached."""

from switchboard.delivery.breaker import Breaker


class Moment:
    """A clock for these tests."""

    def __init__(self) -> None:
        self.value = 100.0

    def __call__(self) -> float:
        return self.value


def test_five_failures_in_a_row_open_it():
    breaker = Breaker(Moment())
    for _ in range(4):
        breaker.note_failure("refused")
    states = [breaker.is_open]
    breaker.note_failure("refused")
    states.append(breaker.is_open)
    assert states == [False, True]
    assert breaker.last_reason == "refused"


def test_an_answer_in_between_starts_the_count_again():
    breaker = Breaker(Moment())
    for _ in range(20):
        breaker.note_failure("refused")
        breaker.note_success()
    assert not breaker.is_open


def test_every_failed_test_doubles_the_pause_up_to_half_a_minute():
    moment = Moment()
    breaker = Breaker(moment)
    pauses = []
    for _ in range(5):
        breaker.note_failure("refused")
    for _ in range(7):
        pauses.append(breaker.seconds_left)
        moment.value += breaker.seconds_left
        assert breaker.is_testing
        breaker.note_failure("refused")
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
