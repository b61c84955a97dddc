"""Each check with its light, its sentence and what to do; and every process that runs."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from switchboard.core import clock
from switchboard.core import queries as core_queries
from switchboard.core.health import Finding, Light
from switchboard.team.rules import Right
from switchboard.web import sentences, words
from switchboard.web.health.checks import examine
from switchboard.web.rights import ConsoleRequest, needs

_NAMES = {
    "web": gettext_lazy("Console (web)"),
    "gateway": gettext_lazy("Gateway"),
    "sender": gettext_lazy("Sender"),
    "worker": gettext_lazy("Worker"),
    "outbox": gettext_lazy("Messages that are due"),
    "events": gettext_lazy("Events to be applied"),
    "dead letters": gettext_lazy("Dead letters"),
    "stop switch": gettext_lazy("Stop switch"),
    "number": gettext_lazy("Number"),
    "numbers": gettext_lazy("Numbers"),
    "account": gettext_lazy("Account"),
    "database": gettext_lazy("Database"),
    "clock": gettext_lazy("Clock"),
    "migrations": gettext_lazy("Migrations"),
    "partitions": gettext_lazy("Partitions"),
    "disk": gettext_lazy("Disk"),
}
_ORDER: dict[Light, int] = {"red": 0, "amber": 1, "green": 2}


@require_GET
@needs(Right.PROTECT)
def show_health(request: ConsoleRequest) -> HttpResponse:
    """Show what is wrong first, then what is well, then the processes."""
    now = clock.now()
    processes = core_queries.list_processes(now)
    findings = examine(request.member.workspace_id, processes, now)
    findings.sort(key=lambda finding: _ORDER[finding.light])
    context = {
        "rows": [_row(finding) for finding in findings],
        "processes": processes,
        "wrong": sum(finding.light != "green" for finding in findings),
        "looked_at": now,
    }
    return render(request, "health/health.html#live" if request.htmx else "health/health.html", context)


def _say(finding: Finding) -> str:
    if finding.name != "number":
        return sentences.render(finding.message, finding.values)
    reason = words.say_stop(str(finding.values["code"]), str(finding.values["detail"]))
    return _("%(number)s has stopped: %(reason)s") % {"number": finding.values["number"], "reason": reason}


def _row(finding: Finding) -> dict[str, Any]:
    links = {
        "dead letters": (reverse("deadletters:list"), _("Open Dead letters")),
        "number": (reverse("numbers:list"), _("Open Numbers")),
        "account": (reverse("numbers:connect"), _("Connect a number")),
    }
    href, link = links.get(finding.name, ("", ""))
    return {
        "light": finding.light,
        "name": _NAMES.get(finding.name, finding.name),
        "message": _say(finding),
        "advice": sentences.render(finding.advice, finding.values),
        "href": href,
        "link": link,
    }
