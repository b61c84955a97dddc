"""The pool of a broadcast: which numbers can send which language, and how fast each is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q

from switchboard.broadcasts import rules
from switchboard.broadcasts.models import Broadcast
from switchboard.broadcasts.rules import Choice
from switchboard.delivery import queries as delivery_queries
from switchboard.numbers import rules as number_rules
from switchboard.numbers.models import Number, NumberState
from switchboard.numbers.rules import Pace
from switchboard.templates import rules as template_rules
from switchboard.templates.models import Template, TemplateState
from switchboard.templates.types import Shape

# A pace without a limit per second is as fast as its narrowest other limit, spread over that time.
_SECONDS = {"per_minute": 60, "per_hour": 3600, "per_day": 86400}


@dataclass(frozen=True, slots=True)
class Variant:
    """The template in one language in one account."""

    template_id: int
    language: str
    category: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who writes to a person, with what, at which address, and why that number."""

    number_id: int
    variant: Variant
    recipient: str
    why: Choice


@dataclass(frozen=True, slots=True)
class Pool:
    """Numbers in turns for each language, and each number's variant of the template."""

    default_language: str
    # By language, and by language and portfolio for people whom only one portfolio's numbers reach.
    wheels: Mapping[str, tuple[int, ...]]
    variants: Mapping[tuple[int, str], Variant]
    number_ids: tuple[int, ...]
    # Numbers whose account does not have the template approved in any language.
    without_template: tuple[int, ...] = ()
    media_ids: Mapping[int, str] = field(default_factory=dict)
    portfolios: Mapping[int, int] = field(default_factory=dict)
    wheels_of_portfolios: Mapping[tuple[str, int], tuple[int, ...]] = field(default_factory=dict)
    # Numbers that keep the careful pace, whether by themselves or for this broadcast.
    careful_ids: frozenset[int] = frozenset()
    # Numbers that may send right now: nobody is kept with one that was stopped.
    able_ids: frozenset[int] = frozenset()
    # Numbers whose account Meta has restricted: whoever is theirs waits for them.
    restricted_ids: frozenset[int] = frozenset()

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which somebody of the pool can write."""
        return tuple(self.wheels)

    def choose(self, person: rules.Person, last_number_id: int | None = None) -> Chosen | None:
        """Return the number and the variant for one person; None when no number of the pool reaches them.

        :param last_number_id: the number they talked with last, when they are to keep it.
        """
        language = template_rules.pick_language(person.language, self.languages, self.default_language)
        if person.phone:
            return self._choose(person, language, self.wheels[language], last_number_id)
        reachable = [key for key in person.user_ids if (language, key) in self.wheels_of_portfolios]
        if not reachable:
            return None
        kept = self.portfolios.get(last_number_id or 0)
        portfolio_id = kept if kept in reachable else min(reachable)
        return self._choose(person, language, self.wheels_of_portfolios[language, portfolio_id], last_number_id)

    def _choose(
        self, person: rules.Person, language: str, wheel: tuple[int, ...], last_number_id: int | None
    ) -> Chosen:
        if last_number_id in wheel and last_number_id in self.able_ids | self.restricted_ids:
            number_id, why = last_number_id, Choice.STICKY
        else:
            number_id = rules.pick_number(wheel, person.id)
            why = Choice.WEIGHED if len(set(wheel)) > 1 else Choice.ONLY
        recipient = person.phone or person.user_ids[self.portfolios[number_id]]
        return Chosen(number_id, self.variants[number_id, language], recipient, why)


def load_pool(broadcast: Broadcast, now: datetime, media_ids: Mapping[int, str] | None = None) -> Pool:
    """Read the numbers of a broadcast and the approved variants of its template in their accounts."""
    return build_pool(broadcast, list_pool_numbers(broadcast), now, media_ids)


def build_pool(
    broadcast: Broadcast, pool_numbers: Sequence[Number], now: datetime, media_ids: Mapping[int, str] | None = None
) -> Pool:
    """Return the pool that these numbers, each with its account, make up."""
    numbers = {number.pk: number for number in pool_numbers}
    variants = _map_variants(broadcast, numbers.values(), now)
    paces = {key: pace_on(number, broadcast.pace, now.date()) for key, number in numbers.items()}
    weights = _weigh(broadcast.workspace_id, numbers, paces, now)
    languages = sorted({language for _, language in variants})
    portfolios = {key: number.account.portfolio_id for key, number in numbers.items()}
    wheels = {language: _build_wheel(weights, numbers, variants, language) for language in languages}
    usable = {number_id for number_id, _ in variants}
    return Pool(
        default_language=broadcast.template_language
        if broadcast.template_language in wheels
        else next(iter(wheels), ""),
        wheels=wheels,
        variants=variants,
        number_ids=tuple(sorted(usable)),
        without_template=tuple(sorted(set(numbers) - usable)),
        media_ids=dict(media_ids or {}),
        portfolios=portfolios,
        wheels_of_portfolios=_split_by_portfolio(wheels, portfolios),
        careful_ids=frozenset(key for key, pace in paces.items() if is_careful(pace)),
        able_ids=frozenset(key for key, number in numbers.items() if may_send(number)),
        restricted_ids=frozenset(key for key, number in numbers.items() if is_restricted(number)),
    )


def list_pool_numbers(broadcast: Broadcast) -> list[Number]:
    """Return the numbers of a broadcast that still exist."""
    found = Number.objects.filter(workspace_id=broadcast.workspace_id, pk__in=broadcast.number_ids)
    return list(found.select_related("account").order_by("pk"))


def pace_of(number: Number, pace_of_broadcast: str) -> Pace:
    """Return a number's limits for a broadcast, the stricter of its own and the broadcast's, without its warm-up."""
    own = number_rules.pace_of(number.pace, number.pace_overrides, number.throughput)
    return number_rules.stricter(own, number_rules.pace_of(pace_of_broadcast, {}, number.throughput))


def pace_on(number: Number, pace_of_broadcast: str, on: date) -> Pace:
    """Return a number's limits for a broadcast on a day, its warm-up included."""
    pace = pace_of(number, pace_of_broadcast)
    warm_up = number_rules.warm_up_of(number.pace, number.pace_overrides, (on - number.in_use_since).days)
    return number_rules.stricter(pace, Pace(per_day=warm_up)) if warm_up else pace


