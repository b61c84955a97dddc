"""What can be wrong with what Meta has told us."""

from switchboard.core.errors import NotFound


class LetterMissingError(NotFound):
    """There is no such dead letter in this workspace. It may have been deleted: they are kept for three months."""
