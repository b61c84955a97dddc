"""What an order and an event must be, and what orders say of a person: pure decisions."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from switchboard.contacts import fields
from switchboard.contacts.fields import Definition

# A shop's clock may be a little fast.
_FUTURE_ALLOWED = timedelta(minutes=10)
_LARGEST = Decimal(10) ** 12
LONGEST_ID = 120
LONGEST_NAME = 60
MOST_ITEMS = 500
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?")

NO_ID = "The order has no id. Give the shop's own id of it, so that it is recorded once."
NEGATIVE = "The total is negative. Record the order with what was paid, and what was given back as a refund."
NO_TOTAL = "The total is no amount of money."
NO_CURRENCY = "The currency is missing. Write it in three letters, for instance JPY."
OTHER_CURRENCY = "The total is in another currency than the row says."
FUTURE = "The date is in the future; an order counts when it was made."
NO_DATE = "The date is missing or no date. Write it as 2026-03-31 or 2026-03-31 14:05."
TOO_MANY_ITEMS = "The order has more than 500 items. Record it in parts."
TOO_LARGE = "The total is larger than any order can be."
NO_NAME = "The event has no name. Call it what the person did, for instance registered."
EVENT_FUTURE = "The date is in the future; an event counts when it has happened."
NO_EVENT_ID = "The event has no id. Give the sender's own id of it, so that it is recorded once."
NO_PERSON = "Nobody in this workspace has that number, address or id. Import the person first, then the order."
DIFFERS = "There is an order with this id already, and it says something else. Correct one of the two."
TOO_MUCH_BACK = "More would be given back than was paid."
NO_AMOUNT = "A refund is an amount above zero."


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order as it is told."""

    external_id: str
    total: Decimal
    currency: str
    at: datetime
    number: str = ""
    items: tuple[Mapping[str, object], ...] = ()
    refunded: Decimal = Decimal(0)


def refuse_order(order: NewOrder, now: datetime) -> str:
    """Return why an order cannot be recorded, in one sentence; empty when it can."""
    checks = (
        (not order.external_id.strip() or len(order.external_id) > LONGEST_ID, NO_ID),
        (order.total < 0, NEGATIVE),
        (order.total >= _LARGEST, TOO_LARGE),
        (not re.fullmatch(r"[A-Z]{3}", order.currency), NO_CURRENCY),
        (order.at > now + _FUTURE_ALLOWED, FUTURE),
        (len(order.items) > MOST_ITEMS, TOO_MANY_ITEMS),
        (order.refunded < 0, NO_AMOUNT),
        (order.refunded > order.total, TOO_MUCH_BACK),
    )
    return next((sentence for is_wrong, sentence in checks if is_wrong), "")


def refuse_event(name: str, external_id: str, at: datetime, now: datetime) -> str:
    """Return why an event cannot be recorded; empty when it can."""
    if not name.strip() or len(name) > LONGEST_NAME:
        return NO_NAME
    if not external_id.strip() or len(external_id) > LONGEST_ID:
        return NO_EVENT_ID
    return EVENT_FUTURE if at > now + _FUTURE_ALLOWED else ""


@dataclass(frozen=True, slots=True)
class Sums:
    """What a person's orders come to."""

    count: int
    total: Decimal
    currency: str
    first_at: datetime
    last_at: datetime
    interval_days: float | None


def find_interval(count: int, first_at: datetime, last_at: datetime) -> float | None:
    """Return the mean distance in days between so many orders; none with fewer than two."""
    return round((last_at - first_at).total_seconds() / 86400 / (count - 1), 3) if count > 1 else None


# ── rows of a file ───────────────────────────────────────────────────────────────────────────────

_HEADINGS: dict[str, tuple[str, ...]] = {
    "person": ("phone", "phonenumber", "mobile", "email", "customer", "contact", "電話番号", "携帯電話番号", "電話", "メールアドレス", "手机号", "手机", "手机号码", "电话", "邮箱"),
    "external_id": ("id", "orderid", "externalid", "eventid", "注文id", "受注番号", "订单id", "订单编号"),
    "number": ("number", "ordernumber", "orderno", "注文番号", "订单号"),
    "items": ("items", "products", "item", "product", "商品", "商品名", "明細", "商品名称"),
    "total": ("total", "amount", "sum", "合計", "金額", "合計金額", "お支払い金額", "总额", "金额", "总价", "实付金额"),
    "currency": ("currency", "通貨", "币种", "货币"),
    "at": ("at", "date", "orderdate", "createdat", "time", "日時", "注文日", "注文日時", "日付", "日期", "下单时间", "时间", "下单日期"),
    "refunded": ("refunded", "refund", "返金", "返金額", "退款", "退款金额"),
    "name": ("event", "name", "eventname", "action", "イベント", "行動", "事件", "行为"),
}  # fmt: skip
ORDER_TARGETS = ("person", "external_id", "number", "items", "total", "currency", "at", "refunded")
EVENT_TARGETS = ("person", "name", "external_id", "at")
NEEDED = {"orders": ("person", "external_id", "total", "at"), "events": ("person", "name", "at")}


def suggest_mapping(kind: str, columns: Sequence[str]) -> dict[str, str]:
    """Return what each column of a file of orders or events probably is; nothing where nobody can tell."""
    targets = ORDER_TARGETS if kind == "orders" else EVENT_TARGETS
    mapping: dict[str, str] = {}
    for column in columns:
        heading = re.sub(r"[\s_\-./()（）:：*#]+", "", unicodedata.normalize("NFKC", column).casefold())
        found = next((target for target in targets if heading in _HEADINGS[target]), "")
        mapping[column] = found if found not in mapping.values() else ""
    return mapping


def parse_moment(text: str, zone: ZoneInfo, country: str) -> datetime | None:
    """Return the moment that a cell names, in the workspace's zone unless it says another; a day is its noon."""
    text = unicodedata.normalize("NFKC", text).strip()
    if _MOMENT.fullmatch(text):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            # The shape of a moment, and a thirteenth month.
            return None
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=zone).astimezone(UTC)
    day = fields.parse_date(text, country)
    clock = re.search(r"[T\s](\d{1,2}):(\d{2})", text)
    if day is None:
        return None
    at = time(min(23, int(clock[1])), min(59, int(clock[2]))) if clock else time(12)
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def parse_order(cells: Mapping[str, str], *, zone: ZoneInfo, country: str, currency: str) -> NewOrder | str:
    """Return the order of a row, or the sentence that says why there is none."""
    at = parse_moment(cells.get("at", ""), zone, country)
    if at is None:
        return NO_DATE
    written = cells.get("currency", "").strip().upper() or currency
    amounts = []
    for target in ("total", "refunded"):
        text = cells.get(target, "").strip() or ("0" if target == "refunded" else "")
        value, reason = fields.parse_value(Definition(target, fields.MONEY, currency=written), text, country)
        if reason == fields.OTHER_CURRENCY:
            return OTHER_CURRENCY
        if not isinstance(value, int | float):
            return NO_TOTAL
        if abs(value) >= _LARGEST:
            return TOO_LARGE
        # As the database keeps it, so that the same order told again is the same.
        amounts.append(Decimal(str(value)).quantize(Decimal("0.01")))
    names = [part.strip() for part in re.split(r"[;；、\n|]", cells.get("items", "")) if part.strip()]
    return NewOrder(
        external_id=cells.get("external_id", "").strip(),
        number=cells.get("number", "").strip()[:60],
        items=tuple({"name": name[:200]} for name in names),
        total=amounts[0],
        refunded=amounts[1],
        currency=written,
        at=at,
    )
