"""Pools of codes that answers give away, one a person."""

from collections.abc import Iterable

from django.db import transaction

from switchboard.replies import errors
from switchboard.replies.models import Coupon, CouponPool

_LONGEST_CODE = 100


def ensure_pool(*, workspace_id: int, name: str) -> CouponPool:
    """Return the pool of this name, made if it does not exist."""
    pool, _created = CouponPool.objects.get_or_create(workspace_id=workspace_id, name=name.strip()[:60])
    return pool


def add_coupons(*, workspace_id: int, pool_name: str, codes: Iterable[str]) -> int:
    """Put codes into a pool and return how many were new.

    :raises CouponsEmptyError: there is no code among them.
    """
    wanted = [code.strip()[:_LONGEST_CODE] for code in codes if code.strip()]
    if not wanted:
        raise errors.CouponsEmptyError
    with transaction.atomic():
        pool = ensure_pool(workspace_id=workspace_id, name=pool_name)
        before = Coupon.objects.filter(workspace_id=workspace_id, pool=pool).count()
        rows = [Coupon(workspace_id=workspace_id, pool=pool, code=code) for code in dict.fromkeys(wanted)]
        Coupon.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
        return Coupon.objects.filter(workspace_id=workspace_id, pool=pool).count() - before
