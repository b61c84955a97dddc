"""`make check`: everything that CI checks except the tests. `--fix` repairs what can be repaired."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
HTML = ROOT / "switchboard" / "web" / "html"
CODE = [name for name in ("switchboard", "emulator", "bench", "tests", "tools") if (ROOT / name).is_dir()]

FIXES: dict[str, list[str | Path]] = {
    "lint": [BIN / "ruff", "check", "--fix", "."],
    "format": [BIN / "ruff", "format", "."],
}
CHECKS: dict[str, list[str | Path]] = {
    "format": [BIN / "ruff", "format", "--check", "."],
    "lint": [BIN / "ruff", "check", "."],
    "types": [BIN / "mypy", *CODE],
    "dependency order": [BIN / "lint-imports", "--no-cache"],
    "dependencies": [BIN / "deptry", "."],
    "dead code": [BIN / "vulture", *CODE],
    "migrations": [BIN / "switchboard", "manage", "--as-owner", "makemigrations", "--check", "--dry-run"],
    "translations": [sys.executable, ROOT / "tools" / "translations.py", "check"],
    "API document": [sys.executable, ROOT / "tools" / "openapi.py", "check"],
    "lock files": [sys.executable, ROOT / "tools" / "locks.py", "check"],
}
if HTML.is_dir():
    FIXES["HTML"] = [BIN / "djlint", "--reformat", "--quiet", HTML]
    CHECKS["HTML lint"] = [BIN / "djlint", "--lint", "--quiet", HTML]
    CHECKS["HTML format"] = [BIN / "djlint", "--check", "--quiet", HTML]


def main() -> int:
    """Run every check, show the output of those that fail, and say which."""
    if "--fix" in sys.argv[1:]:
        for command in FIXES.values():
            subprocess.run(command, cwd=ROOT, check=False)
        return 0
    failed = [name for name, command in CHECKS.items() if not passes(name, command)]
    if failed:
        print(f"\nFailed: {', '.join(failed)}. `make fix` repairs what can be repaired.")
    return 1 if failed else 0


def passes(name: str, command: list[str | Path]) -> bool:
    """Run one check; its output matters only when it fails."""
    started = time.monotonic()
    environment = {**os.environ, "SWITCHBOARD_HOME": str(ROOT / ".switchboard" / "check"), "FORCE_COLOR": "1"}
    answer = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    is_fine = answer.returncode == 0
    print(f"{'✓' if is_fine else '✗'} {name} ({time.monotonic() - started:.1f} s)", flush=True)
    if not is_fine:
        print(answer.stdout)
    return is_fine


if __name__ == "__main__":
    sys.exit(main())
