"""Every synchronous write: rules, settings, publishing, coupons."""

from switchboard.replies.actions.coupons import add_coupons, ensure_pool
from switchboard.replies.actions.derivation import derive_anew
from switchboard.replies.actions.publishing import publish, save_settings
from switchboard.replies.actions.rulesets import delete_rule, ignore_phrase, move_rule, save_rule, set_rule_on

__all__ = [
    "add_coupons",
    "delete_rule",
    "derive_anew",
    "ensure_pool",
    "ignore_phrase",
    "move_rule",
    "publish",
    "save_rule",
    "save_settings",
    "set_rule_on",
]
