"""What the repository promises to a bare machine."""

import re
import subprocess
import sys

from tests.architecture.sources import ROOT


def test_lock_files_carry_hashes_and_no_addresses() -> None:
    answer = subprocess.run(
        [sys.executable, ROOT / "tools" / "locks.py", "check"], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout


def test_every_make_target_says_what_it_does() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):(.*)$", makefile, re.MULTILINE)
    silent = [name for name, rest in targets if "## " not in rest]
    assert not silent, f"Add a `## help` to {', '.join(silent)}, so that `make` alone lists it."


def test_ci_runs_the_checks_and_the_tests_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("make ")] == ["make check", "make test"]


def test_the_locked_python_packages_cover_what_is_asked_for() -> None:
    for name in ("base", "dev", "build", "node"):
        asked = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8")
        locked = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").lower()
        packages = re.findall(r"^([A-Za-z][\w.-]*)", asked, re.MULTILINE)
        missing = [package for package in packages if f"{package.lower().replace('_', '-')}==" not in locked]
        missing = [package for package in missing if not re.search(rf"^{package.lower()}\[", locked, re.MULTILINE)]
        assert not missing, f"requirements/{name}.txt lacks {', '.join(missing)}. Run `make lock`."
