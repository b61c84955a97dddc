"""Olive's shop, and the program that she gave a key to."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from switchboard.core.tenancy import set_scope
from switchboard.team.models import Workspace
from tests import factories


@dataclass
class Program:
    """Somebody else's software with a key."""

    workspace: Workspace
    secret: str

    def call(self, method: str, path: str, body: Any = None, content_type: str = "application/json") -> Any:
        """Send a request as a program does: no session, no cookie; a body is JSON unless it is bytes."""
        sent = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = Client(raise_request_exception=False).generic(
            method.upper(), f"/api/v1/{path}", sent, content_type, headers={"Authorization": f"Bearer {self.secret}"}
        )
        # What the test looks at next is the shop's own.
        if not answer.streaming:
            set_scope(workspace_id=self.workspace.pk)
        return answer

    def get(self, path: str) -> Any:
        return self.call("get", path)

    def post(self, path: str, body: Any = None) -> Any:
        return self.call("post", path, body)


@pytest.fixture
def olive(db: None, settings: Settings, tmp_path: Path) -> Workspace:
    """Olive's shop; its uploads are kept in a folder of the test."""
    settings.HOME = tmp_path
    return factories.make_workspace()


@pytest.fixture
def program(olive: Workspace) -> Program:
    """A program that may do everything in Olive's shop."""
    return Program(olive, factories.make_key(olive).secret)
