"""Meta's words for a template, in ours: pure translations (CLOUD-API 2.6)."""

from switchboard.cloudapi.client import TemplateInfo
from switchboard.templates.models import Category, TemplateState

_STATES = {
    "APPROVED": TemplateState.APPROVED,
    "PENDING": TemplateState.PENDING,
    "IN_APPEAL": TemplateState.PENDING,
    "REJECTED": TemplateState.REJECTED,
    "PAUSED": TemplateState.PAUSED,
    "DISABLED": TemplateState.DISABLED,
}


def parse_state(status: str) -> TemplateState:
    """Return a template's state; a word we do not know counts as not usable."""
    return _STATES.get(status.upper(), TemplateState.OTHER)


def parse_category(category: str) -> Category:
    """Return a template's category; one we do not know is treated as the one that needs the strictest consent."""
    word = category.lower()
    return Category(word) if word in Category.values else Category.MARKETING


def parse_reason(template: TemplateInfo) -> str:
    """Return why a template is not usable, in Meta's word; empty when there is nothing to say."""
    reason = template.rejected_reason or ""
    if reason.upper() in {"", "NONE"}:
        return template.status if parse_state(template.status) == TemplateState.OTHER else ""
    return reason[:255]
