"""`make release`: changelog, version and tag must agree before a release is cut."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Say what does not agree, or which tag to make."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    changelog = ROOT / "CHANGELOG.md"
    text = changelog.read_text(encoding="utf-8") if changelog.is_file() else ""
    newest = re.search(r"^## \[?v?(\d+\.\d+\.\d+)\]?", text, re.MULTILINE)
    if newest is None or newest.group(1) != version:
        found = newest.group(1) if newest else "no version"
        print(f"pyproject.toml says {version}, but the newest section of CHANGELOG.md says {found}. Make them agree.")
        return 1
    tag = f"v{version}"
    answer = subprocess.run(
        ["git", "tag", "--points-at", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if tag not in answer.stdout.split():
        print(f"Changelog and version agree on {version}. Tag it: git tag -a {tag} -m 'Switchboard {version}'")
        return 1
    print(f"Changelog, version and tag agree on {version}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
