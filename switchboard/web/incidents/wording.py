"""Codes of incidents in sentences: what is wrong, and what to do about it.

A kind that is missing here is shown by its code; give it two sentences in KINDS. Places in them are the incident's
figures and `subject`, the name of what it is about.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from switchboard.numbers import rules as number_rules
from switchboard.web import formats, words

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of one incident, and where to go."""

    cause: str
    cure: str
    href: str = ""
    link: str = ""


KINDS: dict[str, tuple[Words, Words]] = {
    "number_stopped": (gettext_lazy("%(subject)s has stopped: %(reason)s"), ""),
    "account_stopped": (gettext_lazy("All numbers of %(subject)s have stopped: %(reason)s"), ""),
    "template_stopped": (
        gettext_lazy("The template %(subject)s may not be sent at the moment: %(reason)s"),
        gettext_lazy(
            "Look at it under Templates. When Meta has approved it again, press Resume on the broadcasts that wait for it."
        ),
    ),
    "broadcast_paused": (
        gettext_lazy(
            "The broadcast “%(subject)s” has paused itself: %(failed)s of the last %(of)s messages failed. %(reason)s"
        ),
        gettext_lazy("Mend the cause, then press Resume on the broadcast. Nothing that was sent is sent again."),
    ),
    "broadcast_failing": (
        gettext_lazy(
            "Of the last %(of)s messages of the broadcast “%(subject)s”, %(failed)s did not reach their people. %(reason)s"
        ),
        gettext_lazy("It goes on; at 20 %% it pauses itself. Leave out people who have not been active for long."),
    ),
    "category_changed": (
        gettext_lazy(
            "Meta has made the template of the broadcast “%(subject)s” a marketing template, so the broadcast has "
            "paused. %(allowed)s of the %(waiting)s people who still wait have agreed to marketing."
        ),
        gettext_lazy("Resume it for those who agreed, or cancel it. Nobody else is written to either way."),
    ),
    "broadcast_late": (
        gettext_lazy("The broadcast “%(subject)s” should have started at %(scheduled_at)s. %(reason)s"),
        gettext_lazy("It starts by itself as soon as the cause is gone."),
    ),
    "broadcast_stuck": (
        gettext_lazy("The broadcast “%(subject)s” is running, but nothing has left since %(since)s. %(reason)s"),
        gettext_lazy("It goes on by itself as soon as the cause is gone."),
    ),
    "ledger_difference": (
        gettext_lazy(
            "The counts of the broadcast “%(subject)s” differ from its rows: %(difference)s. This is a fault of Switchboard."
        ),
        gettext_lazy(
            "Nothing is sent twice because of it. Run `switchboard ledger %(subject_id)s` on the server and report what it says."
        ),
    ),
    "role_silent": (
        gettext_lazy("No %(subject)s is running. It was last seen at %(seen_at)s."),
        gettext_lazy("Start it with `switchboard %(subject)s` (or all with `switchboard up`)."),
    ),
    "cloud_api_away": (
        gettext_lazy("Meta's Cloud API cannot be reached, so nothing is sent: %(said)s"),
        gettext_lazy("Sending goes on by itself. Check the server's network if it lasts."),
    ),
    "events_refused": (
        gettext_lazy("The gateway could not reach the database and refused %(refused)s of Meta's calls."),
        gettext_lazy(
            "Meta repeats them for up to 7 days, so nothing is lost. Look at the database if it happens again."
        ),
    ),
    "events_behind": (
        gettext_lazy("Incoming events are %(span)s behind, so broadcasts are held until they are applied."),
        gettext_lazy("It usually catches up by itself. If it grows, start another worker."),
    ),
}

CAUSES: dict[str, Words] = {
    "stop_switch": gettext_lazy("The stop switch is on."),
    "worker_silent": gettext_lazy("No worker is running."),
    "sender_silent": gettext_lazy("No sender is running."),
    "sender_stuck": gettext_lazy("The sender runs but takes nothing; restart it and look at its log."),
    "events_behind": gettext_lazy("Incoming events are not applied fast enough."),
    "cloud_api_away": gettext_lazy("Meta's Cloud API cannot be reached."),
    "number": gettext_lazy("None of its numbers may send at the moment."),
    "template": gettext_lazy("Its template is not approved at the moment."),
    "preparing": gettext_lazy("Its files are not at Meta yet."),
    "not_expanded": gettext_lazy("Its messages have not been made; look at the worker's log."),
    "unknown": gettext_lazy("The cause is not known; look at the logs of worker and sender."),
}

# Restrictions are lifted by Meta alone: look at the cause, appeal, and wait. The work is not moved to another number.
_APPEALS: dict[str, Words] = {
    "131048": gettext_lazy(
        "People blocked or reported this number. It rests for six hours and then goes on by itself. Review who gets what."
    ),
    "368": gettext_lazy("Read the reason in WhatsApp Manager under Account quality and ask for a review there."),
    "131031": gettext_lazy("Read the reason in WhatsApp Manager under Account quality and ask for a review there."),
}
_RESUME: Words = gettext_lazy("When the cause is mended, press Resume beside the number. Its messages wait until then.")


def word(kind: str, subject_kind: str, subject_id: str, subject: str, detail: Mapping[str, Any]) -> Wording:
    """Return the sentences of an incident, with the name of what it is about."""
    cause, cure = KINDS.get(kind, (kind, ""))
    values = {**_render(detail), "subject": subject, "subject_id": subject_id, "reason": _reason(detail)}
    if kind in {"number_stopped", "account_stopped"}:
        cure = _APPEALS.get(str(detail.get("code", "")), _RESUME)
    href, link = _place(subject_kind, subject_id)
    if (
        kind == "number_stopped"
        and subject_id.isdigit()
        and number_rules.is_technical_stop("", str(detail.get("code", "")))
    ):
        href, link = reverse("numbers:move", args=[int(subject_id)]), _("See what other numbers could take over")
    return Wording(_fill(cause, values), _fill(cure, values), href, link)


def _fill(sentence: Words, values: Mapping[str, str]) -> str:
    """Put the figures in; a place without a figure stays empty instead of breaking the page."""
    return str(sentence) % _Forgiving(values) if sentence else ""


class _Forgiving(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def _reason(detail: Mapping[str, Any]) -> str:
    if "cause" in detail:
        return str(CAUSES.get(str(detail["cause"]), CAUSES["unknown"]))
    code = str(detail.get("code", ""))
    if detail.get("said") and not code.isdigit():
        return str(detail["said"])
    return words.say_failure(code) if code else ""


def _render(detail: Mapping[str, Any]) -> dict[str, str]:
    """Write figures and moments for people."""
    values = {}
    for key, value in detail.items():
        if key.endswith("_at") or key == "since":
            values[key] = formats.render_stored_moment(value)
        elif key == "seconds":
            values["span"] = formats.render_span(float(value))
        elif isinstance(value, int | float):
            values[key] = formats.render_count(value)
        else:
            values[key] = str(value)
    return values


def _place(subject_kind: str, subject_id: str) -> tuple[str, str]:
    if subject_kind == "broadcast" and subject_id.isdigit():
        return reverse("broadcasts:detail", args=[int(subject_id)]), _("Open the broadcast")
    if subject_kind in {"number", "account"}:
        return reverse("numbers:list"), _("Open Numbers")
    if subject_kind == "template":
        return reverse("templates:list"), _("Open Templates")
    if subject_kind in {"role", ""}:
        return reverse("health:show"), _("Open Health")
    return "", ""
