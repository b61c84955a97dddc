"""What stands around every content: whom it is for, what it answers, and the note that Meta gives back."""

from typing import Any, Protocol

import msgspec

from switchboard.cloudapi import limits

LONGEST_CALLBACK_DATA = 512
_encode = msgspec.json.Encoder().encode


class Content(Protocol):
    """One kind of message; `build` checks it and returns what stands under the kind's name."""

    @property
    def kind(self) -> str:
        """Meta's name of the kind."""

    def build(self) -> Any:
        """Return Meta's form.

        :raises limits.PayloadError: a limit of Meta's is broken.
        """


def build_message(content: Content, *, reply_to: str = "") -> bytes:
    """Return the JSON object of type and content, as `build_envelope` takes it.

    :raises limits.PayloadError: a limit of Meta's is broken.
    """
    body: dict[str, Any] = {"type": content.kind, content.kind: content.build()}
    if reply_to and content.kind != "reaction":
        body["context"] = {"message_id": reply_to}
    return _encode(body)


def _recipient(recipient: str) -> bytes:
    """Return the field that names the person: a phone in E.164 with its plus sign, or a user id.

    Without the plus sign Meta prepends the sending number's country code.
    """
    if recipient[:1] == "+":
        return b'"to":' + _encode(recipient)
    if recipient.isdigit():
        return b'"to":' + _encode(f"+{recipient}")
    return b'"recipient":' + _encode(recipient)


def build_envelope(
    *, recipient: str, callback_data: str, body: bytes, identity_key_hash: str = "", messaging_account_id: str = ""
) -> bytes:
    """Return the JSON of POST /{number}/messages; `body` is the JSON object of type and content.

    The body is joined on as it is stored, so that nothing is decoded and encoded again on the way out.

    :raises limits.PayloadError: there is no recipient, or the note is too long.
    """
    limits.check_text("recipient", recipient, 150)
    limits.check_text("biz_opaque_callback_data", callback_data, LONGEST_CALLBACK_DATA, is_required=False)
    return b"".join(
        (
            b'{"messaging_product":"whatsapp","recipient_type":"individual",',
            _recipient(recipient),
            b',"biz_opaque_callback_data":',
            _encode(callback_data),
            b',"recipient_identity_key_hash":' + _encode(identity_key_hash) if identity_key_hash else b"",
            b',"messaging_account_id":' + _encode(messaging_account_id) if messaging_account_id else b"",
            b",",
            body.lstrip()[1:],
        )
    )


def build_read_receipt(wamid: str, *, is_typing: bool = False) -> bytes:
    """Return the JSON that marks a message and those before it as read, and shows “typing…” for up to 25 s.

    :raises limits.PayloadError: there is no message id.
    """
    limits.check_text("message_id", wamid, 255)
    receipt: dict[str, Any] = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
    if is_typing:
        receipt["typing_indicator"] = {"type": "text"}
    return _encode(receipt)
