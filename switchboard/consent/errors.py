"""What can be wrong with a consent."""

from switchboard.core.errors import Conflict, Invalid


class BasisError(Invalid):
    """Marketing needs an explicit opt-in; utility needs a transaction or an opt-in. Choose the one that holds."""


class SourceMissingError(Invalid):
    """Say where the person agreed: a form, a contract, a till. Without it the consent proves nothing."""


class OptedOutError(Conflict):
    """This person has opted out. Only their own new wish brings them back; record it as one."""


class AlreadyWithdrawnError(Conflict):
    """This person has already opted out."""
