"""The shape of a new key."""

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from switchboard.team.keys import SCOPES

SCOPE_WORDS: dict[str, str | Promise] = {
    "contacts:read": _("Read people, whole numbers included, and ask whether they may be written to"),
    "consent:write": _("Record that people agreed or opted out"),
    "imports:read": _("See how far imports are, and their refused rows"),
    "imports:write": _("Import files of people, stop imports and take them back"),
    "orders:write": _("Record orders and refunds"),
    "events:write": _("Record what people did"),
}
LIVES = [("30", _("30 days")), ("90", _("90 days")), ("365", _("365 days")), ("", _("until it is revoked"))]
# For how many hours a replaced key goes on working.
OVERLAPS = [
    ("0", _("no time at all")),
    ("1", _("1 hour")),
    ("24", _("24 hours")),
    ("168", _("7 days")),
    ("720", _("30 days")),
]


class KeyForm(forms.Form):
    """What a key is called, what it may do, and for how long."""

    name = forms.CharField(
        label=_("Which program uses it?"),
        max_length=60,
        help_text=_("It stands in the consent ledger beside what it does."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        choices=[(scope, SCOPE_WORDS[scope]) for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing that the key may do.")},
    )
    days = forms.ChoiceField(label=_("How long does it work?"), choices=LIVES, required=False, initial="365")


class OverlapForm(forms.Form):
    """How long a replaced key goes on working."""

    hours = forms.ChoiceField(choices=OVERLAPS)
