"""Is a program on the other side? Two machines that answer each other never stop by themselves. Pure."""

import re
import unicodedata
import zlib
from datetime import datetime, timedelta

# A person reads and types for longer than this after we wrote.
QUICK = timedelta(seconds=3)
# So many quick messages in a row, or the same one so often, are a program's.
QUICK_IN_A_ROW = 3
SAME_IN_A_ROW = 3
_SHORTEST = 12
# Only said soon after we wrote; somebody who asks "is this an automatic reply?" has a question mark.
_SAYS_SO_WITHIN = timedelta(seconds=60)
_SAYS_SO = re.compile(
    "this is an automat|automated (message|reply|response)|automatic reply|auto-?reply|do not reply to this|"
    "自動返信|自動応答|自動送信|自动回复|自動回覆|系统自动|机器人自动"
)


def hash_text(text: str) -> int:
    """Return a number that is the same for the same words, whatever their case, width and spaces."""
    folded = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return zlib.crc32(folded.encode("utf-8", "replace"))


def is_quick(text: str, received_at: datetime, last_outbound_at: datetime | None) -> bool:
    """Tell whether a message came sooner after ours than a person can read and type."""
    if last_outbound_at is None or len(text) < _SHORTEST:
        return False
    return timedelta(0) <= received_at - last_outbound_at <= QUICK


def says_so(text: str, received_at: datetime, last_outbound_at: datetime | None) -> bool:
    """Tell whether a message that follows ours calls itself automatic."""
    if last_outbound_at is None or received_at - last_outbound_at > _SAYS_SO_WITHIN or received_at < last_outbound_at:
        return False
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "?" not in folded and _SAYS_SO.search(folded) is not None


def is_program(quick_count: int, same_count: int) -> bool:
    """Tell whether what came in a row is a program's."""
    return quick_count >= QUICK_IN_A_ROW or same_count >= SAME_IN_A_ROW
