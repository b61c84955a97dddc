"""Lock files: `write` resolves them again, `check` sees that they are safe to share.

A lock file names packages by version and content hash only. Addresses stay out of it, so that everybody
installs from the registry their own machine is set up for.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
NPM_LOCK = ROOT / "package-lock.json"
_ADDRESS = re.compile(r"https?://|file:|--(?:extra-)?index-url|--find-links|--trusted-host|@ git")


def write() -> None:
    """Resolve every lock file again."""
    uv = Path(sys.executable).with_name("uv")
    options = ["--universal", "--generate-hashes", "--python-version", "3.11", "--no-header", "--quiet"]
    for source in sorted(REQUIREMENTS.glob("*.in")):
        target = source.with_suffix(".txt").relative_to(ROOT)
        command: list[str | Path] = [uv, "pip", "compile", *options, source.relative_to(ROOT), "--output-file", target]
        subprocess.run(command, cwd=ROOT, check=True)
    npm = shutil.which("npm")
    if npm:
        subprocess.run([npm, "install", "--package-lock-only", "--ignore-scripts"], cwd=ROOT, check=True)
    else:
        print("package-lock.json is as it was: there is no npm on this machine.")


def find_faults() -> Iterator[str]:
    """Name every line of a lock file that should not be in it."""
    for path in sorted(REQUIREMENTS.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), start=1):
            if _ADDRESS.search(line):
                yield f"{path.relative_to(ROOT)}:{number}: carries an address. Run `make lock`."
        if "--hash=sha256:" not in text:
            yield f"{path.relative_to(ROOT)}: has no hashes. Run `make lock`."
    packages = json.loads(NPM_LOCK.read_text(encoding="utf-8"))["packages"]
    for name, entry in packages.items():
        if "resolved" in entry:
            yield f"package-lock.json: {name} carries an address. Run `make lock` in this folder, where .npmrc leaves it out."
        if name and "integrity" not in entry:
            yield f"package-lock.json: {name} has no hash. Run `make lock`."


def check() -> int:
    """Print every fault."""
    faults = list(find_faults())
    print("\n".join(faults) or "The lock files carry hashes and no addresses.")
    return 1 if faults else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["write"]:
        write()
    sys.exit(check())
