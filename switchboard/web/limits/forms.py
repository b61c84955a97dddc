"""The shapes of a workspace's limits and of one number's pace."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from switchboard.delivery.rules.limits import Limits, Region
from switchboard.numbers import rules
from switchboard.web import words

_STEP = re.compile(r"\s*(\d{1,4})\s*[:：]\s*(\d{1,7})\s*")
_TIME = {"type": "time"}
_DATE = {"type": "date"}


class LimitsForm(forms.Form):
    """What holds for every broadcast and journey of the workspace."""

    quiet_from = forms.TimeField(label=_("Quiet hours begin"), widget=forms.TimeInput(format="%H:%M", attrs=_TIME))
    quiet_until = forms.TimeField(
        label=_("Quiet hours end"),
        widget=forms.TimeInput(format="%H:%M", attrs=_TIME),
        help_text=_("In each person's own time. The same time twice means no quiet hours."),
    )
    marketing_per_day = forms.IntegerField(
        label=_("Marketing messages a person in 24 hours"), min_value=1, max_value=100
    )
    marketing_per_week = forms.IntegerField(
        label=_("Marketing messages a person in 7 days"),
        min_value=1,
        max_value=500,
        help_text=_("Over all broadcasts and journeys. What is too much waits until it is not."),
    )
    unreachable_after = forms.IntegerField(
        label=_("Not on WhatsApp after so many failures"),
        min_value=1,
        max_value=20,
        help_text=_("Counted since the last message that arrived; tried again after 90 days, or when they write."),
    )
    reserve_percent = forms.IntegerField(
        label=_("Kept free of a portfolio's daily people, in percent"),
        min_value=0,
        max_value=90,
        help_text=_("For journeys and utility messages; marketing broadcasts stop before it."),
    )
    resends_utility = forms.BooleanField(
        label=_("Send unconfirmed utility messages again"),
        required=False,
        help_text=_(
            "Of an unconfirmed message nobody can tell whether WhatsApp has it. Sent again, it may arrive twice."
        ),
    )
    no_us = forms.BooleanField(label=_("No marketing to the United States"), required=False)
    us_from = forms.DateField(
        label=_("From this day"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs=_DATE)
    )
    us_until = forms.DateField(
        label=_("Until this day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs=_DATE),
        help_text=_("WhatsApp delivers no marketing templates there since 1 April 2025. Set an end when that changes."),
    )

    @staticmethod
    def describe(workspace: Any, limits: Limits) -> dict[str, Any]:
        """Return what the form shows at first."""
        rule = next((one for one in limits.regions if one.country == "US"), None)
        return {
            "quiet_from": workspace.quiet_from,
            "quiet_until": workspace.quiet_until,
            "marketing_per_day": limits.marketing_per_day,
            "marketing_per_week": limits.marketing_per_week,
            "unreachable_after": limits.unreachable_after,
            "reserve_percent": limits.reserve_percent,
            "resends_utility": limits.resends_utility,
            "no_us": rule is not None,
            "us_from": rule.from_on if rule else date(2025, 4, 1),
            "us_until": rule.until_on if rule else None,
        }

    def figures(self, known: Limits) -> Limits:
        """Return the limits as entered; rules about other countries stay as they are."""
        values = self.cleaned_data
        regions = [region for region in known.regions if region.country != "US"]
        if values["no_us"]:
            regions.append(Region("US", "marketing", values["us_from"] or date(2025, 4, 1), values["us_until"]))
        return Limits(
            marketing_per_day=values["marketing_per_day"],
            marketing_per_week=values["marketing_per_week"],
            unreachable_after=values["unreachable_after"],
            reserve_percent=values["reserve_percent"],
            regions=tuple(regions),
            resends_utility=values["resends_utility"],
        )


class PaceForm(forms.Form):
    """A preset, and figures of a number's own in the place of the preset's."""

    pace = forms.ChoiceField(label=_("Pace"), choices=[(key, words.PACES[key][0]) for key in rules.PRESETS])
    per_second = forms.FloatField(label=_("Messages a second"), required=False, min_value=0.01, max_value=1000)
    per_minute = forms.IntegerField(label=_("Messages a minute"), required=False, min_value=1, max_value=60_000)
    per_hour = forms.IntegerField(label=_("Messages an hour"), required=False, min_value=1, max_value=3_600_000)
    per_day = forms.IntegerField(label=_("Messages in 24 hours"), required=False, min_value=1, max_value=80_000_000)
    gap_min_seconds = forms.FloatField(label=_("Shortest gap, in seconds"), required=False, min_value=0, max_value=3600)
    gap_max_seconds = forms.FloatField(
        label=_("Longest gap, in seconds"),
        required=False,
        min_value=0,
        max_value=3600,
        help_text=_("The gap between two messages is drawn at random between these."),
    )
    jitter = forms.FloatField(
        label=_("Unevenness, from 0 to 1"),
        required=False,
        min_value=0,
        max_value=1,
        help_text=_("By so much of itself the distance between messages grows at random."),
    )
    rest_after = forms.IntegerField(label=_("Rest after so many messages"), required=False, min_value=1)
    rest_seconds = forms.FloatField(
        label=_("Length of a rest, in seconds"), required=False, min_value=0, max_value=3600
    )
    warm_up = forms.CharField(
        label=_("Warm-up"),
        required=False,
        max_length=200,
        help_text=_("Days in use and messages a day, such as 3: 50, 7: 100. Write 0 for none; empty is the preset's."),
    )

    @staticmethod
    def describe(number: Any) -> dict[str, Any]:
        """Return what the form shows at first."""
        values = {name: value for name, value in number.pace_overrides.items() if name != "warm_up"}
        curve = number.pace_overrides.get("warm_up")
        shown = "" if curve is None else ", ".join(f"{days}: {most}" for days, most in curve) or "0"
        return {"pace": number.pace, **values, "warm_up": shown}

    def clean_warm_up(self) -> list[list[int]] | None:
        """Return the curve as pairs; nothing where the preset's holds."""
        text = str(self.cleaned_data["warm_up"]).strip()
        if not text or text == "0":
            return [] if text else None
        steps = [_STEP.fullmatch(part) for part in text.replace("、", ",").replace("，", ",").split(",")]
        if not all(steps):
            raise forms.ValidationError(_("Write pairs of days and messages, such as 3: 50, 7: 100."))
        return [[int(step[1]), int(step[2])] for step in steps if step]

    def clean(self) -> dict[str, Any]:
        """Refuse a longest gap below the shortest."""
        values = super().clean() or {}
        low, high = values.get("gap_min_seconds"), values.get("gap_max_seconds")
        if low is not None and high is not None and high < low:
            self.add_error("gap_max_seconds", _("The longest gap is at least the shortest."))
        return values

    def overrides(self) -> dict[str, Any]:
        """Return the figures that are the number's own."""
        own = {name: self.cleaned_data[name] for name in (*rules.FIGURES, "warm_up")}
        return {name: value for name, value in own.items() if value is not None}
