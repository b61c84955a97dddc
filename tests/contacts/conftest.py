"""A way to import a text as a person would: upload, say what they agreed to, start, run."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from switchboard.consent import actions as consent_actions
from switchboard.contacts import actions
from switchboard.contacts.actions import ConsentGiven
from switchboard.contacts.models import Import
from switchboard.contacts.types import ImportResult
from switchboard.core.tenancy import workspace_scope
from switchboard.team.models import Workspace
from tests.conftest import NOON
from tests.factories import make_workspace

MARKETING = ConsentGiven("marketing", "opt_in", "sign-up form", "Yes, send me offers.")

StartImport = Callable[..., Import]
RunImport = Callable[..., ImportResult]


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> Path:
    """Uploads of a test go to its own folder."""
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def workspace(db: None) -> Workspace:
    return make_workspace()


@pytest.fixture
def start_import(workspace: Workspace) -> StartImport:
    """Upload a text and start its import."""

    def start(content: str | bytes, **changes: Any) -> Import:
        body = content.encode() if isinstance(content, str) else content
        with workspace_scope(workspace.pk):
            job = actions.create_import(
                workspace_id=workspace.pk, file=io.BytesIO(body), file_name="list.csv", now=NOON
            )
            actions.change_import(workspace_id=workspace.pk, import_id=job.pk, **{"consent": MARKETING, **changes})
            return actions.start_import(workspace_id=workspace.pk, import_id=job.pk, now=NOON)

    return start


@pytest.fixture
def run_import(workspace: Workspace, start_import: StartImport) -> RunImport:
    """Import a text to its end."""

    def run(content: str | bytes, *, step_rows: int = 5000, **changes: Any) -> ImportResult:
        job = start_import(content, **changes)
        return actions.run_import(
            workspace_id=workspace.pk,
            import_id=job.pk,
            record_consent=consent_actions.record_import,
            now=lambda: NOON,
            step_rows=step_rows,
        )

    return run
