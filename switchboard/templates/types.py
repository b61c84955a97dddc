"""What a template is made of, as other rooms see it."""

from dataclasses import dataclass

MEDIA_KINDS = ("image", "video", "document")


@dataclass(frozen=True, slots=True)
class Variable:
    """A place to fill in. The key is part and name: "body:1", "body:first_name", "header:1", "button:0"."""

    key: str
    part: str
    name: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under the message; `kind` is Meta's type in lower case (quick_reply, url, phone_number, …)."""

    kind: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """A template taken apart. `header` is "", "text", "image", "video", "document" or "location"."""

    header: str
    header_text: str
    body: str
    footer: str
    buttons: tuple[Button, ...]
    variables: tuple[Variable, ...]
    is_named: bool

    @property
    def needs_media(self) -> bool:
        """Whether the header shows a picture, video or document that has to be uploaded."""
        return self.header in MEDIA_KINDS


@dataclass(frozen=True, slots=True)
class Preview:
    """The message as the person sees it."""

    header: str
    header_text: str
    body: str
    footer: str
    buttons: tuple[Button, ...]
