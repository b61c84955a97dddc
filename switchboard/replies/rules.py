"""What an incoming message of a kind means: does it open the window, does it answer, may it be old?"""

from datetime import timedelta

# A message answers what that number last sent the person within this time.
ANSWERS_WITHIN = timedelta(days=7)
# A quoted message, or a button's, is looked for among the person's newest messages of this time.
QUOTES_WITHIN = timedelta(days=30)
# Meta's timestamps are whole seconds, cut off: an answer may seem a little older than what it answers.
TIMESTAMP_SLACK = timedelta(seconds=2)

# Meta writes these, or they change a message that is already there.
_NOT_FROM_A_PERSON = frozenset({"system", "edit", "revoke"})


def opens_window(kind: str) -> bool:
    """Tell whether a message lets us answer free-form for 24 hours.

    Whether a reaction does is not documented: counting on it would only earn refusals.
    """
    return kind not in _NOT_FROM_A_PERSON and kind != "reaction"


def is_answer(kind: str) -> bool:
    """Tell whether a message counts as a reply to what we sent."""
    return opens_window(kind)


def is_from_person(kind: str) -> bool:
    """Tell whether a message shows that the person was there."""
    return kind not in _NOT_FROM_A_PERSON
