"""What can go wrong for a person who asks about delivery."""

from switchboard.core.errors import Invalid, NotFound


class MessageNotFoundError(NotFound):
    """There is no such message in this workspace. Check the id; it is a UUID such as 0199f0c2-a4b7-7c1e-9d00-0123456789ab."""


class LimitError(Invalid):
    """This figure cannot be. A week's marketing is at least a day's, and a rule ends after it begins. Correct it."""
