"""Every call that a messaging platform needs is in the emulator, and what is left out has a reason."""

import pytest

from emulator import graph
from emulator.accounts import Account, App, Number, Portfolio
from emulator.media import Media
from emulator.templates import Template
from emulator.uploads import Upload
from tests.emulator import meta_openapi

# Node and edge of every call that the product makes or a platform cannot do without.
NEEDED = [
    "",
    "POST number/messages",
    "GET number",
    "POST number",
    "POST number/register",
    "POST number/deregister",
    "POST number/request_code",
    "POST number/verify_code",
    "GET number/settings",
    "POST number/settings",
    "GET number/whatsapp_business_profile",
    "POST number/whatsapp_business_profile",
    "GET number/block_users",
    "POST number/block_users",
    "DELETE number/block_users",
    "DELETE number/contact_book",
    "POST number/media",
    "GET media",
    "DELETE media",
    "GET account",
    "GET account/phone_numbers",
    "POST account/phone_numbers",
    "GET account/subscribed_apps",
    "POST account/subscribed_apps",
    "DELETE account/subscribed_apps",
    "GET account/message_templates",
    "POST account/message_templates",
    "DELETE account/message_templates",
    "GET template",
    "POST template",
    "POST template/unpause",
    "GET portfolio",
    "GET portfolio/owned_whatsapp_business_accounts",
    "GET app/subscriptions",
    "POST app/subscriptions",
    "DELETE app/subscriptions",
    "POST app/uploads",
    "GET upload",
    "POST upload",
    "",
][1:-1]
NODES = {
    "number": Number,
    "account": Account,
    "template": Template,
    "media": Media,
    "portfolio": Portfolio,
    "app": App,
    "upload": Upload,
}
# Meta's names of the same nodes.
NAMES = {
    "{Phone-Number-ID}": "number",
    "{WABA-ID}": "account",
    "{WhatsApp-Business-Account-ID}": "account",
    "{TEMPLATE_ID}": "template",
    "{Media-ID}": "media",
    "{Business-ID}": "portfolio",
    "{Application-ID}": "app",
}

