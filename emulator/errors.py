"""Meta's error shapes: what a call is refused with, and what a failed status carries."""

import secrets
from typing import Any

from aiohttp import web

from emulator import wire

ERROR_PAGE = "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes/"

# code: (HTTP status, title)
KNOWN: dict[int, tuple[int, str]] = {
    4: (429, "Application request limit reached"),
    10: (403, "Application does not have permission for this action"),
    100: (400, "Invalid parameter"),
    104: (401, "An access token is required to request this resource."),
    368: (403, "Temporarily blocked for policies violations"),
    80007: (400, "There have been too many calls to this WhatsApp Business account"),
    131000: (500, "Something went wrong"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131030: (400, "Recipient phone number not in allowed list"),
    131031: (403, "Business Account locked"),
    131042: (400, "Business eligibility payment issue"),
    131047: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement."),
    131050: (400, "User has stopped marketing messages from your business"),
    131062: (400, "Business-scoped user ids are not supported for this message"),
    130403: (400, "The business has blocked this user"),
    131051: (400, "Unsupported message type"),
    131053: (400, "Media upload error"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    130429: (400, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132005: (400, "Translated text too long"),
    132012: (400, "Parameter format does not match format in the created template"),
    132015: (400, "Template is paused"),
    132016: (400, "Template is disabled"),
    132018: (400, "There's an issue with the parameters in your template"),
    131057: (500, "Account in maintenance mode"),
    131064: (400, "Messaging limit reached because of classification violations"),
    131052: (400, "Media download error"),
    133006: (400, "Phone number re-verification needed"),
    133008: (400, "Too many two-step verification PIN guesses"),
    133016: (400, "Account register deregister rate limit exceeded"),
    136024: (400, "Request code error"),
    136025: (400, "Verify code error"),
    137000: (400, "Recipient identity key hash does not match"),
    139100: (400, "Failed to block/unblock some users"),
    139101: (400, "Block list limit reached"),
    133005: (400, "Two-step verification PIN mismatch"),
    133010: (400, "Account not registered"),
}


class GraphError(Exception):
    """A refusal in Meta's shape."""

    def __init__(self, code: int, details: str = "", *, message: str = "", status: int = 0, subcode: int = 0) -> None:
        known_status, title = KNOWN.get(code, (400, "Invalid parameter"))
        self.code = code
        self.details = details
        self.message = message or f"(#{code}) {title}"
        self.status = status or known_status
        self.subcode = subcode
        self.headers: dict[str, str] = {}
        super().__init__(self.message)

    def body(self) -> dict[str, Any]:
        error: dict[str, Any] = {"message": self.message, "type": "OAuthException", "code": self.code}
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        if self.subcode:
            error["error_subcode"] = self.subcode
        if self.subcode == 33:
            error["type"] = "GraphMethodException"
        error["fbtrace_id"] = "A" + secrets.token_urlsafe(16)
        return {"error": error}

    def answer(self) -> web.Response:
        response = wire.answer(self.body(), status=self.status)
        response.headers.update(self.headers)
        return response


def unknown_object(method: str, node: str) -> GraphError:
    """Graph does not tell "does not exist" from "you may not see it"."""
    sentence = (
        f"Unsupported {method.lower()} request. Object with ID '{node}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api"
    )
    return GraphError(100, message=sentence, status=400, subcode=33)


def bad_token() -> GraphError:
    return GraphError(190, message="Invalid OAuth access token - Cannot parse access token", status=401)


def no_access() -> GraphError:
    sentence = "(#200) You do not have the necessary permissions required to access this WhatsApp Business Account"
    return GraphError(200, message=sentence, status=403)


def no_permission(permission: str) -> GraphError:
    sentence = f"(#200) Requires {permission} permission to manage the object"
    return GraphError(200, message=sentence, status=403)


DETAILS = {
    131026: "Message Undeliverable.",
    131047: "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
    131049: "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
}


def status_error(code: int) -> dict[str, Any]:
    """Return the element of `statuses[].errors[]` for a code."""
    title = KNOWN.get(code, (400, "Something went wrong"))[1]
    details = DETAILS.get(code, title)
    return {"code": code, "title": title, "message": title, "error_data": {"details": details}, "href": ERROR_PAGE}
