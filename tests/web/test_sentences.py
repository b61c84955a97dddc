"""What rooms say in English reaches the page in its language."""

import ast
import re
from pathlib import Path

import pytest
from django.utils import translation

from switchboard.contacts.errors import EmptyFileError
from switchboard.web import sentences

ROOT = Path(sentences.__file__).resolve().parent.parent
# Rooms whose errors people meet on pages; cloudapi's technical reasons stand inside its two sentences.
ROOMS = ("broadcasts", "contacts", "consent", "numbers", "team", "templates", "delivery")
SENTENCE = re.compile(r"[A-Z“].+ .+ .+\.", re.DOTALL)
# For programmers or the terminal.
UNSEEN = {"sample.py", "stop_words.py"}
NOT_SHOWN = re.compile(r"^(Stopped by |A broadcast has no )")


def sentences_with_figures() -> list[str]:
    """Return every f-string of the rooms that is a sentence, its figures written as 5."""
    paths = (path for room in ROOMS for path in (ROOT / room).rglob("*.py") if path.name not in UNSEEN)
    nodes = (node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    found = [
        "".join(str(part.value) if isinstance(part, ast.Constant) else "5" for part in node.values)
        for node in nodes
        if isinstance(node, ast.JoinedStr)
    ]
    return [text for text in found if SENTENCE.fullmatch(text) and not NOT_SHOWN.match(text)]


@pytest.mark.parametrize("sentence", sentences_with_figures())
def test_a_sentence_with_figures_is_recognised(sentence: str) -> None:
    with translation.override("ja"):
        assert sentences.translate(sentence) != sentence, "Add its shape to web/sentences.py and translate it."


def test_an_errors_own_sentence_is_translated() -> None:
    with translation.override("ja"):
        assert sentences.translate(EmptyFileError().message).startswith("ファイルが空です")


def test_a_sentence_within_a_sentence_is_translated_too() -> None:
    inner = "The number is not registered for the Cloud API. Register it."
    with translation.override("zh-hans"):
        said = sentences.translate(f"{inner} (Meta's error 133010)")
    assert said == "该号码未注册 Cloud API，请先注册。（Meta 错误 133010）"


def test_english_stays_english() -> None:
    with translation.override("en"):
        assert sentences.translate("The file has no column “x”. Its columns are: a.").startswith(
            "The file has no column"
        )


def test_an_unknown_sentence_is_shown_as_it_is() -> None:
    with translation.override("ja"):
        assert sentences.translate("Something nobody wrote.") == "Something nobody wrote."
