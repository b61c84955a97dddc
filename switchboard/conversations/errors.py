"""What can be wrong with what somebody wants of a conversation."""

from switchboard.core.errors import Conflict, Invalid, NotFound


class ConversationNotFoundError(NotFound):
    """This conversation does not exist in this workspace."""


class AlreadyAnsweringError(Conflict):
    """You are answering this conversation already."""


class BotAnsweringError(Conflict):
    """The automatic answers are at work in this conversation already."""


class HoursError(Invalid):
    """These opening hours cannot be read. Write them as 09:00-18:00, several spans of a day with a comma between."""


class ZoneError(Invalid):
    """This is no time zone. Choose one such as Asia/Tokyo, Asia/Shanghai or Europe/London."""
