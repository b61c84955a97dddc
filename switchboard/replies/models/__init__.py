"""Tables of replies: what people sent, the rules that answer, and what came of them."""

from switchboard.replies.models.measures import Answer, Decision, Effect, IgnoredPhrase
from switchboard.replies.models.messages import InboundMessage, Media
from switchboard.replies.models.rulesets import Coupon, CouponPool, Keyword, Rule, Rung, Settings, Step, Version

__all__ = [
    "Answer",
    "Coupon",
    "CouponPool",
    "Decision",
    "Effect",
    "IgnoredPhrase",
    "InboundMessage",
    "Keyword",
    "Media",
    "Rule",
    "Rung",
    "Settings",
    "Step",
    "Version",
]
