"""What a person is called and how they are reached, as somebody writes it by hand: read, checked and compared."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields

from switchboard.contacts import rules, words
from switchboard.contacts.errors import DetailsError


@dataclass(frozen=True, slots=True)
class Details:
    """Name, address and language of a person; an empty one is not known."""

    name: str
    email: str
    language: str

    def differing(self, other: "Details") -> dict[str, str]:
        """Return what is here and not there."""
        there = asdict(other)
        return {key: value for key, value in asdict(self).items() if value != there[key]}


DETAILS = tuple(field.name for field in fields(Details))


def read_details(typed: Details, *, former: Details) -> Details:
    """Return what was typed as it is kept. What stays as it was is not judged: a file may have brought it.

    :raises DetailsError: a name that is too long, an address that is none, a language that WhatsApp does not know.
    """
    read = Details(
        _read(rules.clean_name, typed.name, former.name),
        _read(str.strip, typed.email, former.email),
        _read(lambda text: rules.parse_language(text) or text.strip(), typed.language, former.language),
    )
    for field, sentence in _list_faults(read.differing(former)):
        raise DetailsError(sentence, field=field)
    return read


def _read(clean: Callable[[str], str], text: str, former: str) -> str:
    """Return a text as it is kept; a form that only gives back what stood there changes nothing."""
    return former if clean(text) == clean(former) else clean(text)


def _list_faults(new: dict[str, str]) -> Iterator[tuple[str, str]]:
    if len(new.get("name", "")) > rules.LONGEST_NAME:
        yield "name", f"The name is too long. At most {rules.LONGEST_NAME} characters fit."
    email = new.get("email", "")
    if email and not rules.is_email(email):
        yield "email", f"“{email[:60]}” is no e-mail address. Write it as name@example.com, or leave it empty."
    language = new.get("language", "")
    if language and language not in words.WRITTEN_LANGUAGES:
        yield "language", f"“{language[:60]}” is no language that WhatsApp knows. Choose one from the list."
