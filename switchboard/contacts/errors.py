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


class FileChangedError(Invalid):
    """The uploaded file is not the one that was checked any more. Upload it again; rows already imported stay as they are."""


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


class WorkbookError(Invalid):
    """The workbook cannot be read. Save the list as CSV in your spreadsheet program and import that file."""


class FieldError(Invalid):
    """The field cannot be like that."""


class FieldExistsError(Conflict):
    """There is a field of this name already."""


class FieldInUseError(Conflict):
    """People have values in this field."""


class QuarantineError(Conflict):
    """This import waits for an owner to say where its people come from."""


class SourceUnstatedError(Invalid):
    """Write where these people come from, and how they agreed; ten characters at least."""


class UndoTooLateError(Conflict):
    """This can be undone for 24 hours; that time has passed."""


class NothingToUndoError(Conflict):
    """There is nothing to undo here; it has not run, or it was undone before."""


class NumberTakenError(Conflict):
    """Somebody else has the number of one of the two now. Change or merge that person first, then undo this."""


class SegmentError(Invalid):
    """This segment cannot be used. Look at its conditions."""


class SegmentNotFound(NotFound):
    """There is no such segment in this workspace."""


class TagNotFound(NotFound):
    """There is no such tag in this workspace."""


class TagError(Invalid):
    """This tag cannot be used. Look at its name and its rule."""


class CleanupError(Conflict):
    """This was undone already, or something changed since. Look at the list again."""


class DetailsError(Invalid):
    """Name, e-mail address or language cannot be like that."""


class DetailsChangedError(Conflict):
    """Somebody else has changed this person meanwhile. Look at what stands there now, then save again."""


class NoteError(Invalid):
    """Write the note, in at most 5,000 characters."""


class EditError(Invalid):
    """Nothing is chosen to change. Choose people, and what to do with them."""


class EditRunningError(Conflict):
    """This change is still under way. Stop it first, or wait until it is done; then it can be undone."""


class EditTargetGoneError(Conflict):
    """The tag or field of this change was deleted meanwhile. Whoever was changed before that stays so until it is undone."""


class EditNotFound(NotFound):
    """There is no such change in this workspace."""


class ExportNotFound(NotFound):
    """There is no such export in this workspace."""
