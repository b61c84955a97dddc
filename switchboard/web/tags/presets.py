"""Ready-made automatic tags, on and off by one click."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from switchboard.contacts import segment_queries, tag_queries
from switchboard.contacts.actions import classification
from switchboard.contacts.errors import SegmentError, TagError
from switchboard.contacts.segments.presets import PRESETS
from switchboard.core import clock
from switchboard.team.rules import Right
from switchboard.web import failures
from switchboard.web.rights import ConsoleRequest, needs

_COMPLAINT = gettext_noop("Complaint")


@require_GET
def show_presets(request: ConsoleRequest) -> HttpResponse:
    """Show what can be switched on, and what is on with how many people."""
    workspace_id = request.member.workspace_id
    counted = tag_queries.list_tags(workspace_id)
    dates = [key for key, kind in segment_queries.load_vocabulary(workspace_id).fields.items() if kind == "date"]
    rows = [
        {
            "preset": preset,
            "name": _(preset.name),
            "about": _(preset.about),
            "tags": [row for row in counted if row.tag.preset == preset.key],
            "names": [_(tag.name) for tag in preset.tags],
            "fields": dates if preset.needs == "date" else [],
        }
        for preset in PRESETS.values()
    ]
    context = {"rows": rows, "is_catching_up": tag_queries.is_catching_up(workspace_id)}
    return render(request, "tags/presets.html", context)


@require_POST
@needs(Right.SEND)
def switch_on(request: ConsoleRequest, key: str) -> HttpResponse:
    """Make a preset's tags, named in the language of the page."""
    try:
        preset = classification.find_preset(key)
        names = {tag.key: _(tag.name) for tag in preset.tags} | {key: _(preset.name), "complaint": _(_COMPLAINT)}
        classification.switch_on(
            workspace_id=request.member.workspace_id,
            key=key,
            now=clock.now(),
            by=request.member.pk,
            names=names,
            field=request.POST.get("field", ""),
        )
    except (TagError, SegmentError) as error:
        messages.error(request, failures.say(error))
        return redirect("tags:presets")
    messages.success(
        request, _("“%(name)s” is on; within a minute everybody has their tags.") % {"name": _(preset.name)}
    )
    return redirect("tags:presets")


@require_POST
@needs(Right.SEND)
def switch_off(request: ConsoleRequest, key: str) -> HttpResponse:
    """Delete a preset's tags."""
    try:
        preset = classification.find_preset(key)
        classification.switch_off(workspace_id=request.member.workspace_id, key=key)
    except TagError as error:
        messages.error(request, failures.say(error))
        return redirect("tags:presets")
    messages.success(request, _("“%(name)s” is off.") % {"name": _(preset.name)})
    return redirect("tags:presets")
