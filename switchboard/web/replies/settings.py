"""How the workspace answers automatically: delay, announcement, fixed texts, and when a person takes over."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from switchboard.core import clock
from switchboard.core.errors import SwitchboardError
from switchboard.replies import queries
from switchboard.replies.actions import publishing
from switchboard.replies.types import Settings, Words
from switchboard.team.rules import Right
from switchboard.web import failures
from switchboard.web.rights import ConsoleRequest, needs

# In its own name each, as people look for it; "" is everybody else.
_LANGUAGES: dict[str, Any] = {"": gettext_lazy("All other languages"), "ja": "日本語", "zh": "中文"}
_TEXTS = {
    "announcement": gettext_lazy("What the first answer of a session begins with"),
    "hand_over_text": gettext_lazy("When a person takes over"),
    "after_hours_text": gettext_lazy("Outside business hours"),
    "opt_out_text": gettext_lazy("After somebody unsubscribed"),
    "opt_in_text": gettext_lazy("After somebody came back"),
}
_PLAIN = (
    "delay_from",
    "delay_until",
    "shows_typing",
    "announces",
    "confirms_opt_out",
    "hand_over_at_answer",
    "ladder_minutes",
    "hand_back_minutes",
    "negatives_raise_at",
    "order_link",
)
_LONGEST_LEXICON, _HEAVIEST = 1000, 5.0


class SettingsForm(forms.Form):
    """Everything that holds for all rules."""

    delay_from = forms.IntegerField(label=gettext_lazy("At the earliest after so many seconds"), min_value=0)
    delay_until = forms.IntegerField(label=gettext_lazy("At the latest after so many seconds"), min_value=0)
    shows_typing = forms.BooleanField(
        label=gettext_lazy("Show “typing…” before an answer"),
        required=False,
        help_text=gettext_lazy("It marks the message as read, and is shown only when an answer really follows."),
    )
    announces = forms.BooleanField(label=gettext_lazy("Say that the answer is automatic"), required=False)
    confirms_opt_out = forms.BooleanField(
        label=gettext_lazy("Confirm once that somebody unsubscribed, or came back"), required=False
    )
    hand_over_at_answer = forms.IntegerField(
        label=gettext_lazy("Hand over instead of automatic answer number"),
        min_value=0,
        help_text=gettext_lazy("Counted per person within an hour, a rule with all its layers once. 0 is never."),
    )
    ladder_minutes = forms.IntegerField(
        label=gettext_lazy("A new question counts as asking again for so many minutes"), min_value=0
    )
    hand_back_minutes = forms.IntegerField(
        label=gettext_lazy("Nobody came for so many minutes: answer automatically again"),
        min_value=0,
        help_text=gettext_lazy("0: a person answers until the session ends."),
    )
    negatives_raise_at = forms.IntegerField(
        label=gettext_lazy("Raise the priority after so many complaints in a row"),
        min_value=0,
        help_text=gettext_lazy("0 is never."),
    )
    order_link = forms.URLField(
        label=gettext_lazy("Order link"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        help_text=gettext_lazy("What {{order_link}} stands for in answers. It begins with https://."),
    )
    mood = forms.CharField(
        label=gettext_lazy("Words of complaint and of praise"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Beside those that Switchboard knows: one a line with its weight, such as “broken -1” or “lovely 1”. "
            "Together -1 is a complaint; 0 takes a known word out."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _TEXTS:
            for language, label in _LANGUAGES.items():
                self.fields[f"{name}_{language}"] = forms.CharField(
                    label=label, required=False, max_length=4096, widget=forms.Textarea(attrs={"rows": 3})
                )

    def clean_mood(self) -> dict[str, float]:
        """Return words and their weights."""
        found: dict[str, float] = {}
        for line in self.cleaned_data["mood"].splitlines():
            word, _sep, weight = line.strip().rpartition(" ")
            if not line.strip():
                continue
            try:
                value = float(weight)
            except ValueError:
                value = _HEAVIEST + 1
            if not word.strip() or not abs(value) <= _HEAVIEST:
                raise forms.ValidationError(
                    _("“%(line)s” is no word with a weight between -5 and 5, such as “broken -1”.")
                    % {"line": line.strip()[:60]}
                )
            found[word.strip()] = value
        if len(found) > _LONGEST_LEXICON:
            raise forms.ValidationError(_("At most 1,000 words of your own are possible."))
        return found


@require_http_methods(["GET", "POST"])
@needs(Right.SEND)
def show_settings(request: ConsoleRequest) -> HttpResponse:
    """Show and save how the workspace answers; it takes effect when it is published."""
    workspace_id = request.member.workspace_id
    form = SettingsForm(request.POST or None, initial=_write(queries.get_settings(workspace_id)))
    if request.method == "POST" and form.is_valid() and _save(workspace_id, form):
        messages.success(request, _("The settings are saved. They hold once you publish."))
        return redirect("replies:settings")
    texts = [(label, [form[f"{name}_{language}"] for language in _LANGUAGES]) for name, label in _TEXTS.items()]
    context = {"form": form, "texts": texts, "has_changes": queries.has_changes(workspace_id)}
    return render(request, "replies/settings.html", context, status=422 if form.errors else 200)


def _write(settings: Settings) -> dict[str, Any]:
    """Return the settings as a form holds them."""
    values: dict[str, Any] = {name: getattr(settings, name) for name in _PLAIN}
    values["mood"] = "\n".join(f"{word} {weight:g}" for word, weight in sorted(settings.mood_weights.items()))
    for name in _TEXTS:
        words: Words = getattr(settings, name)
        spoken = words if isinstance(words, dict) else {"": words}
        values |= {f"{name}_{language}": spoken.get(language, "") for language in _LANGUAGES}
    return values


def _save(workspace_id: int, form: SettingsForm) -> bool:
    data = form.cleaned_data
    values = {name: data[name] for name in _PLAIN}
    for name in _TEXTS:
        spoken = {language: data[f"{name}_{language}"].strip() for language in _LANGUAGES}
        values[name] = {language: words for language, words in spoken.items() if words or not language}
    try:
        publishing.save_settings(
            workspace_id=workspace_id, settings=Settings(mood_weights=data["mood"], **values), now=clock.now()
        )
    except SwitchboardError as error:
        form.add_error(None, failures.say(error))
        return False
    return True
