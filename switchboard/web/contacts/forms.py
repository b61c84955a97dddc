"""The shapes of the import's forms."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from switchboard.contacts import rules
from switchboard.contacts.details import DETAILS, Details
from switchboard.contacts.encoding import ENCODINGS
from switchboard.contacts.reading import DELIMITERS
from switchboard.contacts.words import WRITTEN_LANGUAGES
from switchboard.web import formats, words

IGNORE, KEEP_AS_FIELD = "", "field"

_ENCODING_NAMES = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp932": "Shift_JIS (CP932)",
    "gb18030": "GB18030 / GBK",
    "euc_jp": "EUC-JP",
    "big5": "Big5",
    "euc_kr": "EUC-KR",
    "iso2022_jp": "ISO-2022-JP",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
}
_DELIMITER_NAMES = {",": ",", "\t": _("Tab"), ";": ";", "|": "|"}


class UploadForm(forms.Form):
    """Which file, and from which country its national numbers are."""

    country = forms.ChoiceField(label=_("Country of numbers without a country code"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = formats.list_countries()  # type: ignore[attr-defined]  # a ChoiceField


class ReadingForm(forms.Form):
    """How the file is read."""

    encoding = forms.ChoiceField(
        label=_("Encoding"), choices=[(code, _ENCODING_NAMES.get(code, code)) for code in ENCODINGS]
    )
    delimiter = forms.ChoiceField(
        label=_("Columns are separated by"), choices=[(sign, _DELIMITER_NAMES[sign]) for sign in DELIMITERS]
    )
    country = forms.ChoiceField(label=_("Country of numbers without a country code"))
    has_header = forms.BooleanField(label=_("The first row holds the names of the columns"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = formats.list_countries()  # type: ignore[attr-defined]  # a ChoiceField


class ConsentForm(forms.Form):
    """What the people in the file agreed to, and the tags they get."""

    consent = forms.ChoiceField(
        label=_("What did these people agree to?"),
        choices=[
            ("", _("Choose…")),
            ("marketing:opt_in", _("Marketing messages: they opted in")),
            ("utility:opt_in", _("Messages about their orders and appointments: they opted in")),
            ("utility:transaction", _("Messages about their orders and appointments: they are customers")),
            ("all:opt_in", _("Both: they opted in to everything")),
        ],
        error_messages={"required": _("Choose what these people agreed to. Without it nobody may be written to.")},
    )
    source = forms.CharField(
        label=_("Where did they agree?"),
        max_length=255,
        help_text=_("For instance: sign-up form on the website, spring 2026."),
        error_messages={"required": _("Write where these people agreed, so that it can be proved later.")},
    )
    wording = forms.CharField(
        label=_("The words they agreed to"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    tags = forms.CharField(
        label=_("Tags for everybody in this file"), required=False, help_text=_("Separated by commas.")
    )
    replaces_tags = forms.BooleanField(
        label=_("Replace the tags of people by those of this file, instead of adding them"), required=False
    )
    skips_known = forms.BooleanField(label=_("Leave people who are known already as they are"), required=False)


class DetailsForm(forms.Form):
    """What a person is called and how they are reached. What fits is the room's to say, in one sentence each."""

    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), required=False)
    email = forms.CharField(
        label=_("E-mail address"), required=False, widget=forms.TextInput(attrs={"inputmode": "email"})
    )
    language = forms.CharField(label=_("Language"), required=False, widget=forms.Select())

    def __init__(self, data: QueryDict | None, *, there: Details) -> None:
        super().__init__(data, initial=asdict(there), auto_id="details-%s")
        named = formats.list_languages({*WRITTEN_LANGUAGES, there.language} - {""})
        self.fields["language"].widget.choices = [("", _("Not known")), *named]
        self.there = there

    def read_typed(self) -> Details:
        """Return what stands in the form."""
        return Details(**{key: self.cleaned_data.get(key, "") for key in DETAILS})

    def read_seen(self) -> Details:
        """Return what stood there when somebody began to type."""
        return Details(**{key: str(self.data.get(f"seen-{key}", "")) for key in DETAILS})

    def list_seen(self) -> list[tuple[str, str]]:
        """Return what stands there now, for the next time that the form is sent."""
        return [(f"seen-{key}", value) for key, value in asdict(self.there).items()]

    def mark_changed(self) -> None:
        """Say beside each field what somebody else has written there meanwhile."""
        for key, value in self.there.differing(self.read_seen()).items():
            shown = formats.render_language(value) if key == "language" and value else value
            self.add_error(key, _("Meanwhile changed to: %(value)s") % {"value": shown or "–"})


def list_targets(column: str, keys: Sequence[str]) -> list[tuple[str, Any]]:
    """Return what a column can be, for a select: ours, a field that is there, or a new field of some kind."""
    known = [(target, words.TARGETS[target]) for target in rules.TARGETS]
    own = f"{rules.FIELD_PREFIX}{column[:60]}"
    fields = [(f"{rules.FIELD_PREFIX}{key}", _("Field: %(name)s") % {"name": key}) for key in keys]
    new = [
        (f"{rules.NEW_PREFIX}{kind}", _("New field: %(kind)s") % {"kind": label})
        for kind, label in words.FIELD_KINDS.items()
        if column not in keys and kind != "text"
    ]
    if column[:60] not in keys:
        new.insert(0, (own, _("New field: %(kind)s") % {"kind": words.FIELD_KINDS["text"]}))
    return [(IGNORE, _("Leave out")), *known, *fields, *new]
