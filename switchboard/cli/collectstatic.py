"""`switchboard collectstatic`: gather styles, scripts and icons, named by their content, compressed."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import click

from switchboard.cli import environment


@click.command(help="Gather styles, scripts and icons for serving.")
def collectstatic() -> None:
    """Gather them unless nothing has changed since the last time."""
    environment.find_home()
    ensure_static_files()


def ensure_static_files() -> None:
    """Gather the static files if any of them has changed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "switchboard.config.settings")
    import django  # Settings are read on import: only now does the environment name the home folder.
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    stamp = Path(settings.STATIC_ROOT) / "digest"
    digest = _digest()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == digest:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(digest, encoding="utf-8")


def _digest() -> str:
    """Return a digest of every file's path, size and time of change."""
    digest = hashlib.sha256()
    for path in sorted(_sources()):
        facts = path.stat()
        digest.update(f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    from django.contrib.staticfiles.finders import get_finders  # Only after django.setup().

    for finder in get_finders():
        for name, storage in finder.list([]):
            yield Path(storage.path(name))
