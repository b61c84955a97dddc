"""Set up Switchboard in this folder: environment, packages, front end, translations, browser.

Only the standard library: it runs before anything is installed. Each stage remembers a digest of what it
was made from and is skipped while that stays the same, so a second run takes no time.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
REQUIREMENTS = ROOT / "requirements"
OLDEST_NODE = 20
# Where systems keep the certificates they trust: Debian, Fedora, openSUSE, Alpine and macOS.
CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
Command = list[str | Path]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

_NETWORK_SIGNS = re.compile(
    r"name resolution|resolve host|dns error|not known|unreachable|timed? ?out|refused|ENOTFOUND|EAI_AGAIN"
    r"|ECONNRE|ETIMEDOUT|error sending request|Failed to establish|Max retries|Could not connect|Could not fetch URL",
    re.IGNORECASE,
)
_HASH_SIGNS = re.compile(r"hash mismatch|do not match the hashes|EINTEGRITY", re.IGNORECASE)
_COMPILER_SIGNS = re.compile(r"gcc|clang|c\+\+|compiler|Python\.h|failed to build", re.IGNORECASE)
_DISK_SIGNS = re.compile(r"No space left|ENOSPC|Disk quota", re.IGNORECASE)


class SetUpError(Exception):
    """Something that the person at the keyboard has to mend."""


def main() -> int:
    """Run the stages that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    parser.add_argument("--browser", action="store_true", help="also a Chromium for the browser tests")
    arguments = parser.parse_args()
    try:
        make_environment()
        install_python_packages("dev" if arguments.dev else "full")
        install_ourselves()
        install_front_end()
        compile_translations()
        collect_static_files()
        if arguments.dev:
            install_hooks()
        if arguments.browser:
            install_browser()
    except SetUpError as error:
        print(f"\nSet-up stopped: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\nSet-up stopped: {error.filename or ROOT}: {error.strerror}.", file=sys.stderr)
        return 1
    return 0


# ── stages ───────────────────────────────────────────────────────────────────────────────────────


def make_environment() -> None:
    """Make `.venv` with the locked installer in it."""
    inputs = [REQUIREMENTS / "build.txt"]
    if is_done("environment", inputs) and works(BIN / "python"):
        return
    with stage("Python environment in .venv"):
        if not works(BIN / "python"):
            shutil.rmtree(VENV, ignore_errors=True)
            create_venv()
        pip: Command = [BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, "--require-hashes", "-r", inputs[0]], what="The installer")
    note_done("environment", inputs)


def create_venv() -> None:
    """Make the environment, with Debian's separate package for it where that is missing."""
    command: Command = [sys.executable, "-m", "venv", VENV]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode == 0:
        return
    package = f"python3.{sys.version_info.minor}-venv"
    if may_install_packages():
        install_packages(package)
        run(command, what="The Python environment")
        return
    shutil.rmtree(VENV, ignore_errors=True)
    raise SetUpError(
        f"{sys.executable} cannot make a virtual environment. Install its venv module "
        f"(Debian, Ubuntu: apt-get install {package}) and run this again."
    )


def install_python_packages(kind: str) -> None:
    """Install the locked packages; those for development contain those of the product."""
    inputs = [REQUIREMENTS / f"{kind}.txt"]
    if is_done(kind, inputs) or (kind == "full" and is_done("dev", [REQUIREMENTS / "dev.txt"])):
        return
    with stage("Python packages" + (" for development" if kind == "dev" else "")):
        install_locked(inputs[0])
    note_done(kind, inputs)


def install_locked(requirements: Path) -> None:
    """Install a lock file with uv, or with pip where only pip is set up to reach the registry."""
    locked: Command = ["--require-hashes", "-r", requirements]
    # Compiled once, as pip does: a dozen processes start together, and where Python may not write they stay slow.
    uv: Command = [BIN / "uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", BIN / "python"]
    command: Command = [*uv, *locked]
    answer = subprocess.run(command, cwd=ROOT, env=network_environment(), capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        pip: Command = [BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, *locked], what="The Python packages")


def install_ourselves() -> None:
    """Put Switchboard into the environment as a link to this folder."""
    inputs = [ROOT / "pyproject.toml"]
    if is_done("ourselves", inputs):
        return
    with stage("Switchboard itself"):
        link: Command = [
            "--no-deps",
            "--no-build-isolation",
            "--config-settings",
            "editable_mode=compat",
            "--editable",
            ROOT,
        ]
        uv: Command = [BIN / "uv", "pip", "install", "--quiet", "--offline", "--python", BIN / "python"]
        run([*uv, *link], what="Switchboard itself", env=network_environment())
    note_done("ourselves", inputs)


def install_front_end() -> None:
    """Install the locked front-end packages; without their install scripts, which none of them needs."""
    inputs = [ROOT / "package.json", ROOT / "package-lock.json"]
    if is_done("front-end", inputs) and (ROOT / "node_modules").is_dir():
        return
    with stage("front-end packages"):
        npm, environment = find_npm()
        run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], what="The front-end packages", env=environment)
    note_done("front-end", inputs)


