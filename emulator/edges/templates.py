"""Message templates: listing, creating, editing, deleting, unpausing."""

from aiohttp import web

from emulator import wire
from emulator.accounts import Account
from emulator.edges.call import SUCCESS, Call, answer_page
from emulator.errors import GraphError
from emulator.standing import template_health
from emulator.templates import DEFAULT_FIELDS, Template

DELETED_AT_ONCE_MOST = 100


async def list_templates(call: Call, account: Account) -> web.Response:
    rows = [template.node() for template in account.templates.list_matching(dict(call.request.query))]
    count = len(account.templates.by_key)
    summary = {
        "total_count": len(rows),
        "message_template_count": count,
        "message_template_limit": account.template_limit,
        "are_translations_complete": True,
    }
    return answer_page(call, rows, DEFAULT_FIELDS, summary)


async def get_template(call: Call, template: Template) -> web.Response:
    row = template.node()
    if "health_status" in call.text("fields"):
        row["health_status"] = template_health(_account_of(call, template), template)
    return wire.answer(wire.pick_fields(row, call.text("fields"), DEFAULT_FIELDS))


async def create_template(call: Call, account: Account) -> web.Response:
    template = call.world.reviews.create(account, call.parameters)
    return wire.answer({"id": template.template_id, "status": template.status, "category": template.category})


async def edit_template(call: Call, template: Template) -> web.Response:
    account = _account_of(call, template)
    if {"name", "language"} & call.parameters.keys():
        raise GraphError(100, "name and language of a template cannot be edited")
    call.world.reviews.edit(account, template, call.parameters)
    return wire.answer({**SUCCESS, "id": template.template_id, "category": template.category})


async def unpause_template(call: Call, template: Template) -> web.Response:
    call.world.reviews.unpause(_account_of(call, template), template)
    return wire.answer(SUCCESS)


def _account_of(call: Call, template: Template) -> Account:
    found = call.world.directory.find_template(template.template_id)
    assert found is not None  # noqa: S101 - the node was found through its account
    return found[0]


async def delete_templates(call: Call, account: Account) -> web.Response:
    """Delete a name in all languages, the one that hsm_id names, or the up to 100 of hsm_ids."""
    name, ids = call.text("name"), _ids(call)
    if not name and not ids:
        raise GraphError(100, message="(#100) The parameter name is required.")
    doomed = [
        template
        for template in account.templates.by_key.values()
        if (not name or template.name == name) and (not ids or template.template_id in ids)
    ]
    if not doomed:
        raise GraphError(100, "Message template not found", subcode=2593002)
    for template in doomed:
        account.templates.delete(template, call.world.clock.elapsed())
    return wire.answer(SUCCESS)


def _ids(call: Call) -> set[str]:
    if one := call.text("hsm_id"):
        return {one}
    many = call.parameters.get("hsm_ids") or []
    if isinstance(many, str):
        many = many.strip("[]").replace('"', "").split(",")
    if not isinstance(many, list) or len(many) > DELETED_AT_ONCE_MOST:
        raise GraphError(100, f"hsm_ids must be a list of at most {DELETED_AT_ONCE_MOST} ids")
    return {str(each).strip() for each in many}
