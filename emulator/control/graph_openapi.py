"""The Cloud API's own calls as an OpenAPI document, made from the table of edges."""

from collections.abc import Collection
from typing import Any

from emulator.accounts import Account, App, Number, Portfolio
from emulator.media import Media
from emulator.templates import Template
from emulator.uploads import Upload

VERSION = "v26.0"
NAMES: dict[type[Any], str] = {
    Number: "phone_number_id",
    Account: "account_id",
    App: "app_id",
    Portfolio: "portfolio_id",
    Media: "media_id",
    Template: "template_id",
    Upload: "upload_id",
}
TEXT = {"type": "string"}
OBJECT: dict[str, Any] = {"type": "object"}
LISTS = frozenset({"phone_numbers", "subscribed_apps", "message_templates", "block_users", "subscriptions"})
# What the bodies of the calls are made of; Graph takes any of these in the query as well.
FIELDS: dict[str, dict[str, Any]] = {
    "register": {"messaging_product": TEXT, "pin": TEXT},
    "request_code": {"code_method": TEXT, "language": TEXT},
    "verify_code": {"code": TEXT},
    "settings": {"user_identity_change": OBJECT},
    "whatsapp_business_profile": {"messaging_product": TEXT, "about": TEXT, "websites": {"type": "array"}},
    "block_users": {
        "messaging_product": TEXT,
        "block_users": {"type": "array", "items": {"properties": {"user": TEXT}}},
    },
    "subscribed_apps": {"override_callback_uri": TEXT, "verify_token": TEXT},
    "subscriptions": {"object": TEXT, "callback_url": TEXT, "verify_token": TEXT, "fields": TEXT},
    "phone_numbers": {"cc": TEXT, "phone_number": TEXT, "verified_name": TEXT},
    "message_templates": {
        "name": TEXT,
        "language": TEXT,
        "category": {"enum": ["MARKETING", "UTILITY", "AUTHENTICATION", "OTHER"]},
        "parameter_format": {"enum": ["named", "positional"]},
        "components": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "type": {"enum": ["HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER"]},
                    "format": {"enum": ["TEXT", "IMAGE", "LOCATION"]},
                    "text": TEXT,
                    "buttons": {"type": "array"},
                    "cards": {"type": "array"},
                },
            },
        },
    },
}
_ANYTHING: dict[str, Any] = {"type": ["object", "array", "string", "integer", "null"]}
_FILE: dict[str, Any] = {
    "type": "object",
    "properties": {"id": TEXT, "link": {"enum": ["https://x.y/a.png", "a"]}, "caption": TEXT, "filename": TEXT},
}
_BODY = {"type": "object", "properties": {"text": TEXT}}
# What stands under the name of a message's type.
PIECES: dict[str, dict[str, Any]] = {
    "text": {"type": "object", "properties": {"body": TEXT, "preview_url": {"type": "boolean"}}},
    **dict.fromkeys(("image", "video", "audio", "document", "sticker"), _FILE),
    "location": {"type": "object", "properties": {"latitude": {"type": "number"}, "longitude": {"type": "number"}}},
    "contacts": {"type": "array", "items": {"properties": {"name": {"properties": {"formatted_name": TEXT}}}}},
    "reaction": {"type": "object", "properties": {"message_id": TEXT, "emoji": TEXT}},
    "interactive": {
        "type": "object",
        "properties": {
            "type": {"enum": ["button", "list", "cta_url", "location_request_message", "request_contact_info"]},
            "header": _ANYTHING,
            "body": _BODY,
            "footer": _BODY,
            "action": {
                "type": "object",
                "properties": {
                    "name": TEXT,
                    "button": TEXT,
                    "buttons": {"type": "array"},
                    "sections": {"type": "array"},
                },
            },
        },
    },
    "template": {
        "type": "object",
        "properties": {
            "name": {"enum": ["welcome", "x"]},
            "language": {"type": "object", "properties": {"code": {"enum": ["ja", "en"]}}},
            "components": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "type": {"enum": ["header", "body", "button", "carousel"]},
                        "sub_type": {"enum": ["url", "quick_reply", "copy_code"]},
                        "index": _ANYTHING,
                        "parameters": {"type": "array", "items": {"properties": {"type": TEXT, "text": _ANYTHING}}},
                    },
                },
            },
        },
    },
}
ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "code"],
            "properties": {"message": TEXT, "type": TEXT, "code": {"type": "integer"}},
        }
    },
}


def build_document(edges: Collection[tuple[str, type[Any], str]]) -> dict[str, Any]:
    """Return the document: every edge, and POST messages."""
    paths: dict[str, dict[str, Any]] = {}
    calls: list[tuple[str, type[Any], str]] = [*edges, ("POST", Number, "messages")]
    for method, node, edge in calls:
        path = f"/{VERSION}/{{{NAMES[node]}}}" + (f"/{edge}" if edge else "")
        paths.setdefault(path, {})[method.lower()] = _operation(method, node, edge)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Cloud API, as the emulator plays it", "version": VERSION},
        "paths": paths,
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "security": [{"bearer": []}],
    }


def _operation(method: str, node: type[Any], edge: str) -> dict[str, Any]:
    name = NAMES[node]
    parameters = [{"name": name, "in": "path", "required": True, "schema": TEXT}]
    if method == "GET":
        asked = ["fields", *(["limit", "after", "before"] if edge in LISTS else [])]
        parameters += [{"name": each, "in": "query", "required": False, "schema": TEXT} for each in asked]
    operation: dict[str, Any] = {
        "operationId": "_".join(filter(None, (method.lower(), name, edge))),
        "parameters": parameters,
        "responses": {
            "200": {"description": "Done.", "content": {"application/json": {"schema": OBJECT}}},
            "default": {"description": "Refused.", "content": {"application/json": {"schema": ERROR}}},
        },
    }
    if edge == "media" and method == "POST":
        form = {"type": "object", "properties": {"messaging_product": TEXT, "type": TEXT, "file": {"type": "string"}}}
        operation["requestBody"] = {"content": {"multipart/form-data": {"schema": form}}}
    elif method != "GET" and node is not Upload:
        operation["requestBody"] = {"content": {"application/json": {"schema": _body(edge)}}}
    return operation


def _body(edge: str) -> dict[str, Any]:
    if edge != "messages":
        return {"type": "object", "properties": FIELDS.get(edge, {})}
    return {
        "type": "object",
        "required": ["messaging_product", "to", "type"],
        "properties": {
            "messaging_product": {"const": "whatsapp"},
            "to": {"enum": ["+819012345678", "819012345678", "+1 (631) 555-1234", "", "x"]},
            "type": {"enum": [*PIECES, "nothing"]},
            "context": {"type": "object", "properties": {"message_id": TEXT}},
            "biz_opaque_callback_data": TEXT,
            **PIECES,
        },
    }
