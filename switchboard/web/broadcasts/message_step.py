"""The wizard's second step: template, variables, picture, and the bubble on real people."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from switchboard.broadcasts import audience, expansion, rules
from switchboard.contacts import queries as contacts_queries
from switchboard.core import clock
from switchboard.core.errors import Invalid
from switchboard.templates import actions as template_actions
from switchboard.templates import catalogue
from switchboard.templates import rules as template_rules
from switchboard.web import failures, formats
from switchboard.web.broadcasts.forms import list_sources, read_variables
from switchboard.web.broadcasts.summary import address_of_image
from switchboard.web.rights import ConsoleRequest

_MOST_PEOPLE = 10
# One byte more than the largest that WhatsApp shows: what is longer is cut here and refused by the room.
_LARGEST_FILE = 16 * 1024 * 1024 + 1


def read(request: ConsoleRequest, broadcast: Any) -> tuple[dict[str, Any], list[str]]:
    """Return what the step says, and what is wrong with its picture."""
    fields, family = _read_choice(broadcast, request.POST)
    if family is None:
        return fields, []
    file = request.FILES.get("image")
    if file is None:
        return fields, []
    try:
        asset = template_actions.add_asset(
            workspace_id=broadcast.workspace_id,
            file_name=file.name or "image",
            content=file.read(_LARGEST_FILE),
            now=clock.now(),
        )
    except Invalid as error:
        return fields, [failures.say(error)]
    return {**fields, "header_asset_id": asset.pk}, []


def list_faults(broadcast: Any) -> list[str]:
    """Return what is still missing in this step, in sentences."""
    if not broadcast.template_name:
        return [_("Choose a template.")]
    family = catalogue.find_family(broadcast.workspace_id, broadcast.template_name)
    if family is None:
        return [_("This template is not there any more. Choose another one.")]
    shape = catalogue.get_shape(family.pick(broadcast.template_language))
    faults = []
    unfilled = rules.find_unfilled(shape, broadcast.variables)
    if unfilled:
        names = ", ".join(label_of(shape, variable) for variable in shape.variables if variable.key in unfilled)
        faults.append(_("Choose what fills these places: %(names)s.") % {"names": names})
    if shape.needs_media and not broadcast.header_asset_id:
        faults.append(_("This template shows a file above its text. Choose one."))
    return faults


def label_of(shape: Any, variable: Any) -> str:
    """Name a place of the template as the person sees it in the bubble."""
    if variable.part == "button" and variable.name.isdigit() and int(variable.name) < len(shape.buttons):
        return _("Button “%(text)s”") % {"text": shape.buttons[int(variable.name)].text}
    part = _("Header") if variable.part == "header" else _("Text")
    return f"{part} {{{{{variable.name}}}}}"


def _read_choice(broadcast: Any, posted: Mapping[str, str]) -> tuple[dict[str, Any], catalogue.Family | None]:
    name, _sep, language = posted.get("template", "").partition("/")
    family = catalogue.find_family(broadcast.workspace_id, name) if name else None
    if family is None:
        return {"template_name": "", "template_language": ""}, None
    language = language if language in family.languages else family.pick("en").language
    shape = catalogue.get_shape(family.pick(language))
    is_new = name != broadcast.template_name
    variables = (
        suggest(shape)
        if is_new and not _has_fillings(posted)
        else read_variables(posted, [row.key for row in shape.variables])
    )
    return {"template_name": name, "template_language": language, "variables": variables}, family


def _has_fillings(posted: Mapping[str, str]) -> bool:
    return any(key.startswith("source-") for key in posted)


def suggest(shape: Any) -> dict[str, dict[str, str]]:
    """Return a first filling: the name in the first place of the text, nothing elsewhere."""
    fillings: dict[str, dict[str, str]] = {}
    for place, variable in enumerate(shape.variables):
        is_name = "name" in variable.name.lower() or (place == 0 and variable.part == "body")
        fillings[variable.key] = {"source": "name" if is_name else ""}
    return fillings


def describe(request: ConsoleRequest, broadcast: Any, chosen: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the templates to choose from, the variables with their fillings, and the bubble for one person."""
    workspace_id = broadcast.workspace_id
    families = [family for family in catalogue.list_families(workspace_id) if family.approved_languages]
    name, language, variables = broadcast.template_name, broadcast.template_language, broadcast.variables
    if chosen is not None:
        fields, _family = _read_choice(broadcast, chosen)
        name, language = fields["template_name"], fields["template_language"]
        variables = fields.get("variables", {})
    context: dict[str, Any] = {
        "families": families,
        "language_names": formats.name_languages({code for row in families for code in row.approved_languages}),
        "chosen_name": name,
        "chosen_language": language,
        "broadcast": broadcast,
    }
    family = next((row for row in families if row.name == name), None)
    if family is None:
        return context
    shape = catalogue.get_shape(family.pick(language))
    person, place, people = _pick_person(workspace_id, broadcast.audience, (chosen or request.GET).get("person", "0"))
    own = template_rules.pick_language(person.language, family.approved_languages, language) if person else language
    shown = catalogue.get_shape(family.pick(own))
    values = rules.fill_values(shown, variables, person, own) if person else {}
    keys = contacts_queries.list_field_keys(workspace_id)
    return {
        **context,
        "family": family,
        "category": family.pick(language).category,
        "shape": shape,
        "sources": list_sources(keys),
        "variables": [
            _variable_row(shape, variable, variables.get(variable.key) or {}, values) for variable in shape.variables
        ],
        "preview": template_rules.render_preview(shown, values),
        "person_language": own,
        "image": address_of_image(broadcast),
        "person": person,
        "place": place,
        "people": people,
        "warnings": _warnings(shown, values, person),
    }


def _variable_row(shape: Any, variable: Any, filling: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    return {
        "key": variable.key,
        "label": label_of(shape, variable),
        "example": variable.example,
        "source": filling.get("source", ""),
        "value": filling.get("value", ""),
        "fallback": filling.get("fallback", ""),
        "is_fixed": filling.get("source") == rules.FIXED,
        "is_empty": not values.get(variable.key),
    }


# A preview shows whatever may be chosen.
_ALL_SOURCES = {source: {"source": source} for source in (*rules.ORDER_SOURCES, rules.LEAVE_LINK)}


def _pick_person(workspace_id: int, question: dict[str, Any], wanted: str) -> tuple[rules.Person | None, int, int]:
    people = audience.sample_people(workspace_id, question, _MOST_PEOPLE)
    if not people:
        return None, 0, 0
    place = int(wanted) % len(people) if wanted.isdigit() else 0
    row = people[place]
    person = rules.Person(
        row.pk,
        row.name,
        row.phone or "",
        row.email,
        row.language,
        row.country,
        row.zones,
        row.fields,
        extra=expansion.read_extra(workspace_id, [row.pk], _ALL_SOURCES)[row.pk],
    )
    return person, place, len(people)


def _warnings(shape: Any, values: Mapping[str, str], person: rules.Person | None) -> list[str]:
    if person is None:
        return []
    empty = [label_of(shape, variable) for variable in shape.variables if not values.get(variable.key)]
    if not empty:
        return []
    sentence = _("Empty for this person: %(names)s. Without a fallback they are skipped.")
    return [sentence % {"names": ", ".join(empty)}]