def is_careful(pace: Pace) -> bool:
    """Tell whether a pace keeps gaps between messages, as the careful one does."""
    return pace.gap_min_seconds > 0


def may_send(number: Number) -> bool:
    """Tell whether nothing stops what the number starts."""
    if number_rules.is_spared(number.state, number.stopped_code, is_started_by_us=True):
        return True
    return number.state == NumberState.CONNECTED and number.stopped_at is None


def is_restricted(number: Number) -> bool:
    """Tell whether Meta has restricted the number's account: its people wait, other numbers do not evade it."""
    return number.stopped_code in number_rules.ACCOUNT_RESTRICTIONS and not may_send(number)


def rate_of(pace: Pace) -> float:
    """Return messages per second, for turns only: the sender keeps to the exact limits."""
    limits = [pace.per_second] + [
        limit / seconds for name, seconds in _SECONDS.items() if (limit := getattr(pace, name)) is not None
    ]
    return float(min(limit for limit in limits if limit is not None))


def _map_variants(broadcast: Broadcast, numbers: Iterable[Number], now: datetime) -> dict[tuple[int, str], Variant]:
    pool = list(numbers)
    by_account: dict[int, list[Variant]] = {}
    for template in _list_variants(broadcast, {number.account_id for number in pool}, now):
        by_account.setdefault(template.account_id, []).append(_as_variant(template))
    return {
        (number.pk, variant.language): variant for number in pool for variant in by_account.get(number.account_id, ())
    }


def _weigh(
    workspace_id: int, numbers: Mapping[int, Number], paces: Mapping[int, Pace], now: datetime
) -> dict[int, float]:
    """Return each number's weight; those that may not send are left out where others may, restricted ones never."""
    spent = delivery_queries.map_sent_of_day(workspace_id, list(numbers), now)
    senders = {
        key: rules.Sender(
            rate=rate_of(paces[key]),
            quality=number.quality,
            days_in_use=(now.date() - number.in_use_since).days + 1,
            left=1.0 - spent.get(key, 0) / day if (day := paces[key].per_day) else 1.0,
            may_send=may_send(number) or is_restricted(number),
        )
        for key, number in numbers.items()
    }
    return rules.weigh_senders(senders) if senders else {}


def _build_wheel(
    weights: Mapping[int, float],
    numbers: Mapping[int, Number],
    variants: Mapping[tuple[int, str], Variant],
    language: str,
) -> tuple[int, ...]:
    """Return the turns of the numbers that can write a language; stopped ones only where no other can."""
    able = {key: weights[key] for key in numbers if (key, language) in variants and key in weights}
    return rules.build_wheel(able or {key: 1.0 for key in numbers if (key, language) in variants})


def _split_by_portfolio(
    wheels: Mapping[str, tuple[int, ...]], portfolios: Mapping[int, int]
) -> dict[tuple[str, int], tuple[int, ...]]:
    parts: dict[tuple[str, int], list[int]] = {}
    for language, wheel in wheels.items():
        for number_id in wheel:
            parts.setdefault((language, portfolios[number_id]), []).append(number_id)
    return {key: tuple(part) for key, part in parts.items()}


def _list_variants(broadcast: Broadcast, account_ids: set[int], now: datetime) -> Sequence[Template]:
    """Return the approved variants, and those that only Meta's measures against their account pause.

    The latter keep their share, and its people wait: another account must not step in for a restricted one.
    """
    own = Template.objects.filter(
        workspace_id=broadcast.workspace_id, account_id__in=account_ids, name=broadcast.template_name
    )
    waiting = Q(state=TemplateState.PAUSED, paused_until__gt=now)
    found = own.filter(Q(state=TemplateState.APPROVED) | waiting)
    return list(found.order_by("account_id", "language"))


def _as_variant(template: Template) -> Variant:
    shape = template_rules.parse_shape(template.components, template.parameter_format)
    return Variant(template.pk, template.language, template.category, shape)
