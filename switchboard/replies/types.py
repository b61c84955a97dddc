"""What crosses the border of replies: rules, their rungs and steps, settings, and what is decided of a message."""

from enum import StrEnum
from typing import Any

import msgspec

from switchboard.language.types import Keyword

# One text, or one for each language with "" for everybody else.
Words = str | dict[str, str]


class Trigger(StrEnum):
    """What makes a rule answer; of equal priority, the first in this list goes first."""

    PAYLOAD = "payload"
    KEYWORDS = "keywords"
    MEDIA = "media"
    FIRST_EVER = "first_ever"
    OUTSIDE_HOURS = "outside_hours"
    ANY = "any"
    NO_MATCH = "no_match"


class StepKind(StrEnum):
    """A part of an answer: the first group are messages, the second is done without the person's seeing it."""

    TEXT = "text"
    BUTTONS = "buttons"
    LIST = "list"
    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"
    LOCATION = "location"
    TEMPLATE = "template"

    ADD_TAG = "add_tag"
    REMOVE_TAG = "remove_tag"
    SET_FIELD = "set_field"
    ASSIGN = "assign"
    HAND_OVER = "hand_over"


MESSAGES = frozenset(
    {
        StepKind.TEXT,
        StepKind.BUTTONS,
        StepKind.LIST,
        StepKind.IMAGE,
        StepKind.VIDEO,
        StepKind.DOCUMENT,
        StepKind.LOCATION,
        StepKind.TEMPLATE,
    }
)


class ConditionKind(StrEnum):
    """What may be asked of a person before a step is taken."""

    ORDERED_WITHIN = "ordered_within"  # days
    NOT_ORDERED_WITHIN = "not_ordered_within"  # days
    INACTIVE_FOR = "inactive_for"  # days
    HAS_TAG = "has_tag"  # id
    LACKS_TAG = "lacks_tag"  # id
    IN_SEGMENT = "in_segment"  # id
    FIELD_IS = "field_is"  # name and value


