"""Front-end packages from npm: which of their files pages load, and how all static files are stored."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# The address below /static/ to the file below node_modules/. Nothing else of a package is served.
PACKAGE_FILES = {
    "vendor/tabler.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/htmx.js": "htmx.org/dist/htmx.min.js",
    "vendor/echarts.js": "echarts/dist/echarts.common.min.js",
}


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise ships no types
    """Static files under names that carry their content's hash, so that browsers keep them for ever."""

    # Nothing of ours links from one static file to another, and packages' source maps are not served.
    patterns = ()
    manifest_strict = False


class _PackageStorage(FileSystemStorage):
    """The npm folder, read under the addresses of PACKAGE_FILES."""

    prefix = ""

    def path(self, name: str) -> str:
        """Return where the file of an address lies."""
        return str(Path(self.location) / PACKAGE_FILES[name])


class PackageFinder(BaseFinder):
    """Finds the files of PACKAGE_FILES that are installed."""

    def __init__(self) -> None:
        self.storage = _PackageStorage(location=settings.NODE_MODULES)

    def check(self, **kwargs: Any) -> list[Any]:
        """Nothing to set up, nothing to check."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002  Django's signature
        """Return where a file lies, or nothing."""
        found = [self.storage.path(path)] if path in PACKAGE_FILES and self.storage.exists(path) else []
        return found if find_all or not found else found[0]

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Name every installed file, for collectstatic."""
        for name in PACKAGE_FILES:
            if self.storage.exists(name):
                yield name, self.storage
