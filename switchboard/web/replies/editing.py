"""One rule: what it listens for, its layers, its scope; and what would pass at this threshold."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from switchboard.contacts import queries as contacts_queries
from switchboard.core import clock
from switchboard.core.errors import SwitchboardError
from switchboard.language import suggest
from switchboard.language.types import Mode
from switchboard.replies import costs, queries, workbench
from switchboard.replies.actions import rulesets
from switchboard.replies.types import StepKind
from switchboard.team import queries as team_queries
from switchboard.team.rules import Right
from switchboard.web.replies import editor, parts, pricing, wording
from switchboard.web.rights import ConsoleRequest, needs
from switchboard.web.segments.choices import load_choices

_MOST_GIVEN = 8


@require_http_methods(["GET", "POST"])
@needs(Right.SEND)
def edit_rule(request: ConsoleRequest, rule_id: int | None = None) -> HttpResponse:
    """Write a rule, try it, save it into the draft."""
    workspace_id, fault = request.member.workspace_id, ""
    if request.method == "POST":
        form = editor.read_form(request.POST)
        parts.take_files(workspace_id, form, request.FILES)
        refused = next((step.fault for rung in form.rungs for step in rung.steps if step.fault), "")
        if request.POST.get("do") == "save" and refused:
            fault = refused
        elif request.POST.get("do") == "save":
            try:
                saved = rulesets.save_rule(
                    workspace_id=workspace_id,
                    draft=editor.build_draft(form),
                    by=str(request.user),
                    now=clock.now(),
                    rule_id=rule_id,
                    is_on=form.is_on,
                )
                messages.success(request, _("“%(name)s” is saved. It answers once you publish.") % {"name": saved.name})
                return redirect("replies:detail", saved.pk)
            except SwitchboardError as error:
                fault = wording.say_fault(error)
    elif rule_id:
        draft, is_on = queries.read_rule(workspace_id, rule_id)
        form = editor.write_form(draft, is_on=is_on)
    else:
        form = editor.new_form(request.GET.get("name", "")[:150], request.GET.getlist("word")[:_MOST_GIVEN])
    context = {
        "form": form,
        "rule_id": rule_id,
        "fault": fault,
        "address": request.path,
        **_choices(workspace_id),
        **_help(request, form),
    }
    context |= _costs(workspace_id, form, rule_id or 0) | _parts(workspace_id, form, context["numbers"])
    return render(request, "replies/edit.html", context, status=422 if fault else 200)


def _costs(workspace_id: int, form: editor.RuleForm, rule_id: int) -> dict[str, Any]:
    spent = costs.get_costs(workspace_id, clock.now())
    rungs = editor.build_rungs(form)
    return {
        "layer_costs": {place: pricing.say_layer(spent, rung, rule_id, place) for place, rung in enumerate(rungs)},
        "base": pricing.say_base(spent),
    }


def _parts(workspace_id: int, form: editor.RuleForm, numbers: list[tuple[str, str]]) -> dict[str, Any]:
    """Return what the parts of an answer choose from and show, by layer and part."""
    chosen = {int(one) for one in form.scope.get("number_ids", []) if one.isdigit()}
    library = parts.Library(workspace_id, chosen, {int(pk): name for pk, name in numbers})
    shown = [[library.show(step) for step in rung.steps] for rung in form.rungs]
    has_templates = any(step.kind == StepKind.TEMPLATE for rung in form.rungs for step in rung.steps)
    keys = contacts_queries.list_field_keys(workspace_id)
    return {
        "layers": {place: list(zip(rung.steps, shown[place], strict=True)) for place, rung in enumerate(form.rungs)},
        "families": library.families if has_templates else [],
        "variables": parts.list_variables(sorted(queries.list_pool_names(workspace_id)), keys),
        "field_keys": keys,
        "other_languages": [("ja", "日本語"), ("zh", "中文")],
    }


def _choices(workspace_id: int) -> dict[str, Any]:
    values = load_choices(workspace_id).values
    return {
        "modes": [(mode.value, label) for mode, label in wording.MODES.items()],
        "triggers": list(wording.TRIGGERS.items()),
        "kinds": list(wording.STEPS.items()),
        "conditions": list(wording.CONDITIONS.items()),
        "media": list(wording.MEDIA.items()),
        "days": [(str(place), label) for place, label in enumerate(wording.DAYS)],
        "languages": [("ja", "日本語"), ("zh", "中文"), ("en", "English")],
        "numbers": [(str(pk), name) for pk, name in values["number"]],
        "tags": [(str(pk), name) for pk, name in values["tag"]],
        "segments": [(str(pk), name) for pk, name in values["segment"]],
        "members": [(str(pk), name) for pk, name in team_queries.map_member_names(workspace_id).items()],
    }


def _help(request: ConsoleRequest, form: editor.RuleForm) -> dict[str, Any]:
    """Return synonyms for the first keyword, and what passes at this threshold."""
    words = [line for line in form.words.get(Mode.FUZZY, "").splitlines() if line.strip()]
    if not words:
        return {"suggestions": [], "examples": []}
    unanswered = workbench.list_unanswered_texts(request.member.workspace_id, clock.now())
    return {
        "suggestions": suggest.suggest_synonyms(words[0].strip(), messages=unanswered, known=words),
        "examples": workbench.list_examples(words[0].strip(), form.threshold),
    }


@require_POST
@needs(Right.SEND)
def show_examples(request: ConsoleRequest) -> HttpResponse:
    """Show what passes at this threshold, and synonyms, while keywords are being written."""
    form = editor.read_form(request.POST)
    return render(request, "replies/edit.html#help", {"form": form, **_help(request, form)})
