"""What can be wrong with a file of contacts or with an import of it."""

from switchboard.core.errors import Conflict, Invalid, NotFound, Unavailable


class EmptyFileError(Invalid):
    """The file is empty. Choose a CSV file with one header row and one person in each row below it."""


class BinaryFileError(Invalid):
    """This is not a text file. Save the list as CSV (UTF-8) in your spreadsheet program and choose that file."""


class UnknownEncodingError(Invalid):
    """The file's text is in no encoding we know. Save it as CSV UTF-8 in your spreadsheet program and choose that file."""


class NotATableError(Invalid):
    """The file is not a table of rows and columns. Save the list as CSV in your spreadsheet program and choose that file."""


class NoPhoneColumnError(Invalid):
    """No column holds phone numbers. Choose which column does, or add one to the file."""


class FileTooLargeError(Invalid):
    """The file is too large. Split it into smaller files and import them one after the other."""


class UploadFolderError(Unavailable):
    """The uploaded file could not be kept on disk. Make room in the folder for uploads, or correct its permissions."""


class ConsentMissingError(Invalid):
    """Say what these people agreed to, and where. Without a recorded consent nobody may be written to."""


class ImportNotFound(NotFound):
    """There is no such import in this workspace."""


class ImportAlreadyRunError(Conflict):
    """This import has already run. Upload the file again to import it once more."""


class ContactNotFound(NotFound):
    """There is no such contact in this workspace."""


class PhoneError(Invalid):
    """That is not a phone number. Write it with + and the country code, for instance +81 90 1234 5678."""
