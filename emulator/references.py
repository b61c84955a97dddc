"""Messages that a call points at: to mark them read, to quote them, to react to them."""

from typing import Any

from emulator.accounts import Number
from emulator.clock import Clock
from emulator.errors import GraphError
from emulator.inbox import Inbox
from emulator.ledger import Inbound, Ledger
from emulator.views import Part

QUOTE_LONGEST = 120
# Older messages can neither be marked read, quoted nor reacted to.
REACHABLE_SECONDS = 30 * 86_400.0


class References:
    def __init__(self, *, clock: Clock, ledger: Ledger, inbox: Inbox) -> None:
        self._clock = clock
        self._ledger = ledger
        self._inbox = inbox

    def mark_read(self, number: Number, payload: dict[str, Any]) -> dict[str, Any]:
        """Mark an inbound message and the earlier ones of its thread as read, with or without typing.

        :raises GraphError: no such inbound message of this number in the last 30 days.
        """
        inbound = self._find_inbound(number, str(payload.get("message_id", "")))
        if inbound is None or self._clock.now() - inbound.sent_at > REACHABLE_SECONDS:
            raise GraphError(131009, "message_id is not a message that this number received in the last 30 days")
        typing = payload.get("typing_indicator")
        if typing is not None and not (isinstance(typing, dict) and typing.get("type") == "text"):
            raise GraphError(131009, "typing_indicator.type must be text")
        for earlier in self._inbox.thread(number, inbound.person):
            if earlier.sent_at <= inbound.sent_at:
                earlier.is_marked_read = True
        return {"success": True}

    def _find_inbound(self, number: Number, wamid: str) -> Inbound | None:
        index = self._ledger.ids.find_incoming(wamid)
        if index is None or index >= len(self._ledger.inbound):
            return None
        inbound = self._ledger.inbound[index]
        return inbound if inbound.number == number.index else None

    def check_reaction_target(self, number: Number, wamid: str) -> None:
        """Check that a reaction is to a message of this number that is no reaction and at most 30 days old.

        :raises GraphError: it is not.
        """
        inbound = self._find_inbound(number, wamid)
        if inbound is not None:
            sent_at, is_reaction = inbound.sent_at, inbound.message["type"] == "reaction"
        else:
            row = self._ledger.ids.find_outgoing(wamid)
            if row is None or row >= len(self._ledger) or self._ledger.numbers[row] != number.index:
                raise GraphError(131009, "reaction.message_id is not a message of this number")
            sent_at, is_reaction = self._ledger.accepted[row], self._ledger.kind(row) == "reaction"
        if is_reaction or self._clock.now() - sent_at > REACHABLE_SECONDS:
            raise GraphError(131009, "reaction.message_id is a reaction itself, or older than 30 days")

    def quote(self, number: Number, context: object) -> Part:
        """Return the bubble that a reply quotes; an old or unknown original is simply not shown."""
        wamid = context.get("message_id") if isinstance(context, dict) else None
        if not isinstance(wamid, str) or not wamid.startswith("wamid."):
            raise GraphError(131009, "context.message_id must be the id of a message")
        inbound = self._find_inbound(number, wamid)
        if inbound is not None and self._clock.now() - inbound.sent_at <= REACHABLE_SECONDS:
            return Part("quote", inbound.text[:QUOTE_LONGEST] or f"[{inbound.message['type']}]", wamid)
        row = self._ledger.ids.find_outgoing(wamid)
        if row is not None and row < len(self._ledger) and self._ledger.numbers[row] == number.index:
            return Part("quote", self._ledger.text(row)[:QUOTE_LONGEST], wamid)
        return Part("quote", "", wamid)
