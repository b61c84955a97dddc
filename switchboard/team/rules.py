"""Who may do what: rights by role."""

from enum import StrEnum


class Right(StrEnum):
    """What a member can be allowed to do."""

    READ = "read"
    # See whole phone numbers of people, on pages, in search and in files.
    SEE_PHONES = "see_phones"
    # Answer people: write to them, take conversations over, resolve them.
    ANSWER = "answer"
    # Make, start, pause and cancel broadcasts; import contacts; press the stop button.
    SEND = "send"
    # Change paces, stop and resume numbers, lift the stop switch.
    PROTECT = "protect"
    # Members and the workspace itself.
    MANAGE = "manage"


_RIGHTS_BY_ROLE = {
    "agent": frozenset({Right.READ, Right.ANSWER}),
    "marketer": frozenset({Right.READ, Right.ANSWER, Right.SEE_PHONES, Right.SEND}),
    "supervisor": frozenset({Right.READ, Right.ANSWER, Right.SEE_PHONES, Right.SEND, Right.PROTECT}),
    "owner": frozenset(Right),
}


def has_right(role: str, right: Right) -> bool:
    """Tell whether a role carries a right; an unknown role carries none."""
    return right in _RIGHTS_BY_ROLE.get(role, frozenset())


def list_rights(role: str) -> frozenset[Right]:
    """Return every right that a role carries."""
    return _RIGHTS_BY_ROLE.get(role, frozenset())
