"""Pools of codes that answers give away, one a person."""

from collections.abc import Iterable

from django.db import transaction

from switchboard.replies import errors
from switchboard.replies.models import Coupon, CouponPool

_LONGEST_CODE = 100
_LONGEST_NAME = 60


def ensure_pool(*, workspace_id: int, name: str) -> CouponPool:
    """Return the pool of this name, made if it does not exist.

    :raises CouponPoolNameError: no variable could name it.
    """
    name = name.strip()
    if not name or len(name) > _LONGEST_NAME or set(name) & set("{}|:\n"):
        raise errors.CouponPoolNameError(field="name")
    pool, _created = CouponPool.objects.get_or_create(workspace_id=workspace_id, name=name)
    return pool


def add_coupons(*, workspace_id: int, pool_name: str, codes: Iterable[str]) -> int:
    """Put codes into a pool and return how many were new.

    :raises CouponsEmptyError: there is no code among them.
    :raises CouponTooLongError: one of them is too long to be a code.
    :raises CouponPoolNameError: no variable could name the pool.
    """
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    if not wanted:
        raise errors.CouponsEmptyError(field="codes")
    for code in wanted:
        if len(code) > _LONGEST_CODE:
            raise errors.CouponTooLongError(code[:20], _LONGEST_CODE)
    with transaction.atomic():
        pool = ensure_pool(workspace_id=workspace_id, name=pool_name)
        before = Coupon.objects.filter(workspace_id=workspace_id, pool=pool).count()
        rows = [Coupon(workspace_id=workspace_id, pool=pool, code=code) for code in wanted]
        Coupon.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
        return Coupon.objects.filter(workspace_id=workspace_id, pool=pool).count() - before
