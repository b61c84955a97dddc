"""From the draft to what answers: a numbered version, whole, of which every worker hears at once."""

from datetime import datetime

import msgspec
from django.db import transaction
from django.db.models import Min

from switchboard.core import statements
from switchboard.language import readings
from switchboard.replies import checking, errors, queries
from switchboard.replies.actions.rulesets import WITHOUT_READINGS
from switchboard.replies.models import Keyword, Settings, Version
from switchboard.replies.statements import SQL_NOTIFY_RULES
from switchboard.replies.types import Settings as SettingsDraft
from switchboard.replies.types import encode_set

_LARGEST = 8 * 1024 * 1024


def publish(*, workspace_id: int, by: str, now: datetime) -> Version:
    """Have the draft answer from now on; workers swap it in within a second, the old set answering meanwhile.

    :raises NoWayToAPersonError: nothing in it leads to a person.
    :raises NothingToPublishError: it is what answers already.
    :raises RuleTooLargeError: it is too large.
    """
    with transaction.atomic():
        draft = queries.build_draft(workspace_id)
        checking.check_set(draft)
        content = encode_set(draft)
        if len(msgspec.json.encode(content)) > _LARGEST:
            raise errors.RuleTooLargeError
        latest = queries.find_latest_version(workspace_id, lock=True)
        if latest is not None and latest.content == msgspec.json.decode(msgspec.json.encode(content)):
            raise errors.NothingToPublishError
        version = Version.objects.create(
            workspace_id=workspace_id,
            number=latest.number + 1 if latest else 1,
            content=content,
            derivation=_oldest_derivation(workspace_id),
            published_at=now,
            published_by=by[:64],
        )
        statements.fetch(SQL_NOTIFY_RULES, {"workspace": str(workspace_id)})
        statements.notify_live(workspace_id, ["replies"])
    return version


def _oldest_derivation(workspace_id: int) -> int:
    kept = Keyword.objects.filter(workspace_id=workspace_id).exclude(mode__in=WITHOUT_READINGS)
    oldest: int | None = kept.aggregate(oldest=Min("derivation"))["oldest"]
    return readings.current_derivation() if oldest is None else oldest


def save_settings(*, workspace_id: int, settings: SettingsDraft, now: datetime) -> None:
    """Save how a workspace answers; it takes effect when it is published.

    :raises DelayError: the delay cannot be kept.
    """
    checking.check_settings(settings)
    values = {"content": msgspec.to_builtins(settings), "changed_at": now}
    Settings.objects.update_or_create(workspace_id=workspace_id, defaults=values)
