"""The shape of the reply box."""

from django import forms
from django.utils.translation import gettext_lazy


class ReplyForm(forms.Form):
    """What a colleague writes."""

    text = forms.CharField(
        label=gettext_lazy("Your reply"),
        max_length=4096,
        error_messages={
            "required": gettext_lazy("Write something first."),
            "max_length": gettext_lazy("WhatsApp takes at most 4,096 characters in one message. Send it in parts."),
        },
    )
