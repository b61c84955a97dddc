"""The tool that gathers and checks translations; what it misses would stay English for our users."""

from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from tests.architecture.sources import load_tool


@pytest.fixture
def translations(tmp_path: Path) -> Any:
    """The tool, looking at a product of its own."""
    module = load_tool("translations")
    product = tmp_path / "switchboard"
    (product / "web").mkdir(parents=True)
    (product / "cli").mkdir()
    module.ROOT, module.PRODUCT, module.LOCALE = tmp_path, product, product / "locale"
    return module


def write(translations: Any, name: str, text: str) -> None:
    (translations.PRODUCT / name).write_text(text, encoding="utf-8")


def sentences(translations: Any) -> set[object]:
    return {message.id for message in translations.find_sentences() if message.id}


def translate(translations: Any, language: str, sentence: str, translation: str | tuple[str, ...]) -> None:
    translations.extract_sentences()
    path = translations.catalogue_path(language)
    with path.open("rb") as source:
        catalogue = read_po(source, locale=language)
    message = catalogue.get(sentence)
    assert message is not None
    message.string = translation
    with path.open("wb") as target:
        translations.write_po(target, catalogue)


def test_it_finds_sentences_in_python(translations: Any) -> None:
    write(translations, "web/views.py", 'a = _("Paused")\nb = ngettext("%(n)d day", "%(n)d days", 2)\nc = "plain"\n')
    assert sentences(translations) == {"Paused", ("%(n)d day", "%(n)d days")}


def test_it_finds_sentences_in_templates(translations: Any) -> None:
    write(
        translations,
        "web/page.html",
        '<a title="{% translate "It\'s on" %}">{{ _("Stop")|upper }}</a>'
        "{% blocktranslate count n=n trimmed %}\n one (person)\n {% plural %}\n {{ n }} people\n {% endblocktranslate %}",
    )
    assert sentences(translations) == {"It's on", "Stop", ("one (person)", "%(n)s people")}


def test_it_leaves_the_terminal_english(translations: Any) -> None:
    write(translations, "cli/up.py", 'a = _("Stopping")\n')
    assert sentences(translations) == set()


def test_it_names_what_is_not_translated(translations: Any, capsys: pytest.CaptureFixture[str]) -> None:
    write(translations, "web/views.py", 'a = _("Paused")\n')
    translate(translations, "ja", "Paused", "一時停止")
    assert translations.check_catalogues() == 1
    said = capsys.readouterr().out
    assert "'Paused' is not translated into zh_Hans" in said
    assert "into ja" not in said


def test_it_refuses_a_translation_that_loses_a_value(translations: Any, capsys: pytest.CaptureFixture[str]) -> None:
    write(translations, "web/views.py", 'a = _("%(count)s sent")\n')
    translate(translations, "ja", "%(count)s sent", "送信済み")
    translate(translations, "zh_Hans", "%(count)s sent", "已发送 %(count)s")
    assert translations.check_catalogues() == 1
    assert "has other values in ja" in capsys.readouterr().out


def test_a_complete_translation_passes(translations: Any) -> None:
    write(translations, "web/views.py", 'a = ngettext("%(n)d day", "%(n)d days", 2)\n')
    translate(translations, "ja", "%(n)d day", ("%(n)d 日",))
    translate(translations, "zh_Hans", "%(n)d day", ("%(n)d 天",))
    assert translations.check_catalogues() == 0
