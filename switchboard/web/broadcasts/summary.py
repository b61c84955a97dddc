"""What a broadcast sends to whom, in words and as a bubble; the same on its page and in the wizard."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from switchboard.contacts import queries as contacts_queries
from switchboard.contacts import segment_queries
from switchboard.templates import catalogue
from switchboard.templates import rules as template_rules


def describe(broadcast: Any) -> dict[str, Any]:
    """Return the audience in words, and the message with its sample values."""
    context: dict[str, Any] = {"audience": say_audience(broadcast.workspace_id, broadcast.audience), "preview": None}
    family = catalogue.find_family(broadcast.workspace_id, broadcast.template_name) if broadcast.template_name else None
    if family:
        shape = catalogue.get_shape(family.pick(broadcast.template_language))
        examples = {variable.key: variable.example for variable in shape.variables}
        context["preview"] = template_rules.render_preview(shape, examples)
        context["image"] = address_of_image(broadcast)
    return context


def address_of_image(broadcast: Any) -> str:
    """Return where the header's picture is served, or nothing."""
    return reverse("templates:asset", args=[broadcast.header_asset_id]) if broadcast.header_asset_id else ""


def say_audience(workspace_id: int, audience: dict[str, Any]) -> str:
    """Return who is in an audience."""
    names = {tag.pk: tag.name for tag in contacts_queries.list_tags(workspace_id)}
    parts = []
    if include := audience.get("include_tags"):
        parts.append(_("with %(tags)s") % {"tags": ", ".join(names.get(key, str(key)) for key in include)})
    if exclude := audience.get("exclude_tags"):
        parts.append(_("without %(tags)s") % {"tags": ", ".join(names.get(key, str(key)) for key in exclude)})
    segments = (
        {one.pk: one.name for one in segment_queries.list_segments(workspace_id)} if "segments" in str(audience) else {}
    )
    if include := audience.get("include_segments"):
        parts.append(_("in %(segments)s") % {"segments": ", ".join(segments.get(key, str(key)) for key in include)})
    if exclude := audience.get("exclude_segments"):
        parts.append(_("not in %(segments)s") % {"segments": ", ".join(segments.get(key, str(key)) for key in exclude)})
    if audience.get("import_id"):
        job = contacts_queries.get_import(workspace_id, audience["import_id"])
        parts.append(_("from the import %(name)s") % {"name": job.file_name})
    return " · ".join(parts) if parts else _("all contacts")
