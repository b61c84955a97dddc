"""What can be wrong with a keyword."""

from switchboard.core.errors import Invalid


class KeywordError(Invalid):
    """This keyword can't be used."""


class PatternError(KeywordError):
    """This regular expression can't be used."""
