"""What happens to contacts: files are uploaded, checked and imported, tags made.

Call these inside `core.tenancy.workspace_scope`, except `run_import`, which opens a scope for each of its steps.
"""

from switchboard.contacts.actions.imports import (
    ConsentGiven,
    change_import,
    check_import,
    create_import,
    forget_uploads,
    run_import,
    start_import,
    stop_import,
)
from switchboard.contacts.actions.people import ensure_contact
from switchboard.contacts.actions.tags import ensure_tags

__all__ = [
    "ConsentGiven",
    "change_import",
    "check_import",
    "create_import",
    "ensure_contact",
    "ensure_tags",
    "forget_uploads",
    "run_import",
    "start_import",
    "stop_import",
]
