"""What one message shows: words, buttons, a file's kind; whichever way it went."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from switchboard.delivery.types import State
from switchboard.web import words
from switchboard.web.contacts import timeline

_FILES: dict[str, tuple[str, words.Words]] = {
    "image": ("photo", gettext_lazy("Picture")),
    "video": ("video", gettext_lazy("Video")),
    "document": ("file-text", gettext_lazy("Document")),
    "audio": ("microphone", gettext_lazy("Voice message")),
    "sticker": ("sticker", gettext_lazy("Sticker")),
    "location": ("map-pin", gettext_lazy("Place")),
    "contacts": ("address-book", gettext_lazy("Contact card")),
}
_ODD: dict[str, words.Words] = {
    "reaction": gettext_lazy("Reaction"),
    "unsupported": gettext_lazy("A message that WhatsApp does not pass on"),
    "system": gettext_lazy("Notice from WhatsApp"),
    "order": gettext_lazy("Order"),
}


@dataclass(frozen=True, slots=True)
class Bubble:
    """What stands in a bubble."""

    text: str = ""
    buttons: tuple[str, ...] = ()
    icon: str = ""
    label: str = ""


def read_incoming(kind: str, text: str) -> Bubble:
    """Return what somebody wrote."""
    if kind in _FILES:
        icon, label = _FILES[kind]
        return Bubble(text=text, icon=icon, label=str(label))
    if kind in _ODD:
        return Bubble(text=text, label=str(_ODD[kind]))
    return Bubble(text=text or kind, icon="corner-up-left" if kind in {"button", "interactive"} else "")


def read_outgoing(body: dict[str, Any], template: Any) -> Bubble:
    """Return what we wrote."""
    kind = str(body.get("type", ""))
    if kind == "interactive":
        return _read_interactive(body.get("interactive", {}))
    if kind in _FILES:
        icon, label = _FILES[kind]
        piece = body.get(kind, {})
        text = str(piece.get("caption") or piece.get("name") or piece.get("filename") or "")
        return Bubble(text=text, icon=icon, label=str(label))
    return Bubble(text=timeline.say_body(body, template))


def _read_interactive(piece: dict[str, Any]) -> Bubble:
    action = piece.get("action", {})
    buttons = [str(one.get("reply", {}).get("title", "")) for one in action.get("buttons", ())]
    rows = [str(row.get("title", "")) for section in action.get("sections", ()) for row in section.get("rows", ())]
    return Bubble(text=str(piece.get("body", {}).get("text", "")), buttons=tuple(buttons or rows))


@dataclass(frozen=True, slots=True)
class Ticks:
    """How far one of our messages came: a sign, a colour's name, a word, and the reason where it went wrong."""

    icon: str
    status: str
    label: str
    detail: str = ""


def read_ticks(state: int | None, reason: str | None) -> Ticks:
    """Return the ticks of a message."""
    status, label = timeline.describe_state(state)
    icons = {
        "read": "checks",
        "delivered": "checks",
        "sent": "check",
        "failed": "alert-circle",
        "skipped": "alert-circle",
    }
    detail = ""
    if state == State.FAILED and reason:
        detail = words.say_failure(reason)
    elif state == State.SKIPPED and reason:
        detail = words.say_skip(reason)
    return Ticks(icons.get(status, "clock"), status, label, detail)


def say_sender(origin_kind: str) -> str:
    """Return who wrote a message of ours."""
    names = {
        "answer": _("Automatic answer"),
        "person": _("Colleague"),
        "broadcast": _("Broadcast"),
        "journey": _("Follow-up"),
    }
    return names.get(origin_kind, "")
