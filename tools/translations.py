"""Translation catalogues: `compile` makes the .mo files that Django reads, `extract` gathers new sentences."""

import subprocess
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "switchboard" / "locale"
LANGUAGES = ("ja", "zh_Hans")


def compile_catalogues() -> int:
    """Compile every catalogue; return how many sentences have no translation yet."""
    missing = 0
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        with path.open("rb") as source:
            catalogue = read_po(source, locale=path.parent.parent.name)
        with path.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue)
        missing += sum(1 for message in catalogue if message.id and not message.string)
    return missing


def extract_sentences() -> int:
    """Write new sentences from the sources into every language's catalogue, with Django's own tool."""
    locales = [part for language in LANGUAGES for part in ("--locale", language)]
    options = ["--no-location", "--no-obsolete", "--ignore=migrations"]
    command = [sys.executable, "-m", "django", "makemessages", *locales, *options]
    return subprocess.run(command, cwd=ROOT / "switchboard", check=False).returncode


if __name__ == "__main__":
    if sys.argv[1:] == ["extract"]:
        sys.exit(extract_sentences())
    untranslated = compile_catalogues()
    if untranslated:
        print(f"{untranslated} sentences have no translation yet.")
