"""What the API is, as `docs/openapi.json`: `write` writes it, `check` sees that it says what the code says."""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "openapi.json"


def render() -> str:
    """Return the document as it is kept: in an order that does not change, one line a value."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "switchboard.config.settings")
    import django  # Only now is it known which settings are meant.

    django.setup()
    from switchboard.api import urls

    return json.dumps(urls.render_document(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def check() -> int:
    """Tell whether the document is what the code says."""
    if DOCUMENT.is_file() and DOCUMENT.read_text(encoding="utf-8") == render():
        print("docs/openapi.json is what the code says.")
        return 0
    print("docs/openapi.json is not what the code says. Run `make openapi`, and look at what changed for programs.")
    return 1


if __name__ == "__main__":
    if sys.argv[1:] == ["write"]:
        DOCUMENT.write_text(render(), encoding="utf-8")
    sys.exit(check())
