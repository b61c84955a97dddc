"""What can be wrong with people and workspaces."""

from switchboard.core.errors import Conflict, Invalid, NotFound


class TimeZoneError(Invalid):
    """This time zone does not exist. Choose one such as Asia/Tokyo or Europe/London."""


class RoleError(Invalid):
    """There is no such role. Choose agent, marketer, supervisor or owner."""


class EmailError(Invalid):
    """This is no e-mail address. Write it as name@example.com."""


class MemberMissingError(NotFound):
    """This person is not a member of the workspace."""


class LastOwnerError(Conflict):
    """A workspace needs an owner. Make somebody else an owner first."""


class WorkspaceMissingError(NotFound):
    """There is no such workspace."""


class KeyNameError(Invalid):
    """Give the key a name of at most 60 characters: which program uses it."""


class KeyScopeError(Invalid):
    """Choose at least one thing that the key may do, out of the list."""


class KeyTimeError(Invalid):
    """That moment has passed already, or is more than ten years away. Choose one in between."""


class KeyMissingError(NotFound):
    """There is no such key in this workspace."""


class KeyEndedError(Conflict):
    """This key has ended. Make a new one."""
