"""Sending, and what is shown while an answer is being written."""

import msgspec

from switchboard.cloudapi import payloads
from switchboard.cloudapi.client.caller import Caller, Done, is_success, parse_done, parse_refusal
from switchboard.cloudapi.errors import Failure
from switchboard.cloudapi.results import Answer, Result, Unknown


class Sent(msgspec.Struct, frozen=True):
    """Meta accepted a message; that it arrives is another matter."""

    wamid: str
    # For templates: accepted, held_for_quality_assessment or paused.
    message_status: str = ""
    wa_id: str = ""
    user_id: str = ""


class _SentMessage(msgspec.Struct, frozen=True):
    id: str
    message_status: str = ""


class _SentContact(msgspec.Struct, frozen=True):
    wa_id: str = ""
    user_id: str = ""


class _SendAnswer(msgspec.Struct, frozen=True):
    messages: list[_SentMessage]
    contacts: list[_SentContact] = []


_NOBODY = _SentContact()
_decode_sent = msgspec.json.Decoder(_SendAnswer).decode


def parse_sent(result: Result) -> Sent | Failure:
    """Return what became of POST /{number}/messages."""
    if not isinstance(result, Answer):
        return result
    if not is_success(result):
        return parse_refusal(result)
    try:
        answer = _decode_sent(result.body)
        message = answer.messages[0]
    except (msgspec.DecodeError, IndexError):
        return Unknown(f"HTTP {result.status} without a message id")
    person = answer.contacts[0] if answer.contacts else _NOBODY
    return Sent(message.id, message.message_status, person.wa_id, person.user_id)


class MessageCalls(Caller):
    """POST /{number}/messages: never held back by the usage of other calls."""

    async def send_message(self, number_id: str, payload: bytes) -> Sent | Failure:
        """Send one message (payloads.build_envelope) through a number."""
        path = self._path(f"{number_id}/messages")
        return parse_sent(await self._transport.post(path, token=self._token, body=payload))

    async def mark_read(self, number_id: str, wamid: str, *, is_typing: bool = False) -> Done | Failure:
        """Show that a message and those before it were read, and if wanted that an answer is being written."""
        body = payloads.build_read_receipt(wamid, is_typing=is_typing)
        path = self._path(f"{number_id}/messages")
        return parse_done(await self._transport.post(path, token=self._token, body=body))
