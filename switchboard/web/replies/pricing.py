"""What answers cost, in words."""

from decimal import Decimal

from django.utils.translation import gettext as _

from switchboard.cloudapi.pricing import FREE_SERVICE_MESSAGES
from switchboard.replies.costs import Costs
from switchboard.replies.types import Rung
from switchboard.web import formats, words


def say_amount(amount: Decimal | None, currency: str) -> str:
    """Return money, and nothing where nothing was charged."""
    return formats.render_money(amount, currency) if amount else ""


def say_month(spent: Costs) -> str:
    """Return what all service messages of the month cost so far."""
    delivered = sum(use.delivered for use in spent.numbers)
    beyond = sum(use.beyond for use in spent.numbers)
    said = {"delivered": formats.render_count(delivered), "beyond": formats.render_count(beyond)}
    if not beyond:
        return _("%(delivered)s service messages this month, all of them free.") % said
    if spent.total is None:
        return _("%(delivered)s service messages this month, %(beyond)s of them charged.") % said
    said["amount"] = formats.render_money(spent.total, spent.currency)
    return _("%(delivered)s service messages this month, %(beyond)s of them charged: %(amount)s.") % said


def say_base(spent: Costs) -> str:
    """Return what these figures rest on."""
    free, market = formats.render_count(FREE_SERVICE_MESSAGES), words.say_market(spent.market)
    if spent.price is None:
        sentence = _("%(free)s a month are free for each number. No price in %(currency)s is known for %(market)s.")
        return sentence % {"free": free, "currency": spent.currency, "market": market}
    sentence = _(
        "%(free)s a month are free for each number; each one beyond is taken at the price of %(market)s, %(price)s."
    )
    return sentence % {"free": free, "market": market, "price": formats.render_money(spent.price, spent.currency)}


def say_layer(spent: Costs, rung: Rung, rule_id: int, place: int) -> str:
    """Return what a layer costs each time beyond the free messages, and what it cost this month."""
    price = spent.price_of(rung)
    if not price:
        return ""
    said = {"price": formats.render_money(price, spent.currency)}
    amount = say_amount(spent.by_rung.get((rule_id, place)), spent.currency)
    if not amount:
        return _("%(price)s each time beyond the free messages.") % said
    return _("%(price)s each time beyond the free messages; %(amount)s this month.") % {**said, "amount": amount}
