"""Modes, views, triggers and steps in words, and what is wrong with a part."""

import re

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from switchboard.cloudapi.limits import PayloadError
from switchboard.core.errors import SwitchboardError
from switchboard.language.types import Mode, View
from switchboard.replies.types import ConditionKind, StepKind, Trigger
from switchboard.web import failures

MODES = {
    Mode.FUZZY: _("Similar: any writing, small slips forgiven"),
    Mode.CONTAINS: _("Contains: any writing, no slips"),
    Mode.EXACT: _("Exact: the whole message"),
    Mode.STARTS: _("Starts with"),
    Mode.ALL_NEAR: _("All words near each other"),
    Mode.REGEX: _("Regular expression"),
}
SHORT_MODES = {
    Mode.FUZZY: _("similar"),
    Mode.CONTAINS: _("contains"),
    Mode.EXACT: _("exact"),
    Mode.STARTS: _("starts"),
    Mode.ALL_NEAR: _("all near"),
    Mode.REGEX: _("pattern"),
}
VIEWS = {
    View.SURFACE: _("as written"),
    View.READING: _("by its Japanese reading"),
    View.PINYIN: _("in pinyin"),
    View.ROMAJI: _("in romaji"),
    View.HOMOPHONE: _("by characters that sound alike"),
    View.TYPO: _("with a slip"),
    View.NEAR: _("words near each other"),
    View.REGEX: _("by a pattern"),
}
TRIGGERS = {
    Trigger.KEYWORDS: _("Keywords"),
    Trigger.PAYLOAD: _("A button or a list row"),
    Trigger.MEDIA: _("A file"),
    Trigger.FIRST_EVER: _("Somebody's first message ever"),
    Trigger.OUTSIDE_HOURS: _("Outside business hours"),
    Trigger.ANY: _("Any message"),
    Trigger.NO_MATCH: _("Nothing else matches"),
}
STEPS = {
    StepKind.TEXT: _("Text"),
    StepKind.BUTTONS: _("Text with buttons"),
    StepKind.LIST: _("Text with a list"),
    StepKind.IMAGE: _("Image"),
    StepKind.VIDEO: _("Video"),
    StepKind.DOCUMENT: _("Document"),
    StepKind.LOCATION: _("Location"),
    StepKind.TEMPLATE: _("Template"),
    StepKind.ADD_TAG: _("Add a tag"),
    StepKind.REMOVE_TAG: _("Remove a tag"),
    StepKind.SET_FIELD: _("Set a field"),
    StepKind.ASSIGN: _("Assign to a colleague"),
    StepKind.HAND_OVER: _("Hand over to a person"),
}
CONDITIONS = {
    "": _("everybody"),
    ConditionKind.ORDERED_WITHIN: _("who ordered within … days"),
    ConditionKind.NOT_ORDERED_WITHIN: _("who did not order within … days"),
    ConditionKind.INACTIVE_FOR: _("who were silent for … days"),
    ConditionKind.HAS_TAG: _("who have the tag"),
    ConditionKind.LACKS_TAG: _("who lack the tag"),
    ConditionKind.IN_SEGMENT: _("who are in the segment"),
    ConditionKind.FIELD_IS: _("whose field is"),
}
MEDIA = {
    "image": _("Image"),
    "video": _("Video"),
    "audio": _("Audio"),
    "document": _("Document"),
    "sticker": _("Sticker"),
    "location": _("Location"),
    "contacts": _("Contact card"),
}
DAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)

# The fields of Meta's that a part can break, as its inputs are called. The first that fits counts.
_FIELDS = (
    (re.compile(r"buttons\.(\d+)\.title"), _("Button %(place)s")),
    (re.compile(r"buttons\.(\d+)\.id"), _("Payload of button %(place)s")),
    (re.compile(r"rows\.(\d+)\.title"), _("Row %(place)s")),
    (re.compile(r"rows\.(\d+)\.description"), _("Description of row %(place)s")),
    (re.compile(r"rows\.(\d+)\.id"), _("Payload of row %(place)s")),
    (re.compile(r"buttons"), _("Buttons")),
    (re.compile(r"rows|sections"), _("Rows")),
    (re.compile(r"action\.button"), _("Words on the button that opens the list")),
    (re.compile(r"header"), _("Header")),
    (re.compile(r"footer"), _("Footer")),
    (re.compile(r"body|text"), _("Text")),
    (re.compile(r"caption"), _("Caption")),
    (re.compile(r"filename"), _("File name")),
    (re.compile(r"^(?:image|video|document)$"), _("File")),
    (re.compile(r"latitude"), _("Latitude")),
    (re.compile(r"longitude"), _("Longitude")),
    (re.compile(r"link"), _("Link to the file (https)")),
)


def say_fault(error: SwitchboardError) -> str:
    """Return what is wrong with a rule; fields of Meta's are called what the page calls them."""
    if not isinstance(error, PayloadError):
        return failures.say(error)
    for pattern, label in _FIELDS:
        found = pattern.search(error.field or "")
        if found is not None:
            place = int(found[1]) + 1 if found.groups() else 0
            return gettext(error.sentence) % error.values(str(label) % {"place": place})
    return failures.say(error)
