"""What every page's frame shows: places, workspace, language, the stop switch and whatever is wrong."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from switchboard.core import clock
from switchboard.core import queries as core_queries
from switchboard.delivery import condition
from switchboard.numbers import fleet
from switchboard.team import queries as team_queries
from switchboard.team import rules as team_rules
from switchboard.team.rules import Right
from switchboard.web import formats, words
from switchboard.web.incidents import reading
from switchboard.webhooks import queries as webhooks_queries

LANGUAGE_NAMES = [("ja", "日本語"), ("zh-hans", "简体中文"), ("en", "English")]
_LAG_SHOWN_AFTER = timedelta(seconds=10)
_MOST_COUNTED = 999
_INCIDENTS_SHOWN = 3
_MOST_INCIDENTS_READ = 50
# Looked up for every page anew, so that they are true even while nobody is there to raise or end an incident.
_SAID_LIVE = frozenset({"role_silent", "events_behind"})


@dataclass(frozen=True, slots=True)
class Place:
    """An area of the console in the rail."""

    href: str
    label: str
    icon: str
    key: str
    is_current: bool
    # How many things wait there for somebody; nothing is shown for 0.
    count: int = 0


@dataclass(frozen=True, slots=True)
class StopNotice:
    """What the red band says while nothing may leave."""

    sentence: str
    may_resume: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the amber band: what is wrong, and where to look."""

    sentence: str
    href: str = ""
    link: str = ""


@dataclass(slots=True)
class Frame:
    """Finished data for `frame.html` and its parts."""

    rail: str
    languages: list[tuple[str, str]]
    language_name: str
    zone: str
    shift: str
    has_mail: bool
    places: list[Place] = field(default_factory=list)
    workspaces: list[Any] = field(default_factory=list)
    rights: frozenset[Right] = frozenset()
    stop: StopNotice | None = None
    problems: list[Problem] = field(default_factory=list)
    incidents: list[reading.Row] = field(default_factory=list)
    more_incidents: int = 0

    @property
    def may_answer(self) -> bool:
        """Tell whether writing to people and taking conversations over is this person's."""
        return Right.ANSWER in self.rights

    @property
    def may_send(self) -> bool:
        """Tell whether broadcasts, imports and the stop button are this person's."""
        return Right.SEND in self.rights

    @property
    def may_manage(self) -> bool:
        """Whether the member may change what the workspace pays and who belongs to it."""
        return Right.MANAGE in self.rights

    @property
    def may_protect(self) -> bool:
        """Tell whether numbers, paces and resuming are this person's."""
        return Right.PROTECT in self.rights


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the member, the workspace and the frame around the page; parts of pages read no more than they need."""
    member = getattr(request, "member", None)
    language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    result = Frame(
        rail="narrow" if request.COOKIES.get("rail") == "narrow" else "wide",
        languages=LANGUAGE_NAMES,
        language_name=dict(LANGUAGE_NAMES).get(language, "English"),
        zone=formats.render_zone(),
        shift=formats.render_span(abs(clock.shift_seconds())) if clock.shift_seconds() else "",
        has_mail=bool(settings.EMAIL_HOST),
    )
    if member is not None:
        result.rights = team_rules.list_rights(member.role)
        if not getattr(request, "htmx", False) or request.path == reverse("bands"):
            result.stop = _stop_notice(member.workspace_id, may_resume=result.may_protect)
            found = reading.list_open(member.workspace_id, most=_MOST_INCIDENTS_READ, without=_SAID_LIVE)
            result.incidents, result.more_incidents = found[:_INCIDENTS_SHOWN], len(found[_INCIDENTS_SHOWN:])
            result.problems = list_problems(member.workspace_id, _numbers_of(found))
        if not getattr(request, "htmx", False):
            result.places = _places(request.path)
            if result.may_protect:
                result.places += _places_of_care(request.path, member.workspace_id)
            result.workspaces = team_queries.list_workspaces(user_id=member.user_id)
    return {"member": member, "workspace": member.workspace if member else None, "frame": result}


def _places(path: str) -> list[Place]:
    places = [
        ("overview", _("Overview"), "layout-dashboard", "o"),
        ("conversations:list", _("Conversations"), "messages", "i"),
        ("replies:list", _("Automatic answers"), "message-chatbot", "a"),
        ("broadcasts:list", _("Broadcasts"), "speakerphone", "b"),
        ("contacts:list", _("Contacts"), "address-book", "c"),
        ("numbers:list", _("Numbers"), "device-mobile-message", "u"),
        ("templates:list", _("Templates"), "template", "t"),
    ]
    found = []
    for name, label, icon, key in places:
        href = reverse(name)
        found.append(Place(href, label, icon, key, path == href or (href != "/" and path.startswith(href))))
    return found


def _places_of_care(path: str, workspace_id: int) -> list[Place]:
    """Return the pages of those who keep the installation well; dead letters only when there are any."""
    places = [
        ("incidents:list", _("Incidents"), "alert-octagon", "i", 0),
        ("health:show", _("Health"), "heartbeat", "h", 0),
    ]
    letters = webhooks_queries.count_open_letters(workspace_id, most=_MOST_COUNTED)
    if letters or path.startswith(reverse("deadletters:list")):
        places.append(("deadletters:list", _("Dead letters"), "mail-off", "d", letters))
    return [
        Place(reverse(name), label, icon, key, path.startswith(reverse(name)), count)
        for name, label, icon, key, count in places
    ]


def _stop_notice(workspace_id: int, *, may_resume: bool) -> StopNotice | None:
    stop = condition.find_stop(workspace_id)
    if stop is None:
        return None
    since = formats.render_moment(stop.since)
    if stop.is_everywhere:
        sentence = _("Sending is stopped for the whole installation since %(since)s. The operator can resume it.")
        return StopNotice(sentence % {"since": since}, may_resume=False)
    sentence = _("All sending is stopped since %(since)s (%(by)s). Nothing leaves until it is resumed.")
    return StopNotice(sentence % {"since": since, "by": stop.by}, may_resume=may_resume)


def _numbers_of(found: list[reading.Row]) -> list[int]:
    return [int(row.subject_id) for row in found if row.kind == "number_stopped" and row.subject_id.isdigit()]


def list_problems(workspace_id: int, told: Collection[int] = ()) -> list[Problem]:
    """Return what is wrong right now, in sentences; nothing when all is well. `told`: numbers with an incident."""
    now = clock.now()
    work = {
        "sender": _("No sender is running, so nothing is sent. Start one with `switchboard sender`."),
        "gateway": _(
            "No gateway is running, so replies and statuses from WhatsApp do not arrive. "
            "Start one with `switchboard gateway`."
        ),
        "worker": _(
            "No worker is running, so replies and statuses are not applied and broadcasts are held. "
            "Start one with `switchboard worker`."
        ),
    }
    silent = {role for role, _last in core_queries.list_silent_roles(list(work), now)}
    problems = [Problem(work[role]) for role in work if role in silent]
    lag = condition.find_inbound_lag(now)
    if lag is not None and lag > _LAG_SHOWN_AFTER and "worker" not in silent:
        sentence = _("Incoming events are %(span)s behind. Broadcasts are held until they are applied.")
        problems.append(Problem(sentence % {"span": formats.render_span(lag.total_seconds())}))
    for name, code, detail in fleet.list_stopped_by_error(workspace_id, without=told):
        sentence = _("%(number)s has stopped: %(reason)s")
        problems.append(
            Problem(
                sentence % {"number": name, "reason": words.say_stop(code, detail)},
                reverse("numbers:list"),
                _("Open Numbers"),
            )
        )
    return problems
