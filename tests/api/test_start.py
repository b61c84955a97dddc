"""Who serves no pages starts without what the API is built on."""

import subprocess
import sys

from tests.outside import environment_with

SCRIPT = """
import os, sys
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "switchboard.config.settings"
import switchboard.delivery.worker, switchboard.webhooks.receiver, switchboard.cli.sender, switchboard.cli.worker
django.setup()
import switchboard.jobs.app, switchboard.replies.worker, switchboard.webhooks.worker
print(sorted({"ninja", "pydantic", "pydantic_core"} & set(sys.modules)))
"""


def test_sender_gateway_and_worker_load_no_ninja() -> None:
    told = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment_with(), capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"
