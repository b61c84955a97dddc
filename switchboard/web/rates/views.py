"""Prices by market and category: Meta's list, with the workspace's own in their place."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from switchboard.cloudapi import pricing
from switchboard.numbers import actions, prices
from switchboard.numbers.errors import WrongPriceError
from switchboard.team.rules import Right
from switchboard.web import words
from switchboard.web.rights import ConsoleRequest, needs

_COLUMNS = (pricing.MARKETING, pricing.UTILITY, pricing.SERVICE, pricing.AUTHENTICATION)


@require_GET
def show_rates(request: ConsoleRequest) -> HttpResponse:
    """Show the prices in one currency."""
    return _show(request, _currency(request, request.GET.get("currency", "")), {}, {})


@require_POST
@needs(Right.MANAGE)
def save_rates(request: ConsoleRequest) -> HttpResponse:
    """Keep the prices that differ from the list."""
    currency = _currency(request, request.POST.get("currency", ""))
    amounts, typed, faults = _read(request)
    if not faults:
        try:
            actions.set_rates(workspace_id=request.member.workspace_id, currency=currency, amounts=amounts)
        except WrongPriceError as error:
            faults = {("", ""): _(error.message)}
        else:
            messages.success(request, _("The prices hold for every estimate from now on."))
            return redirect(f"{reverse('rates:list')}?currency={currency}")
    return _show(request, currency, typed, faults, 422)


def _currency(request: ConsoleRequest, wanted: str) -> str:
    return wanted if wanted in pricing.CURRENCIES else prices.list_currencies(request.member.workspace_id)[0]


def _read(
    request: ConsoleRequest,
) -> tuple[dict[tuple[str, str], Decimal | None], dict[tuple[str, str], str], dict[tuple[str, str], str]]:
    """Return the amounts, the cells as typed, and the cells that are no price."""
    amounts: dict[tuple[str, str], Decimal | None] = {}
    typed: dict[tuple[str, str], str] = {}
    faults: dict[tuple[str, str], str] = {}
    for market in pricing.MARKETS:
        for category in _COLUMNS:
            text = request.POST.get(f"{market}:{category}")
            if text is None:
                continue
            key = (market, category)
            typed[key] = text
            try:
                amounts[key] = _parse(text)
            except (InvalidOperation, WrongPriceError):
                faults[key] = _(WrongPriceError().message)
    return amounts, typed, faults


def _parse(text: str) -> Decimal | None:
    """Return an amount with a point or a comma before its decimals; None for an empty cell.

    :raises InvalidOperation: it is no number.
    :raises WrongPriceError: it is negative or has no end.
    """
    tidy = text.strip().replace(",", ".")
    if not tidy:
        return None
    amount = Decimal(tidy)
    if not amount.is_finite() or amount < 0:
        raise WrongPriceError
    return amount


def _show(
    request: ConsoleRequest,
    currency: str,
    typed: dict[tuple[str, str], str],
    faults: dict[tuple[str, str], str],
    status: int = 200,
) -> HttpResponse:
    card = prices.load_card(request.member.workspace_id, currency)
    rows = [
        {"name": words.say_market(market), "cells": [_cell(card, market, one, typed, faults) for one in _COLUMNS]}
        for market in pricing.MARKETS
    ]
    context = {
        "rows": sorted(rows[: -len(words.list_regions())], key=lambda row: str(row["name"]))
        + rows[-len(words.list_regions()) :],
        "columns": [words.CATEGORIES[one] for one in _COLUMNS],
        "currency": currency,
        "currencies": pricing.CURRENCIES,
        "has_list": currency in pricing.CURRENCIES_WITH_LIST,
        "faults": sorted(set(faults.values())),
        "free": pricing.FREE_SERVICE_MESSAGES,
    }
    return render(request, "rates/list.html", context, status=status)


def _cell(
    card: prices.RateCard,
    market: str,
    category: str,
    typed: dict[tuple[str, str], str],
    faults: dict[tuple[str, str], str],
) -> dict[str, Any]:
    key = (market, category)
    own = card.own.get(key)
    return {
        "name": f"{market}:{category}",
        "label": f"{words.say_market(market)}, {words.CATEGORIES[category]}",
        "value": typed.get(key, f"{own.normalize():f}" if own is not None else ""),
        "usual": pricing.list_price(card.currency, market, category) or "",
        "is_wrong": key in faults,
    }