def find_npm() -> tuple[str, dict[str, str]]:
    """Return an npm that is new enough: the machine's, or one that we install as a Python package."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_major(node) >= OLDEST_NODE:
        return npm, network_environment()
    if not (BIN / "npm").exists():
        install_locked(REQUIREMENTS / "node.txt")
    return str(BIN / "npm"), {**network_environment(), "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}


def node_major(node: str) -> int:
    """Return the major version of a Node, 0 when it does not even start."""
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    found = re.match(r"v(\d+)\.", answer.stdout)
    return int(found.group(1)) if found else 0


def compile_translations() -> None:
    """Compile every translation catalogue that has changed."""
    inputs = sorted((ROOT / "switchboard" / "locale").glob("*/LC_MESSAGES/*.po"))
    if not inputs or (is_done("translations", inputs) and all(path.with_suffix(".mo").is_file() for path in inputs)):
        return
    with stage("translations"):
        run([BIN / "python", ROOT / "tools" / "translations.py", "compile"], what="The translations")
    note_done("translations", inputs)


def collect_static_files() -> None:
    """Gather what the web process serves; the command itself sees whether anything has changed."""
    if not (ROOT / "switchboard" / "web" / "static").is_dir():
        return
    run([BIN / "switchboard", "collectstatic"], what="Gathering the static files")


def install_hooks() -> None:
    """Let git format before each commit, where this is a clone and nobody has hooks of their own."""
    hooks = ROOT / ".git" / "hooks"
    if not hooks.is_dir() or (hooks / "pre-commit").exists() or not (ROOT / ".pre-commit-config.yaml").is_file():
        return
    command: Command = [BIN / "pre-commit", "install"]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=False)  # A convenience: no reason to stop.


def install_browser() -> None:
    """See to it that there is a Chromium, with the letters that our three languages need."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    if may_install_packages():
        with stage("Chromium, from the system's packages"):
            install_packages("chromium", "fonts-noto-cjk")
        return
    sentence = (
        "The browser tests need Chromium. Install it with the system's packages "
        "(Debian: apt-get install chromium fonts-noto-cjk)"
    )
    if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        raise SetUpError(f"{sentence}; in CI they may not be left out.")
    print(f"! {sentence}; without it they are left out.")


# ── what stages are made of ──────────────────────────────────────────────────────────────────────


class stage:  # noqa: N801 - reads as a word in `with stage(...)`.
    """Say what goes on, and how long it took."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        self.started = time.monotonic()
        print(f"· {self.name} …", flush=True)

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if error is None:
            print(f"  done in {time.monotonic() - self.started:.0f} s", flush=True)


def run(command: Iterable[str | Path], *, what: str, env: dict[str, str] | None = None) -> None:
    """Run a program quietly; when it fails, show its last words and say what they mean."""
    answer = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        print("\n".join(f"    {line}" for line in answer.stdout.splitlines()[-15:]), file=sys.stderr)
        raise SetUpError(f"{what} could not be installed. {explain(answer.stdout)}")


def explain(output: str) -> str:
    """Turn an installer's output into what to do."""
    if _DISK_SIGNS.search(output):
        return "The disk is full: free some space and run this again."
    if _HASH_SIGNS.search(output):
        return "A package is not the one that was locked: check the registry or proxy that this machine uses."
    if _NETWORK_SIGNS.search(output):
        return "A package registry cannot be reached: check the network, or HTTPS_PROXY, and run this again."
    if _COMPILER_SIGNS.search(output) and not (shutil.which("cc") or shutil.which("gcc")):
        return "A package has to be compiled: install a C compiler (Debian, Ubuntu: apt-get install gcc) and run this again."
    return "The lines above say why."


@cache
def network_environment() -> dict[str, str]:
    """Let every installer reach its registry the way that pip was told to, and trust what the machine trusts.

    Companies often read along behind a certificate of their own: then what uv and Node bring along is not enough.
    """
    environment = dict(os.environ)
    told = pip_settings()
    certificates = told.get("cert") or next((path for path in CERTIFICATES if Path(path).is_file()), "")
    wishes = {
        "UV_DEFAULT_INDEX": told.get("index-url", ""),
        "HTTPS_PROXY": told.get("proxy", ""),
        "SSL_CERT_FILE": told.get("cert", ""),
        "NODE_EXTRA_CA_CERTS": certificates,
        "UV_SYSTEM_CERTS": "1",
        "UV_NO_PROGRESS": "1",
        "UV_LINK_MODE": "copy",
        "UV_NO_CONFIG": "1",
    }
    for name, value in wishes.items():
        if value:
            environment.setdefault(name, value)
    return environment


def pip_settings() -> dict[str, str]:
    """Return what pip is told by its files and by the environment, for instance `index-url`."""
    command: Command = [BIN / "python", "-m", "pip", "config", "list"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    # A line reads: global.index-url='https://…'. The environment (:env:) comes last and wins.
    found = re.findall(r"^(?:global|install|:env:)\.([\w-]+)='(.*)'$", answer.stdout, re.MULTILINE)
    return dict(found)


def works(python: Path) -> bool:
    """Tell whether an environment's Python still runs, and pip with it."""
    try:
        return subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def may_install_packages() -> bool:
    """Tell whether this run may install system packages."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_packages(*names: str) -> None:
    """Install system packages without a question."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt: Command = ["apt-get", "-qq"]
    run([*apt, "update"], what="The list of system packages", env=environment)
    run([*apt, "install", "-y", "--no-install-recommends", *names], what=" and ".join(names), env=environment)


def digest_of(paths: Iterable[Path]) -> str:
    """Return a digest of the files a stage was made from."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def stamp(name: str) -> Path:
    """Return where a stage notes its digest; it goes with the environment."""
    return VENV / "stamps" / name


def is_done(name: str, inputs: Iterable[Path]) -> bool:
    """Tell whether a stage has been made from exactly these files."""
    path = stamp(name)
    return path.is_file() and path.read_text(encoding="utf-8") == digest_of(inputs)


def note_done(name: str, inputs: Iterable[Path]) -> None:
    """Note what a stage was made from."""
    path = stamp(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(digest_of(inputs), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
