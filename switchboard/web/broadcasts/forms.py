"""The shapes of the wizard's forms."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from switchboard.broadcasts.rules import FIELD_PREFIX, FIXED
from switchboard.numbers.rules import PRESETS
from switchboard.web import words

_FORMAT = "%Y-%m-%dT%H:%M"
# Three weeks: as far as the outlook looks.
_MOST_HOURS = 504
_USUAL_HOURS = 72


_AUDIENCE = ("include_tags", "exclude_tags", "include_segments", "exclude_segments")


class TargetForm(forms.Form):
    """Name and audience."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=150,
        error_messages={"required": gettext_lazy("Give the broadcast a name; only your team sees it.")},
    )
    include_tags = forms.TypedMultipleChoiceField(coerce=int, required=False)
    exclude_tags = forms.TypedMultipleChoiceField(coerce=int, required=False)
    include_segments = forms.TypedMultipleChoiceField(coerce=int, required=False)
    exclude_segments = forms.TypedMultipleChoiceField(coerce=int, required=False)
    import_id = forms.TypedChoiceField(coerce=int, required=False, empty_value=None)

    def __init__(
        self, *args: Any, tags: list[Any], imports: list[Any], segments: list[Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        saved = [(segment.pk, segment.name) for segment in segments or ()]
        self.fields["include_segments"].choices = saved  # type: ignore[attr-defined]  # a choice field
        self.fields["exclude_segments"].choices = saved  # type: ignore[attr-defined]  # a choice field
        choices = [(tag.pk, tag.name) for tag in tags]
        self.fields["include_tags"].choices = choices  # type: ignore[attr-defined]  # a choice field
        self.fields["exclude_tags"].choices = choices  # type: ignore[attr-defined]  # a choice field
        self.fields["import_id"].choices = [("", ""), *((job.pk, job.file_name) for job in imports)]  # type: ignore[attr-defined]  # a choice field

    def build_audience(self) -> dict[str, Any]:
        """Return the audience as broadcasts keep it; what was not chosen is left out."""
        data = self.cleaned_data
        chosen = {key: data.get(key) for key in (*_AUDIENCE, "import_id")}
        return {key: value for key, value in chosen.items() if value}


class NumbersForm(forms.Form):
    """Which numbers send, and how fast."""

    number_ids = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": gettext_lazy("Choose at least one number to send from.")}
    )
    pace = forms.ChoiceField(choices=[(key, words.PACES[key][0]) for key in PRESETS])
    is_sticky = forms.BooleanField(required=False)
    is_spaced = forms.BooleanField(required=False)

    def __init__(self, *args: Any, numbers: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number_ids"].choices = [(number.pk, str(number)) for number in numbers]  # type: ignore[attr-defined]  # a choice field


class ScheduleForm(forms.Form):
    """Now, or at a moment in the workspace's time zone."""

    when = forms.ChoiceField(choices=[("now", gettext_lazy("Now")), ("later", gettext_lazy("Later"))])
    at = forms.CharField(required=False)
    resends_failed = forms.BooleanField(required=False)
    give_up_hours = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=_MOST_HOURS,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), gettext_lazy("Write a number of hours from 1 to 504.")
        ),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        self.now = now
        super().__init__(*args, **kwargs)

    def clean_give_up_hours(self) -> int:
        """Return the usual time where none is written."""
        hours: int | None = self.cleaned_data["give_up_hours"]
        return hours or _USUAL_HOURS

    def clean(self) -> dict[str, Any]:
        """Turn the local text into a moment that is still to come."""
        data: dict[str, Any] = super().clean() or {}
        data["scheduled_at"] = None
        if data.get("when") == "later":
            data["scheduled_at"] = self._read_moment(data.get("at", ""))
        return data

    def _read_moment(self, text: str) -> datetime | None:
        zone = timezone.get_current_timezone()
        try:
            moment = datetime.strptime(text, _FORMAT).replace(tzinfo=zone if isinstance(zone, ZoneInfo) else None)
        except ValueError:
            self.add_error("at", _("Write the day and the hour at which it is to start."))
            return None
        if moment <= self.now:
            self.add_error("at", _("This moment is past. Choose one that is still to come, or start now."))
            return None
        return moment


def list_sources(field_keys: list[str]) -> list[tuple[str, Any]]:
    """Return what can fill a variable, for a select."""
    plain = [
        ("name", _("Name")),
        ("email", _("E-mail address")),
        ("phone", _("Phone number")),
        ("language", _("Language")),
        ("country", _("Country")),
    ]
    orders: list[tuple[str, Any]] = [
        ("order:number", _("Last order: number")),
        ("order:total", _("Last order: total")),
        ("order:currency", _("Last order: currency")),
        ("order:items", _("Last order: what was bought")),
        ("order:at", _("Last order: date")),
        ("leave_link", _("The person's unsubscribe link")),
    ]
    return [
        *plain,
        *orders,
        *((f"{FIELD_PREFIX}{key}", key) for key in field_keys),
        (FIXED, _("The same text for everybody")),
    ]


def read_variables(posted: Any, keys: list[str]) -> dict[str, dict[str, str]]:
    """Return how the template's variables are filled, from fields named after them."""
    fillings = {}
    for key in keys:
        source = posted.get(f"source-{key}", "")
        filling = {"source": source[:120]}
        if source == FIXED:
            filling["value"] = posted.get(f"value-{key}", "").strip()[:1000]
        elif fallback := posted.get(f"fallback-{key}", "").strip():
            filling["fallback"] = fallback[:1000]
        fillings[key] = filling
    return fillings
