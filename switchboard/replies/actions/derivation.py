"""Readings that an older version of the program made are made anew, in the draft and in what answers."""

import msgspec
from django.db import transaction

from switchboard.core.tenancy import workspace_scope
from switchboard.language import readings
from switchboard.language.types import Mode
from switchboard.replies import queries
from switchboard.replies.actions.rulesets import WITHOUT_READINGS, render_patterns
from switchboard.replies.models import Keyword
from switchboard.team.models import Workspace

_AT_ONCE = 1000


def derive_anew() -> int:
    """Make readings anew wherever others made them; return of how many keywords and sets. Running it twice does nothing.

    Without the dictionaries nothing is touched: older readings are better than none.
    """
    now = readings.current_derivation()
    if not now:
        return 0
    done = 0
    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        with workspace_scope(workspace_id):
            done += _derive_draft(workspace_id, now) + _derive_published(workspace_id, now)
    return done


def _derive_draft(workspace_id: int, now: int) -> int:
    old = Keyword.objects.filter(workspace_id=workspace_id).exclude(derivation=now).exclude(mode__in=WITHOUT_READINGS)
    done = 0
    while some := list(old[:_AT_ONCE]):
        for keyword in some:
            keyword.patterns, keyword.derivation = render_patterns(readings.derive_patterns(keyword.text)), now
        done += Keyword.objects.bulk_update(some, ["patterns", "derivation"])
    return done


def _derive_published(workspace_id: int, now: int) -> int:
    """Change the set that answers in its place: it is the same rules, and workers start after a migration."""
    with transaction.atomic():
        latest = queries.find_latest_version(workspace_id, lock=True)
        if latest is None or latest.derivation == now:
            return 0
        # What is empty is left out of a published set.
        for keyword in (keyword for rule in latest.content["rules"] for keyword in rule.get("keywords", ())):
            if keyword["mode"] != Mode.REGEX.value:
                keyword["patterns"] = msgspec.to_builtins(readings.derive_patterns(keyword["text"]))
        latest.derivation = now
        latest.save(update_fields=["content", "derivation"])
    return 1
