"""The pool of a broadcast: which numbers can send which language, and how fast each is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from switchboard.broadcasts import rules
from switchboard.broadcasts.models import Broadcast
from switchboard.numbers import rules as number_rules
from switchboard.numbers.models import Number
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
class Pool:
    """Numbers in turns for each language, and each number's variant of the template."""

    default_language: str
    wheels: Mapping[str, tuple[int, ...]]
    variants: Mapping[tuple[int, str], Variant]
    number_ids: tuple[int, ...]
    # Numbers whose account does not have the template approved in any language.
    without_template: tuple[int, ...] = ()
    media_ids: Mapping[int, str] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which somebody of the pool can write."""
        return tuple(self.wheels)

    def choose(self, person: rules.Person) -> tuple[int, Variant]:
        """Return the number and the variant for one person."""
        language = template_rules.pick_language(person.language, self.languages, self.default_language)
        number_id = rules.pick_number(self.wheels[language], person.id)
        return number_id, self.variants[number_id, language]


def load_pool(broadcast: Broadcast, media_ids: Mapping[int, str] | None = None) -> Pool:
    """Read the numbers of a broadcast and the approved variants of its template in their accounts."""
    numbers = {number.pk: number for number in list_pool_numbers(broadcast)}
    by_account: dict[int, list[Variant]] = {}
    for template in _list_variants(broadcast, {number.account_id for number in numbers.values()}):
        by_account.setdefault(template.account_id, []).append(_as_variant(template))
    variants = {
        (number.pk, variant.language): variant
        for number in numbers.values()
        for variant in by_account.get(number.account_id, ())
    }
    languages = sorted({language for _, language in variants})
    rates = {number.pk: _rate(number, broadcast.pace) for number in numbers.values()}
    wheels = {
        language: rules.build_wheel(
            {number_id: rate for number_id, rate in rates.items() if (number_id, language) in variants}
        )
        for language in languages
    }
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
    )


def list_pool_numbers(broadcast: Broadcast) -> list[Number]:
    """Return the numbers of a broadcast that still exist."""
    found = Number.objects.filter(workspace_id=broadcast.workspace_id, pk__in=broadcast.number_ids)
    return list(found.order_by("pk"))


def _list_variants(broadcast: Broadcast, account_ids: set[int]) -> Sequence[Template]:
    found = Template.objects.filter(
        workspace_id=broadcast.workspace_id,
        account_id__in=account_ids,
        name=broadcast.template_name,
        state=TemplateState.APPROVED,
    )
    return list(found.order_by("account_id", "language"))


def _as_variant(template: Template) -> Variant:
    shape = template_rules.parse_shape(template.components, template.parameter_format)
    return Variant(template.pk, template.language, template.category, shape)


def _rate(number: Number, pace_of_broadcast: str) -> float:
    """Return messages per second, for turns only: the sender keeps to the exact limits."""
    own = number_rules.pace_of(number.pace, number.pace_overrides, number.throughput)
    pace = number_rules.stricter(own, number_rules.pace_of(pace_of_broadcast, {}, number.throughput))
    limits = [pace.per_second] + [
        limit / seconds for name, seconds in _SECONDS.items() if (limit := getattr(pace, name)) is not None
    ]
    return float(min(limit for limit in limits if limit is not None))
