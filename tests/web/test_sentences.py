"""What rooms say in English reaches the page in its language."""

import ast
import re
from pathlib import Path

import pytest
from django.utils import translation

from switchboard.cloudapi import drafts
from switchboard.cloudapi.errors import OUTCOMES, describe
from switchboard.cloudapi.results import Held, TooLarge
from switchboard.contacts.errors import EmptyFileError
from switchboard.web import sentences

ROOT = Path(sentences.__file__).resolve().parent.parent
# Rooms whose errors people meet on pages; cloudapi's technical reasons stand inside its two sentences.
ROOMS = ("broadcasts", "contacts", "consent", "numbers", "team", "templates", "delivery")
SENTENCE = re.compile(r"[A-Z“].+ .+ .+\.", re.DOTALL)
# For programmers or the terminal.
UNSEEN = {"sample.py"}
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


META_SAYS = (
    "The account was deleted at Meta. Numbers of this account have been stopped.",
    "The account left the Cloud API. Numbers of this account have been stopped.",
    "The account's owner took our app's access away. Connect the account again. "
    "Numbers of this account have been stopped.",
    "The account's owner removed our app. Connect the account again. Numbers of this account have been stopped.",
    "Meta's review rejected the account. Numbers of this account have been stopped.",
    "Meta disabled the account. Numbers of this account have been stopped. Ask for a review in Meta's Business Suite.",
    "Meta disabled the account on 2026-03-03. Numbers of this account have been stopped. "
    "Ask for a review in Meta's Business Suite.",
    "Meta will disable the account on 2026-03-03. Ask for a review before that.",
    "Meta restricted the account: RESTRICTED_X until 2026-03-03 12:00 UTC. Numbers of this account have been stopped. "
    "They go on by themselves.",
    "Meta restricted the account: RESTRICTED_X. Numbers of this account have been stopped. "
    "Resume them when the restriction has ended.",
    "Meta restricted the account: RESTRICTED_X. Numbers of this account only answer. They go on by themselves.",
    "Meta restricted the account: RESTRICTED_X. Numbers of this account do not answer. "
    "Resume them when the restriction has ended.",
    "Meta restricted utility templates: RESTRICTED_UTILITY_TEMPLATES.",
    "Meta reports a violation of its rules (SCAM). Marketing waits. Look at Account Quality in Meta's Business Suite, "
    "then synchronise the templates to go on.",
    describe(TooLarge(5_000_000)),
    describe(Held("usage", 120.0)),
    *(sentence % {"field": "body.text", "measured": 3, "limit": 1} for sentence in drafts.SENTENCES),
    *(outcome.sentence for outcome in OUTCOMES.values()),
    *(f"{outcome.sentence} (Meta's own words)" for outcome in OUTCOMES.values()),
)


@pytest.mark.parametrize("language", ["ja", "zh-hans"])
@pytest.mark.parametrize("sentence", list(dict.fromkeys(META_SAYS)))
def test_what_meta_says_is_told_in_three_languages(sentence: str, language: str) -> None:
    with translation.override(language):
        said = sentences.translate(sentence)
    assert said != sentence
    assert re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", said.replace("Meta", ""))
    assert "have been stopped" not in said


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
