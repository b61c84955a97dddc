"""What the review says: who gets the broadcast, who does not and why, when it ends, what it costs."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from switchboard.broadcasts import estimate, queries
from switchboard.broadcasts.estimate import Cost, Estimate, Reach
from switchboard.broadcasts.outlook import Outlook, Play
from switchboard.core import clock
from switchboard.numbers import fleet
from switchboard.web import formats, words

_HOURS_SHOWN = 72


def describe(broadcast: Any) -> dict[str, Any]:
    """Return reach, range, load, budgets and cost of a broadcast that has not started."""
    now = clock.now()
    category = queries.get_category(broadcast)
    found = estimate.estimate_broadcast(broadcast, category, now)
    numbers = fleet.list_numbers(broadcast.workspace_id, ids=broadcast.number_ids)
    start_at = max(broadcast.scheduled_at or now, now)
    return {
        "reach": found.reach,
        "losses": _losses(found.reach),
        "category": category,
        "estimate": found,
        "numbers": numbers,
        "length": _length(found.look, start_at),
        "finish": say_range(found.look) if found.look else "",
        "limit": _say_limit(found.look, len(numbers)),
        "hours": _hours(found.look.early) if found.look else [],
        "loads": _loads(found.look.early, numbers) if found.look else [],
        "proposal": found.propose_hours(start_at) if found.is_too_slow else None,
        "cost": _say_cost(found.cost),
        "turns_cost": found.turns_cost.total_seconds(),
        "checks": _checks(found),
    }


def _losses(reach: Reach) -> list[dict[str, Any]]:
    """Return everybody who will not get it, by reason."""
    reasons = (
        (reach.opted_out, _("Opted out")),
        (reach.no_basis, _("No consent for this category")),
        (reach.no_address, _("No phone number")),
        (reach.unreachable, _("WhatsApp could not deliver to them lately")),
        (reach.region, _("Marketing is not delivered in their country")),
    )
    return [{"count": count, "sentence": sentence} for count, sentence in reasons if count]


def _length(look: Outlook | None, start_at: datetime) -> float | None:
    if look is None or look.early.finish_at is None:
        return None
    return (look.early.finish_at - start_at).total_seconds()


def say_range(look: Outlook) -> str:
    """Return between when and when the last message leaves."""
    early, late = look.early.finish_at, look.late.finish_at
    if early is None:
        return _("Not finished within three weeks")
    if late is None:
        return _("Finishes %(time)s at the earliest") % {"time": formats.render_moment(early)}
    first, last = formats.render_moment(early), formats.render_moment(late)
    if first == last:
        return _("Finishes about %(time)s") % {"time": first}
    return _("Finishes between %(first)s and %(last)s") % {"first": first, "last": last}


def _say_limit(look: Outlook | None, numbers: int) -> str:
    return words.say_limit(look.early.limit, look.early.figure, numbers) if look else ""


def _hours(play: Play) -> list[dict[str, Any]]:
    """Return the load of each hour, for a line and a table."""
    rows = sorted(play.hours.items())[:_HOURS_SHOWN]
    return [{"label": _label(hour, play.start_at), "count": round(amount)} for hour, amount in rows]


def _label(hour: datetime, start_at: datetime) -> str:
    local = timezone.localtime(max(hour, start_at.replace(minute=0, second=0, microsecond=0)))
    return formats.render_moment(local)


def _loads(play: Play, numbers: list[Any]) -> list[dict[str, Any]]:
    """Return what each number will send, in all and in its busiest hour."""
    return [
        {
            "number": number,
            "count": round(play.by_number.get(number.pk, 0)),
            "busiest": round(play.busiest.get(number.pk, 0)),
        }
        for number in numbers
    ]


def _say_cost(cost: Cost | None) -> dict[str, Any] | None:
    if cost is None:
        return None
    least, most = (formats.render_money(amount, cost.currency) for amount in (cost.least, cost.most))
    markets = [
        {"name": words.say_market(market), "count": count, "amount": formats.render_money(amount, cost.currency)}
        for market, (count, amount) in sorted(cost.by_market.items(), key=lambda item: -item[1][0])
    ]
    return {"least": least, "most": most, "markets": markets, "without_price": cost.without_price}


def _checks(found: Estimate) -> list[str]:
    """Return what the author ought to know before starting, as sentences."""
    said = []
    if found.may_be_paced:
        said.append(
            _(
                "WhatsApp may send the first part of a new marketing template and hold the rest until people's reactions "
                "are in, mostly within an hour. Held messages are shown apart within “sent”."
            )
        )
    said.extend(
        _("%(portfolio)s may still reach %(left)s people in 24 hours; this broadcast adds %(adds)s.")
        % {
            "portfolio": budget.name,
            "left": formats.render_count(max(0, budget.limit - budget.used)),
            "adds": formats.render_count(budget.adds),
        }
        for budget in found.budgets
    )
    return said
