"""The shapes of the forms that connect a number. What is secret is never written back into a page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_META_ID = {"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}
_SECRET = {"autocomplete": "new-password", "spellcheck": "false"}


def _clean_id(value: str) -> str:
    return "".join(value.split())


class CredentialsForm(forms.Form):
    """One account and the app that gets its webhooks."""

    app_id = forms.CharField(
        label=_("App id"),
        max_length=64,
        widget=forms.TextInput(attrs=_META_ID),
        help_text=_("developers.facebook.com: your app, App settings > Basic."),
    )
    app_secret = forms.CharField(
        label=_("App secret"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs=_SECRET),
        help_text=_("On the same page. Leave it empty for an app that is connected already."),
    )
    account_id = forms.CharField(
        label=_("WhatsApp Business account id"),
        max_length=64,
        widget=forms.TextInput(attrs=_META_ID),
        help_text=_("WhatsApp > API setup in the app, or Business Settings > WhatsApp accounts."),
    )
    portfolio_id = forms.CharField(
        label=_("Business portfolio id"),
        max_length=64,
        widget=forms.TextInput(attrs=_META_ID),
        help_text=_("Business Settings > Business info."),
    )
    token = forms.CharField(
        label=_("System user's access token"),
        max_length=1000,
        widget=forms.PasswordInput(attrs=_SECRET),
        help_text=_(
            "Business Settings > System users > Generate token, without expiry, with whatsapp_business_messaging and "
            "whatsapp_business_management."
        ),
    )
    name = forms.CharField(label=_("How the console calls the account"), max_length=150, required=False)

    def clean(self) -> dict[str, Any]:
        """Leave blanks out of ids and secrets: they come with copying."""
        values = super().clean() or {}
        for key in ("app_id", "account_id", "portfolio_id", "token", "app_secret"):
            values[key] = _clean_id(values.get(key) or "")
        for key in ("app_id", "account_id", "portfolio_id"):
            if values[key] and not values[key].isascii():
                self.add_error(key, _("Meta's ids are digits."))
        return values


class SubscribeForm(forms.Form):
    """Where Meta sends the account's webhooks."""

    override_url = forms.CharField(
        label=_("Address of its own for this account"),
        max_length=200,
        required=False,
        help_text=_("Empty: the address that is saved in the app's dashboard."),
    )


class TestForm(forms.Form):
    """One template to one phone."""

    number = forms.TypedChoiceField(label=_("Send from this number"), coerce=int)
    template = forms.TypedChoiceField(label=_("Template"), coerce=int)
    phone = forms.CharField(
        label=_("To this phone"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    agreed = forms.BooleanField(label=_("Its owner has agreed to get this message; that is kept as consent."))

    def __init__(self, *args: Any, numbers: list[Any], templates: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].choices = [(number.pk, str(number)) for number in numbers]  # type: ignore[attr-defined]  # a TypedChoiceField
        self.fields["template"].choices = [(row.pk, f"{row.name} ({row.language})") for row in templates]  # type: ignore[attr-defined]  # as above
