"""wamids: opaque outside, but carrying the row's place inside, so that none needs to be stored."""

import base64
import binascii
import os

OUT, IN = b"\x12", b"\x14"


class MessageIds:
    """Ids of one run of the emulator; another run's never collide with them."""

    def __init__(self) -> None:
        self._nonce = os.urandom(4).hex().upper()

    def outgoing(self, phone: str, index: int) -> str:
        return self._make(phone, OUT, index)

    def incoming(self, phone: str, index: int) -> str:
        return self._make(phone, IN, index)

    def find_incoming(self, wamid: str) -> int | None:
        return self._find(wamid, IN)

    def find_outgoing(self, wamid: str) -> int | None:
        return self._find(wamid, OUT)

    def _make(self, phone: str, direction: bytes, index: int) -> str:
        # The outer shape (length-prefixed phone, then a hex id) is that of ids seen in the wild.
        tail = f"{self._nonce}{index:010X}".encode()
        raw = b"\x1c\x18" + bytes((len(phone),)) + phone.encode() + b"\x15\x02\x00\x11\x18" + direction + tail + b"\x00"
        return "wamid." + base64.b64encode(raw).decode()

    def _find(self, wamid: str, direction: bytes) -> int | None:
        try:
            raw = base64.b64decode(wamid.removeprefix("wamid."), validate=True)
        except (binascii.Error, ValueError):
            return None
        head, nonce, number = raw[:-19], raw[-19:-11], raw[-11:-1]
        if not head.endswith(direction) or nonce != self._nonce.encode():
            return None
        return int(number, 16)
