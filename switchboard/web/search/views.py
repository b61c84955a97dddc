"""The search of the command bar: pages, broadcasts and contacts."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from switchboard.broadcasts import lists
from switchboard.contacts import queries as contacts_queries
from switchboard.team import rules as team_rules
from switchboard.team.rules import Right
from switchboard.web import seeing
from switchboard.web.rights import ConsoleRequest

_SHOWN = 6
_LONGEST_QUERY = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found."""

    href: str
    label: str
    icon: str
    note: str = ""


@require_GET
def search(request: ConsoleRequest) -> HttpResponse:
    """Show what fits the words; with no words, where one can go."""
    text = request.GET.get("q", "").strip()[:_LONGEST_QUERY]
    groups = [(_("Pages"), find_pages(request, text))]
    if text:
        groups.append((_("Broadcasts"), find_broadcasts(request.member.workspace_id, text)))
        groups.append((_("Contacts"), find_contacts(request.member.workspace_id, text)))
    context = {"groups": [(name, hits) for name, hits in groups if hits], "text": text}
    return render(request, "search/search.html#results" if request.htmx else "search/search.html", context)


def find_pages(request: ConsoleRequest, text: str) -> list[Hit]:
    """Return pages and actions whose name has the words in it."""
    pages = [
        Hit(reverse("overview"), _("Overview"), "layout-dashboard"),
        Hit(reverse("broadcasts:list"), _("Broadcasts"), "speakerphone"),
        Hit(reverse("contacts:list"), _("Contacts"), "address-book"),
        Hit(reverse("contacts:imports"), _("Imports"), "history"),
        Hit(reverse("numbers:list"), _("Numbers"), "device-mobile-message"),
        Hit(reverse("templates:list"), _("Templates"), "template"),
        Hit(reverse("account_change_password"), _("Change password"), "key"),
        Hit(reverse("mfa_index"), _("Two-factor sign-in"), "shield-lock"),
    ]
    if team_rules.has_right(request.member.role, Right.SEND):
        pages.append(Hit(reverse("contacts:upload"), _("Import contacts"), "file-import"))
        pages.append(Hit(reverse("stop"), _("Stop all sending"), "hand-stop"))
    if team_rules.has_right(request.member.role, Right.PROTECT):
        pages.append(Hit(reverse("health:show"), _("Health"), "heartbeat"))
        pages.append(Hit(reverse("deadletters:list"), _("Dead letters"), "mail-off"))
        pages.append(Hit(reverse("numbers:connect"), _("Connect a number"), "plug-connected"))
    return [hit for hit in pages if text.casefold() in hit.label.casefold()]


def find_broadcasts(workspace_id: int, text: str) -> list[Hit]:
    """Return broadcasts by name."""
    found = lists.list_broadcasts(workspace_id, search=text, limit=_SHOWN).broadcasts
    return [
        Hit(reverse("broadcasts:detail", args=[row.pk]), row.name, "speakerphone", str(row.get_state_display()))
        for row in found
    ]


def find_contacts(workspace_id: int, text: str) -> list[Hit]:
    """Return contacts by name, number or address."""
    found = contacts_queries.list_contacts(
        workspace_id, search=text, limit=_SHOWN, by_part_of_phone=seeing.may_see_phones()
    ).contacts
    return [
        Hit(
            reverse("contacts:detail", args=[row.pk]),
            seeing.call_person(row),
            "user",
            seeing.show_phone(row.phone) if row.phone else "",
        )
        for row in found
    ]
