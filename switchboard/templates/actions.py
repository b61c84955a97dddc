"""Templates are read from Meta; files for their headers are kept here and uploaded there.

`sync_templates` and `ensure_uploads` talk to Meta between scopes of their own; call `add_asset` inside
`core.tenancy.workspace_scope`.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from switchboard.cloudapi import errors as cloud_errors
from switchboard.cloudapi import sync as cloud
from switchboard.cloudapi.client import CloudClient, TemplateInfo
from switchboard.core import statements
from switchboard.core.tenancy import workspace_scope
from switchboard.numbers import actions as numbers_actions
from switchboard.numbers import queries as numbers_queries
from switchboard.numbers.models import Account, Number
from switchboard.templates import media, queries, wire
from switchboard.templates.errors import AssetRefusedError, SyncFailedError
from switchboard.templates.models import Asset, Template, TemplateState, Upload
from switchboard.templates.store import UNTIL_READ

UPLOAD_LIFETIME = timedelta(days=30)
DELETED = "DELETED"
_UPLOADS_AT_ONCE = 8


def sync_templates(
    *,
    workspace_id: int,
    account_id: int,
    now: datetime,
    is_by_person: bool = False,
    call: numbers_actions.Call = cloud.call,
) -> list[Template]:
    """Read an account's templates from Meta. One that Meta no longer lists stays, as not usable.

    :param is_by_person: somebody has looked and lets go on what waits for that, after a violation for one.
    :raises SyncRefusedError: Meta refused, for instance the token; the account keeps the reason.
    :raises numbers.errors.SyncFailedError: Meta could not be reached; the account keeps the reason.
    """
    with workspace_scope(workspace_id):
        account = numbers_queries.get_account(workspace_id, account_id)
        token, secret = numbers_queries.read_token(account), numbers_queries.read_proof_secret(account)
    answer = call(token, lambda api: api.list_templates(account.meta_id), app_secret=secret)
    if not isinstance(answer, list):
        raise numbers_actions.note_sync_failure(workspace_id=workspace_id, account_id=account_id, failure=answer)
    with workspace_scope(workspace_id):
        if is_by_person:
            _waiting(account, UNTIL_READ).update(paused_until=None)
        _store_templates(account, answer, now)
        error = account.sync_error if _waiting(account, UNTIL_READ).exists() else ""
        Account.objects.filter(workspace_id=workspace_id, pk=account_id).update(sync_error=error, synced_at=now)
        statements.notify_live(workspace_id, ["templates"])
        return list(
            Template.objects.filter(workspace_id=workspace_id, account_id=account_id).order_by("name", "language")
        )


def _store_templates(account: Account, listed: Sequence[TemplateInfo], now: datetime) -> None:
    rows = {(info.name, info.language): _as_row(account, info, now) for info in listed}
    _keep_paused(account, rows, now)
    Template.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["workspace", "account_id", "name", "language"],
        update_fields=[
            "meta_id",
            "category",
            "state",
            "rejected_reason",
            "quality",
            "parameter_format",
            "components",
            "synced_at",
        ],
    )
    unlisted = Template.objects.filter(workspace_id=account.workspace_id, account_id=account.pk, synced_at__lt=now)
    unlisted.update(state=TemplateState.OTHER, rejected_reason=DELETED, synced_at=now)


def _keep_paused(account: Account, rows: dict[tuple[str, str], Template], now: datetime) -> None:
    """Leave what a restriction of the account pauses paused: Meta lists it as approved all the same."""
    for name, language, reason in _waiting(account, now, is_after=True).values_list(
        "name", "language", "rejected_reason"
    ):
        row = rows.get((name, language))
        if row is not None and row.state == TemplateState.APPROVED:
            row.state, row.rejected_reason = TemplateState.PAUSED, reason


def _waiting(account: Account, until: datetime, *, is_after: bool = False) -> QuerySet[Template]:
    """Return what is paused by us until exactly that moment, or beyond it."""
    own = Template.objects.filter(workspace_id=account.workspace_id, account_id=account.pk, state=TemplateState.PAUSED)
    return own.filter(paused_until__gt=until) if is_after else own.filter(paused_until=until)


def _as_row(account: Account, info: TemplateInfo, now: datetime) -> Template:
    return Template(
        workspace_id=account.workspace_id,
        account_id=account.pk,
        meta_id=info.id,
        name=info.name,
        language=info.language,
        category=wire.parse_category(info.category),
        state=wire.parse_state(info.status),
        rejected_reason=wire.parse_reason(info),
        quality=info.quality.lower()[:8],
        parameter_format=info.parameter_format.lower() or "positional",
        components=info.components,
        synced_at=now,
    )


def add_asset(*, workspace_id: int, file_name: str, content: bytes, now: datetime) -> Asset:
    """Keep a file for headers; the same bytes are kept once.

    :raises AssetRefusedError: WhatsApp would not show it.
    """
    kind = media.sniff_media(content)
    asset, _ = Asset.objects.get_or_create(
        workspace_id=workspace_id,
        sha256=hashlib.sha256(content).hexdigest(),
        defaults={
            "file_name": file_name.strip()[-255:] or "file",
            "mime": kind.mime,
            "content": content,
            "created_at": now,
        },
    )
    return asset


@dataclass(frozen=True, slots=True)
class _Errand:
    """The numbers of one account that still lack a file, and what its calls are made with."""

    token: str
    app_secret: str
    numbers: tuple[Number, ...]


def ensure_uploads(
    *,
    workspace_id: int,
    asset_id: int,
    number_ids: Iterable[int],
    now: datetime,
    call: numbers_actions.Call = cloud.call,
) -> dict[int, str]:
    """Have a file at Meta for each of these numbers, good for days to come; return the media ids by number.

    What could be uploaded is kept even when the rest fails, so that the next attempt is shorter.

    :raises SyncFailedError: Meta could not be reached for some; try again.
    :raises AssetRefusedError: Meta refused it for some; the sentence names the numbers.
    """
    wanted = sorted(set(number_ids))
    with workspace_scope(workspace_id):
        asset = queries.get_asset(workspace_id, asset_id)
        held = queries.map_media_ids(workspace_id, asset_id, now)
        errands = _plan_errands(workspace_id, [number_id for number_id in wanted if number_id not in held])
    failures: dict[str, cloud_errors.Failure] = {}
    for errand in errands:
        for number, answer in call(errand.token, _upload_to(errand.numbers, asset), app_secret=errand.app_secret):
            if isinstance(answer, str):
                held[number.pk] = answer
                _keep_upload(workspace_id, asset_id, number.pk, answer, now)
            else:
                failures[str(number)] = answer
    _raise_failures(failures)
    return {number_id: held[number_id] for number_id in wanted if number_id in held}


def _plan_errands(workspace_id: int, number_ids: Sequence[int]) -> list[_Errand]:
    by_account: dict[int, list[Number]] = {}
    numbers = Number.objects.filter(workspace_id=workspace_id, pk__in=number_ids).select_related("account__app")
    for number in numbers.order_by("account_id", "id"):
        by_account.setdefault(number.account_id, []).append(number)
    return [_plan_errand(group[0].account, group) for group in by_account.values()]


def _plan_errand(account: Account, numbers: Sequence[Number]) -> _Errand:
    token, secret = numbers_queries.read_token(account), numbers_queries.read_proof_secret(account)
    return _Errand(token, secret, tuple(numbers))


def _upload_to(
    numbers: Sequence[Number], asset: Asset
) -> Callable[[CloudClient], Awaitable[list[tuple[Number, str | cloud_errors.Failure]]]]:
    content = bytes(asset.content)

    async def work(api: CloudClient) -> list[tuple[Number, str | cloud_errors.Failure]]:
        room = asyncio.Semaphore(_UPLOADS_AT_ONCE)

        async def upload(number: Number) -> tuple[Number, str | cloud_errors.Failure]:
            async with room:
                return number, await api.upload_media(
                    number.meta_id, content=content, mime=asset.mime, file_name=asset.file_name
                )

        async with asyncio.TaskGroup() as tasks:
            started = [tasks.create_task(upload(number)) for number in numbers]
        return [task.result() for task in started]

    return work


def _keep_upload(workspace_id: int, asset_id: int, number_id: int, media_id: str, now: datetime) -> None:
    with workspace_scope(workspace_id):
        Upload.objects.update_or_create(
            workspace_id=workspace_id,
            asset_id=asset_id,
            number_id=number_id,
            defaults={"media_id": media_id, "expires_at": now + UPLOAD_LIFETIME},
        )


def _raise_failures(failures: dict[str, Any]) -> None:
    """Raise what went wrong: a refusal before an outage, because waiting does not mend it."""
    refused = {name: one for name, one in failures.items() if isinstance(one, cloud_errors.CloudError)}
    lasting = {name: one for name, one in refused.items() if not one.outcome.delays}
    if lasting:
        name, failure = next(iter(lasting.items()))
        others = f" and {len(lasting) - 1} more" if len(lasting) > 1 else ""
        raise AssetRefusedError(
            f"Meta did not take the header's file for {name}{others}: {cloud_errors.describe(failure)}"
        )
    if failures:
        raise SyncFailedError(cloud_errors.describe(next(iter(failures.values()))))
