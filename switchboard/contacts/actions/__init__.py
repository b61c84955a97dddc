"""What happens to contacts: files are uploaded, checked and imported, tags made.

Call these inside `core.tenancy.workspace_scope`, except `run_import`, which opens a scope for each of its steps.
"""

from switchboard.contacts.actions.begin import Wanted, begin_import
from switchboard.contacts.actions.checks import check_import
from switchboard.contacts.actions.fields import change_field, create_field, delete_field, ensure_fields
from switchboard.contacts.actions.imports import (
    ConsentGiven,
    change_import,
    create_import,
    forget_upload,
    forget_uploads,
    release_import,
    run_import,
    start_import,
    stop_import,
)
from switchboard.contacts.actions.people import change_details, ensure_contact
from switchboard.contacts.actions.tags import ensure_tags
from switchboard.contacts.actions.undoing import run_undo, undo_import

__all__ = [
    "ConsentGiven",
    "Wanted",
    "begin_import",
    "change_details",
    "change_field",
    "change_import",
    "check_import",
    "create_field",
    "create_import",
    "delete_field",
    "ensure_contact",
    "ensure_fields",
    "ensure_tags",
    "forget_upload",
    "forget_uploads",
    "release_import",
    "run_import",
    "run_undo",
    "start_import",
    "stop_import",
    "undo_import",
]
