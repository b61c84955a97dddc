"""Every icon that a page names is in the package."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from switchboard.web import icons

WEB = Path(icons.__file__).parent
NAMED = re.compile(r"""\{% icon ["']([\w-]+)["']""")


@pytest.mark.skipif(not (settings.NODE_MODULES / "@tabler" / "icons").is_dir(), reason="run `make setup` first")
def test_no_page_names_an_icon_that_does_not_exist() -> None:
    named = {name for page in WEB.rglob("*.html") for name in NAMED.findall(page.read_text(encoding="utf-8"))}
    assert named
    assert [name for name in sorted(named) if not icons.read_shapes(name)] == []


def test_an_icon_is_hidden_from_screen_readers() -> None:
    assert 'aria-hidden="true"' in icons.render_icon("check")