class Condition(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that must be true of the person."""

    kind: ConditionKind
    days: int = 0
    id: int = 0
    name: str = ""
    value: str = ""


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One part of a rung."""

    kind: StepKind
    content: dict[str, Any] = {}
    condition: Condition | None = None


class Rung(msgspec.Struct, frozen=True, omit_defaults=True):
    """One layer of an answer."""

    steps: tuple[Step, ...]
    # Its turn comes when the rung before was delivered and not read for so long, or when the person asks again.
    unread_after_seconds: int | None = None
    asked_again: bool = True
    # How often it is said before it is the next one's turn.
    attempts: int = 1


class Scope(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where and when a rule holds; what is empty does not limit it. Times are the workspace's."""

    number_ids: tuple[int, ...] = ()
    # "ja", "zh", "en": the person's language, else the message's.
    languages: tuple[str, ...] = ()
    tag_ids: tuple[int, ...] = ()
    segment_ids: tuple[int, ...] = ()
    # 0 is Monday.
    days: tuple[int, ...] = ()
    # "22:00" and "06:00" is over the night.
    from_time: str = ""
    until_time: str = ""


class Rule(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A rule as it was published."""

    id: int
    name: str
    trigger: Trigger
    priority: int = 0
    position: int = 0
    keywords: tuple[Keyword, ...] = ()
    payloads: tuple[str, ...] = ()
    media_kinds: tuple[str, ...] = ()
    scope: Scope = Scope()
    rungs: tuple[Rung, ...] = ()
    delay_from: int | None = None
    delay_until: int | None = None


_ANNOUNCEMENT: dict[str, str] = {
    "ja": "（自動応答でお返事しています）",
    "zh": "（以下为自动回复）",
    "": "(This is an automatic reply.)",
}
_HAND_OVER_TEXT: dict[str, str] = {
    "ja": "担当者におつなぎします。少々お待ちください。",
    "zh": "正在为您转接人工客服，请稍候。",
    "": "I'm passing you on to a colleague. One moment, please.",
}
_AFTER_HOURS_TEXT: dict[str, str] = {
    "ja": "ただいま営業時間外です。メッセージを承りました。営業開始後、順番に担当者がお返事します。",
    "zh": "现在是非工作时间。您的留言已收到，上班后我们会优先回复您。",
    "": "We are closed at the moment. Your message is kept, and a colleague will answer first thing when we open.",
}
_OPT_OUT_TEXT: dict[str, str] = {
    "ja": "配信を停止しました。今後お知らせはお送りしません。再開をご希望の場合は「配信再開」とお送りください。",
    "zh": "已为您退订，我们不会再向您发送推广信息。如需恢复，请回复“恢复订阅”。",
    "": "You are unsubscribed and will get no more offers from us. If you change your mind, write START.",
}
_OPT_IN_TEXT: dict[str, str] = {
    "ja": "配信を再開しました。停止をご希望の場合は「配信停止」とお送りください。",
    "zh": "已为您恢复订阅，您将再次收到我们的消息。如需退订，请回复“退订”。",
    "": "Welcome back. You will get our messages again; write STOP to end them.",
}


class Settings(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How a workspace answers automatically."""

    # Seconds until an answer leaves, drawn anew each time: one reads it as written by somebody.
    delay_from: int = 5
    delay_until: int = 10
    shows_typing: bool = True
    # The first automatic answer of a session says that it is one.
    announces: bool = True
    announcement: Words = msgspec.field(default_factory=_ANNOUNCEMENT.copy)
    hand_over_text: Words = msgspec.field(default_factory=_HAND_OVER_TEXT.copy)
    after_hours_text: Words = msgspec.field(default_factory=_AFTER_HOURS_TEXT.copy)
    confirms_opt_out: bool = True
    opt_out_text: Words = msgspec.field(default_factory=_OPT_OUT_TEXT.copy)
    # Somebody who had opted out wrote that they want messages again; said if the opt-out is confirmed.
    opt_in_text: Words = msgspec.field(default_factory=_OPT_IN_TEXT.copy)
    # This automatic answer within an hour becomes the hand-over; 0 never.
    hand_over_at_answer: int = 3
    # For how long the next message counts as asking again.
    ladder_minutes: int = 60
    # Nobody answered for so long after a hand-over: automatic answers take over again. 0 is not before the session ends.
    hand_back_minutes: int = 0
    # Three negative messages in a row raise the priority; 0 never.
    negatives_raise_at: int = 3
    # Words and their weights beside those that are shipped.
    mood_weights: dict[str, float] = {}
    # What {{order_link}} stands for.
    order_link: str = ""


class RuleSet(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything that answers in one workspace."""

    rules: tuple[Rule, ...] = ()
    settings: Settings = Settings()


class Outcome(StrEnum):
    """What was decided of a message."""

    ANSWERED = "answered"
    HANDED_OVER = "handed_over"
    AFTER_HOURS = "after_hours"
    OPTED_OUT = "opted_out"
    CAME_BACK = "came_back"
    # It belongs to the message before: both get one answer.
    BURST = "burst"
    # No rule matches, and there is none for that case.
    UNANSWERED = "unanswered"
    # A person answers in this conversation.
    PERSON = "person"
    # A program is on the other side.
    BOT = "bot"
    # Reactions, Meta's own notices, what WhatsApp cannot show.
    NOT_A_QUESTION = "not_a_question"
    # Written more than five minutes before it came to us.
    TOO_OLD = "too_old"
    # Nothing is published.
    NO_RULES = "no_rules"


def decode_set(content: Any) -> RuleSet:
    """Return a rule set from its stored form.

    :raises msgspec.ValidationError: it is none.
    """
    return msgspec.convert(content, RuleSet)


def encode_set(rules: RuleSet) -> dict[str, Any]:
    """Return the form in which a rule set is stored."""
    stored: dict[str, Any] = msgspec.to_builtins(rules)
    return stored
