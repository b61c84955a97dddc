"""Translation catalogues: `compile` them for Django, `extract` new sentences into them, `check` that none is missing.

Everything with Babel: it comes with the product, and no machine needs gettext's own programs.
"""

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ROOT / "switchboard"
LOCALE = PRODUCT / "locale"
LANGUAGES = ("ja", "zh_Hans")
# Sentences that only a terminal shows stay English.
SPOKEN = ("cli", "migrations", "locale")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# What templatize() leaves behind: calls of gettext with Python literals between blanked-out text.
_CALL = re.compile(r"(?<![\w.])(?:n?p?gettext|_)\(")

_VALUE = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}")

# Rooms say what went wrong in English: an error's docstring, or a sentence in the code. Pages translate it.
ROOMS = (
    "broadcasts",
    "cloudapi",
    "consent",
    "conversations",
    "contacts",
    "conversions",
    "core",
    "delivery",
    "language",
    "numbers",
    "replies",
    "team",
    "templates",
    "webhooks",
)
_SENTENCE = re.compile(r"[A-Z“].+ .+ .+\.", re.DOTALL)
_FAMILIES = {"SwitchboardError", "Invalid", "NotFound", "NotAllowed", "Conflict", "Unavailable"}
# These speak to programmers, to Meta's webhooks, or on a terminal.
_UNSEEN = {
    "env.py",
    "database.py",
    "events.py",
    "receiver.py",
    "store.py",
    "sample.py",
    "words.py",
    "explanation.py",
    "metrics.py",
    "group_commit.py",
}

Found = tuple[str | tuple[str, ...], str | None, str]


def find_sentences() -> Catalog:
    """Return every sentence that the sources mark for translation, with the files it is in."""
    catalogue = Catalog(project="Switchboard", charset="utf-8")
    for path in sorted(PRODUCT.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or set(path.relative_to(PRODUCT).parts) & set(SPOKEN):
            continue
        found = _find_in_python(path) if path.suffix == ".py" else _find_in_template(path)
        for identity, context, place in found:
            catalogue.add(identity, context=context, locations=[(place, 0)], auto_comments=[])
    for room in ROOMS:
        for path in sorted((PRODUCT / room).rglob("*.py")):
            if path.name not in _UNSEEN and "migrations" not in path.parts:
                for sentence in _find_in_room(ast.parse(path.read_text(encoding="utf-8"))):
                    catalogue.add(sentence, locations=[(str(path.relative_to(ROOT)), 0)])
    return catalogue


def _find_in_room(tree: ast.Module) -> Iterator[str]:
    """Yield the docstrings of errors, and sentences in the code; those with figures in them are web/sentences.py's."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    inside |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and _FAMILIES & {
            base.id for base in node.bases if isinstance(base, ast.Name)
        }:
            yield from (found for found in [ast.get_docstring(node)] if found)
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside
        if is_text and _SENTENCE.fullmatch(node.value):  # type: ignore[attr-defined]  # a constant, as is_text says
            yield node.value  # type: ignore[attr-defined]  # as above


def _find_in_python(path: Path) -> Iterator[Found]:
    place = str(path.relative_to(ROOT))
    with path.open("rb") as source:
        for _line, identity, _comments, context in extract("python", source, keywords=KEYWORDS):
            yield identity, context, place


def _find_in_template(path: Path) -> Iterator[Found]:
    place = str(path.relative_to(ROOT))
    text = templatize(path.read_text(encoding="utf-8"), origin=place)
    for match in _CALL.finditer(text):
        call = _parse_call(text, match)
        yield from ((identity, context, place) for identity, context in _read_call(call))


def _parse_call(text: str, match: re.Match[str]) -> ast.Call:
    """Parse the call that begins at a match; its end is where it first makes sense."""
    for end in (found.end() for found in re.finditer(r"\)", text[match.start() :])):
        try:
            expression = ast.parse(text[match.start() : match.start() + end], mode="eval").body
        except SyntaxError:
            continue
        if isinstance(expression, ast.Call):
            return expression
    raise ValueError(f"unreadable translation: {text[match.start() : match.start() + 80]}")


def _read_call(call: ast.Call) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    texts = [part.value for part in call.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    context = texts.pop(0) if "p" in name.removesuffix("gettext") and texts else None
    if name.startswith("n") and len(texts) > 1:
        yield (texts[0], texts[1]), context
    elif texts:
        yield texts[0], context


def read_catalogue(language: str) -> Catalog:
    """Return a language's catalogue; an empty one when there is none yet."""
    path = catalogue_path(language)
    if not path.is_file():
        comment = f"# Switchboard's console in the language {language}. `make messages` adds new sentences."
        return Catalog(locale=language, project="Switchboard", charset="utf-8", header_comment=comment, fuzzy=False)
    with path.open("rb") as source:
        return read_po(source, locale=language)


def catalogue_path(language: str) -> Path:
    """Return where a language's catalogue is."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def compile_catalogues() -> int:
    """Write what Django reads beside every catalogue."""
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        with path.open("rb") as source, path.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source, locale=path.parent.parent.name))
    return 0


def extract_sentences() -> int:
    """Bring every catalogue up to date with the sources; new sentences wait in it untranslated."""
    sentences = find_sentences()
    for language in LANGUAGES:
        catalogue = read_catalogue(language)
        # A near miss would be a wrong translation that looks right: new sentences start empty.
        catalogue.update(sentences, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        content = io.BytesIO()
        write_po(content, catalogue, width=100, sort_output=True, omit_header=False, include_lineno=False)
        path.write_bytes(content.getvalue())
        print(f"{language}: {sum(not _is_translated(message) for message in catalogue if message.id)} to translate")
    return 0


def check_catalogues() -> int:
    """Print every sentence without a usable translation."""
    faults = [fault for language in LANGUAGES for fault in _find_faults(language, find_sentences())]
    print("\n".join(faults) or "Every sentence is translated.")
    if faults:
        print(f"\n{len(faults)} translations are missing or wrong. `make messages` gathers them; then translate them.")
    return 1 if faults else 0


def _find_faults(language: str, sentences: Catalog) -> Iterator[str]:
    catalogue = read_catalogue(language)
    for sentence in sentences:
        if not sentence.id:
            continue
        message = catalogue.get(sentence.id, sentence.context)
        place = sentence.locations[0][0] if sentence.locations else "?"
        if message is None or not _is_translated(message):
            yield f"{place}: {sentence.id!r} is not translated into {language}."
        elif not _keeps_values(sentence, message):
            yield f"{place}: {sentence.id!r} has other values in {language} than in English."


def _keeps_values(sentence: Message, message: Message) -> bool:
    """Tell whether each form of the translation names the values that the English (plural) names."""
    english = sentence.id[-1] if isinstance(sentence.id, (list, tuple)) else sentence.id
    return all(sorted(_VALUE.findall(text)) == sorted(_VALUE.findall(english)) for text in _texts(message))


def _texts(message: Message) -> list[str]:
    texts = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return [text or "" for text in texts]


def _is_translated(message: Message) -> bool:
    return all(_texts(message)) and not message.fuzzy


if __name__ == "__main__":
    settings.configure(USE_I18N=True)
    django.setup()
    work = {"compile": compile_catalogues, "extract": extract_sentences, "check": check_catalogues}
    sys.exit(work[sys.argv[1]]())