FLOWS = "flows come with the room that uses them"
QR_CODES = "QR codes come with the room that uses them"
CATALOGUES = "catalogues come with the room that uses them"
GROUPS = "groups are for at most eight people, and need an official account: not for broadcasts"
CALLS = "calling is a product of its own"
PROVIDERS = "for providers who sign other businesses up; here a business uses its own account"
MARKETING_API = "the Marketing Messages API needs an advertising account; /messages sends the same templates"
ADMINISTRATION = "people and credit lines are administered in Meta Business Suite"
NEW = "newer and thinly documented: nothing here relies on it"
COUNTRY = "of one country or for notable brands only, and done once by hand in WhatsApp Manager"
# What an operation of Meta's file begins with, and why the emulator does without it.
LEFT_OUT = {
    "/{Application-ID}/": PROVIDERS,
    "/{Business-ID}/add_phone_numbers": PROVIDERS,
    "/{Business-ID}/preverified_numbers": PROVIDERS,
    "/{Business-ID}/share_preverified_numbers": PROVIDERS,
    "/{Business-ID}/client_whatsapp_business_accounts": PROVIDERS,
    "/{Business-ID}/onboard_partners_to_mm_lite": PROVIDERS,
    "/{Business-ID}/extendedcredits": ADMINISTRATION,
    "/{Phone-Number-ID}/call": CALLS,
    "/{Phone-Number-ID}/groups": GROUPS,
    "/{Phone-Number-ID}/marketing_messages": MARKETING_API,
    "/{Phone-Number-ID}/message_qrdls": QR_CODES,
    "/{Phone-Number-ID}/messages_encrypted": "only with payload encryption, which Meta gives to few",
    "/{Phone-Number-ID}/official_business_account": COUNTRY,
    "/{Phone-Number-ID}/message_history": NEW,
    "/{Phone-Number-ID}/whatsapp_business_encryption": FLOWS,
    "/{Phone-Number-ID}/whatsapp_commerce_settings": CATALOGUES,
    "/{Phone-Number-ID}/business_compliance_info": COUNTRY,
    "/{Phone-Number-ID}/conversational_automation": "commands and ice breakers are set once in WhatsApp Manager",
    "/{group_id}": GROUPS,
    "/{Media-URL}": "an address with a host of its own, served under /whatsapp_business/attachments/",
    "/{Message-History-ID}": NEW,
    "/{Migration-Intent-ID}": PROVIDERS,
    "/{Pre-Verified-Phone-Number-ID}": PROVIDERS,
    "/{Solution-ID}": PROVIDERS,
    "/{User-ID}": ADMINISTRATION,
    "/{WhatsApp-Account-Number-ID}": "the account model of phase 3, which begins in 2028",
    "/{WhatsApp-Business-Account-ID}/assigned_users": ADMINISTRATION,
    "/{WABA-ID}/flows": FLOWS,
    "/{WABA-ID}/migrate_flows": FLOWS,
    "/{Flow-ID}": FLOWS,
    "/{WABA-ID}/in_progress_onbehalf_request": PROVIDERS,
    "/{WABA-ID}/obo_mobility_intent": PROVIDERS,
    "/{WABA-ID}/set_obo_mobility_intent": PROVIDERS,
    "/{WABA-ID}/set_solution_migration_intent": PROVIDERS,
    "/{WABA-ID}/solutions": PROVIDERS,
    "/{OBO-Mobility-Intent-ID}": PROVIDERS,
    "/{WABA-ID}/schedules": NEW,
    "/{WABA-ID}/activities": NEW,
    "/{WABA-Bot-ID}": "bots of Meta's own are another product",
    "/{WhatsApp-Business-Profile-ID}": "the profile is read and changed through its number",
    "/whatsapp/webhooks": "what Meta calls, not what it offers: tests/webhooks and test_routing.py",
}
# Of a node that is there, one method may be left out.
LEFT_OUT_OPERATIONS = {"POST account": "an account's name and time zone are changed in WhatsApp Manager"}


def is_there(call: str) -> bool:
    """Tell whether the emulator answers `METHOD node/edge`."""
    method, _, place = call.partition(" ")
    node, _, edge = place.partition("/")
    return call == "POST number/messages" or (method, NODES[node], edge) in graph.EDGES


def name_call(method: str, path: str) -> str:
    """Return an operation of Meta's file as `METHOD node/edge`, or an empty text for another node."""
    node, _, edge = path.removeprefix("/").partition("/")
    return f"{method} {NAMES[node]}{'/' if edge else ''}{edge}" if node in NAMES else ""


@pytest.mark.parametrize("call", NEEDED)
def test_a_call_that_a_platform_needs_is_there(call: str) -> None:
    assert is_there(call)


@pytest.mark.skipif(not meta_openapi.FILE.is_file(), reason="Meta's OpenAPI file is not beside the repository")
def test_every_call_of_metas_file_is_there_or_left_out_for_a_reason() -> None:
    unexplained = []
    for method, path, _operation in meta_openapi.list_operations():
        call = name_call(method, path)
        is_left_out = call in LEFT_OUT_OPERATIONS or any(path.startswith(start) for start in LEFT_OUT)
        if not (call and is_there(call)) and not is_left_out:
            unexplained.append(f"{method} {path}")
    assert unexplained == []


@pytest.mark.skipif(not meta_openapi.FILE.is_file(), reason="Meta's OpenAPI file is not beside the repository")
def test_no_reason_is_left_without_a_call() -> None:
    paths = [path for _method, path, _operation in meta_openapi.list_operations()]
    assert [start for start in LEFT_OUT if not any(path.startswith(start) for path in paths)] == []
