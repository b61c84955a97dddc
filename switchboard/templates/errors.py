"""What can be wrong with a template or its header's media."""

from switchboard.core.errors import Invalid, NotFound, Unavailable


class TemplateMissingError(NotFound):
    """This template is not in the workspace. Press Sync on the templates page to read it from Meta."""


class VariableMissingError(Invalid):
    """A variable of the template has no value and no fallback."""

    def __init__(self, keys: list[str]) -> None:
        self.keys = keys
        super().__init__(
            f"No value and no fallback for {', '.join(keys)}. Give each variable a field or a fallback text."
        )


class BodyTooLongError(Invalid):
    """With these values the text is longer than the 1,024 characters that WhatsApp allows. Shorten a value."""


class AssetMissingError(NotFound):
    """This picture is not in the workspace any more. Choose another one."""


class AssetRefusedError(Invalid):
    """The file cannot be shown above a message."""


class SyncFailedError(Unavailable):
    """Meta did not answer; the templates are as they were."""


class UploadRefusedError(Invalid):
    """Meta refused the file above the message. Choose another one."""
