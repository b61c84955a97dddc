"""What a kind of message means."""

import pytest

from switchboard.replies import rules


@pytest.mark.parametrize("kind", ["text", "image", "button", "interactive", "order", "unsupported", "hologram"])
def test_what_a_person_writes_opens_the_window_and_answers(kind: str) -> None:
    assert rules.opens_window(kind)
    assert rules.is_answer(kind)
    assert rules.is_from_person(kind)


@pytest.mark.parametrize("kind", ["system", "edit", "revoke"])
def test_notices_and_changes_do_neither(kind: str) -> None:
    assert not rules.opens_window(kind)
    assert not rules.is_answer(kind)
    assert not rules.is_from_person(kind)


def test_a_reaction_shows_that_somebody_was_there_and_no_more() -> None:
    assert rules.is_from_person("reaction")
    assert not rules.opens_window("reaction")
    assert not rules.is_answer("reaction")
