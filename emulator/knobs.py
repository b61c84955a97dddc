"""Everything about the emulator's behaviour that can be turned, at start or while it runs."""

from typing import Any, Literal

import msgspec

DELAYS: dict[str, dict[str, tuple[float, float]]] = {
    "fast": {"sent": (0.05, 0.5), "delivered": (0.2, 4), "read": (1, 8), "reply": (2, 10)},
    "real": {"sent": (0.1, 2), "delivered": (1, 30), "read": (5, 600), "reply": (10, 900)},
}
Fault = Literal[
    "drop_before_accept",
    "drop_after_accept",
    "error_500",
    "error_500_body",
    "error_500_after_accept",
    "error_503",
    "error_503_body",
    "error_429",
    "slow",
]
FAULTS: tuple[Fault, ...] = Fault.__args__  # type: ignore[attr-defined]  # typing does not show a Literal's members


class Knobs(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One field per knob; shares are 0 to 1."""

    # How long things take: "fast", "real", or seconds as [least, most] for each step.
    delays: Literal["fast", "real"] | dict[Literal["sent", "delivered", "read", "reply"], tuple[float, float]] = "real"

    # People. Of the delivered, about 70 % are seen as read: reads x (1 - receipts_off).
    not_on_whatsapp: float = 0.03
    blocked: float = 0.015
    blocked_fails: float = 0.3
    ecosystem_failures: float = 0.01
    reads: float = 0.75
    receipts_off: float = 0.07
    read_without_delivered: float = 0.03
    replies: float = 0.12
    opts_out: float = 0.02
    # Share of people with a username whose phone stays hidden until a business has used it.
    hidden_phones: float = 0.0

    # Limits and readings of what Meta's pages leave open.
    pair_limit: bool = True
    throughput_limit: bool = True
    portfolio_limit: bool = True
    window_error: Literal["async", "sync"] = "async"
    portfolio_error: Literal["async", "sync"] = "async"
    portfolio_error_code: int = 131048
    spam_error: Literal["async", "sync"] = "async"
    # Codes that are answered at once instead of in a failed status: Meta does not publish which are which.
    codes_at_once: list[int] = []
    # Limits rise by themselves six hours after half was used; numbers instead of TIER_ names in the webhook.
    tier_scaling: bool = False
    capability_as_number: bool = False
    # 0 is Meta's own: 5,000 for an account with a connected number, else 200.
    management_calls_per_hour: int = 0
    # Digits without a plus: taken whole, or the sending number's country code put before them.
    to_without_plus: Literal["whole", "own_country"] = "whole"
    rewrite_numbers: bool = True
    us_marketing_block: bool = True
    reactions_open_window: bool = True
    # Where a phone is hidden, the phone's fields are left out, empty, or hold the user id.
    hidden_phone_as: Literal["absent", "empty", "user_id"] = "absent"
    # An approved template goes on in its old form while an edit of it is reviewed.
    edited_templates_usable: bool = True
    # Files are shown only to programs that say who they are.
    media_needs_user_agent: bool = False
    template_review_seconds: float = 3.0
    free_service_messages: int = 1000
    free_entry_seconds: float = 72 * 3600.0
    # Verdicts of the next reviews, used up one by one; without any, templates are approved.
    next_reviews: list[Literal["approve", "reject", "marketing", "never"]] = []
    # Utility templates that sound like advertising are taken in as marketing.
    category_judgement: bool = True

    # Webhooks.
    webhook_batch: int = 100
    webhook_linger_ms: float = 50.0
    webhook_concurrency: int = 8
    webhook_timeout_seconds: float = 10.0
    webhook_retry_seconds: float = 0.5
    webhook_retry_longest_seconds: float = 10.0
    updates_per_change: int = 10
    webhook_give_up_seconds: float = 604_800.0
    # A batch that had to be tried again goes to all other apps too.
    retries_reach_all_apps: bool = False
    overrides_cover_account_fields: bool = False
    # Bodies with non-ASCII as \\u00e9 and slashes as \\/, or as they are.
    escape_webhooks: bool = True
    duplicate_webhooks: float = 0.0
    reorder: float = 0.0
    reorder_seconds: float = 2.0
    lost_statuses: float = 0.0

    # Faults of POST /messages: shares, and a list that the next calls use up one by one ("" is no fault).
    answer_delay_seconds: float = 0.0
    status_before_response: float = 0.0
    slow_seconds: float = 5.0
    faults: dict[Fault, float] = {}
    next_faults: list[Fault | Literal[""]] = []

    def delay_range(self, step: Literal["sent", "delivered", "read", "reply"]) -> tuple[float, float]:
        """Return the least and the most seconds a step takes."""
        if isinstance(self.delays, str):
            return DELAYS[self.delays][step]
        return self.delays.get(step, DELAYS["fast"][step])


def turn(knobs: Knobs, changes: dict[str, Any]) -> None:
    """Apply changes in place, all or none.

    :raises msgspec.ValidationError: a knob is unknown or its value has the wrong type.
    """
    turned = msgspec.convert({**msgspec.to_builtins(knobs), **changes}, Knobs)
    for name in changes:
        setattr(knobs, name, getattr(turned, name))
