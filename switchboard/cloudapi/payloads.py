"""Bodies of the calls that send: the envelope of a message and the parts of a template."""

from typing import Any

import msgspec

_encode = msgspec.json.Encoder().encode


def _recipient(recipient: str) -> bytes:
    """Return the field that names the person: a phone in E.164 with its plus sign, or a user id.

    Without the plus sign Meta prepends the sending number's country code.
    """
    if recipient[:1] == "+":
        return b'"to":' + _encode(recipient)
    if recipient.isdigit():
        return b'"to":' + _encode(f"+{recipient}")
    return b'"recipient":' + _encode(recipient)


def build_envelope(*, recipient: str, callback_data: str, body: bytes) -> bytes:
    """Return the JSON of POST /{number}/messages; `body` is the JSON object of type and content.

    The body is joined on as it is stored, so that nothing is decoded and encoded again on the way out.
    """
    return b"".join(
        (
            b'{"messaging_product":"whatsapp","recipient_type":"individual",',
            _recipient(recipient),
            b',"biz_opaque_callback_data":',
            _encode(callback_data),
            b",",
            body.lstrip()[1:],
        )
    )


def build_text(text: str, *, preview_url: bool = False, reply_to: str | None = None) -> dict[str, Any]:
    """Return the body of a free-form text, quoting the message `reply_to` when it is given."""
    body: dict[str, Any] = {"type": "text", "text": {"body": text, "preview_url": preview_url}}
    if reply_to:
        body["context"] = {"message_id": reply_to}
    return body


def build_template(name: str, language: str, components: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the body of a template message."""
    template: dict[str, Any] = {"name": name, "language": {"code": language}}
    if components:
        template["components"] = components
    return {"type": "template", "template": template}


def build_text_parameter(text: str, *, name: str | None = None) -> dict[str, Any]:
    """Return a text parameter; named templates need its name."""
    parameter = {"type": "text", "text": text}
    if name:
        parameter["parameter_name"] = name
    return parameter


def build_body(parameters: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the body component."""
    return {"type": "body", "parameters": parameters}


def build_text_header(parameters: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a text header's component."""
    return {"type": "header", "parameters": parameters}


def build_media_header(kind: str, media_id: str, *, file_name: str | None = None) -> dict[str, Any]:
    """Return a header that shows an uploaded image, video or document."""
    media = {"id": media_id}
    if file_name and kind == "document":
        media["filename"] = file_name
    return {"type": "header", "parameters": [{"type": kind, kind: media}]}


def build_url_button(index: int, suffix: str) -> dict[str, Any]:
    """Return the component that fills the end of a button's address."""
    return {
        "type": "button",
        "sub_type": "url",
        "index": str(index),
        "parameters": [{"type": "text", "text": suffix}],
    }


def build_reply_button(index: int, payload: str) -> dict[str, Any]:
    """Return the component that says what comes back when a quick reply is pressed."""
    return {
        "type": "button",
        "sub_type": "quick_reply",
        "index": str(index),
        "parameters": [{"type": "payload", "payload": payload}],
    }


def build_code_button(index: int, code: str) -> dict[str, Any]:
    """Return the component of a button that copies a coupon code."""
    return {
        "type": "button",
        "sub_type": "copy_code",
        "index": str(index),
        "parameters": [{"type": "coupon_code", "coupon_code": code}],
    }
