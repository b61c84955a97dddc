"""What the ledger proves: who got something twice, how fast numbers sent, who was written to after a STOP."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from emulator.ledger import FAILED, Inbound, Ledger

EXAMPLES = 20


def summarise(
    ledger: Ledger,
    *,
    since: float = 0.0,
    numbers: frozenset[int] | None = None,
    template: str = "",
    with_paces: bool = False,
) -> dict[str, Any]:
    """Return counts over the chosen messages; people are told apart by phone, never by the product's ids."""
    chosen = list(ledger.select(since=since, numbers=numbers, template=template))
    templates = [index for index in chosen if ledger.templates[index]]
    summary = {
        "accepted": len(chosen),
        "accepted_templates": len(templates),
        "people": len({ledger.persons[index] for index in chosen}),
        **_duplicates(ledger, chosen, templates),
        "opt_outs": len(_chosen_opt_outs(ledger, since, numbers)),
        "after_opt_out": _after_opt_out(ledger, templates, _chosen_opt_outs(ledger, since, numbers)),
    }
    if with_paces:
        summary |= _paces(ledger, templates)
    return summary


def _duplicates(ledger: Ledger, chosen: list[int], templates: list[int]) -> dict[str, Any]:
    """Count people who got one template more than once, in whatever language, account or number."""
    by_template = Counter((ledger.persons[index], ledger.templates[index]) for index in templates)
    not_failed = Counter(
        (ledger.persons[index], ledger.templates[index]) for index in templates if ledger.states[index] != FAILED
    )
    by_content = Counter((ledger.persons[index], ledger.content_key(index)) for index in chosen)
    twice = sorted({person for (person, _), count in by_template.items() if count > 1})
    return {
        "duplicates": len(twice),
        "duplicates_not_failed": len({person for (person, _), count in not_failed.items() if count > 1}),
        "duplicate_content": len({person for (person, _), count in by_content.items() if count > 1}),
        "duplicate_examples": ["+" + ledger.people.phones[person] for person in twice[:EXAMPLES]],
    }


def _chosen_opt_outs(ledger: Ledger, since: float, numbers: frozenset[int] | None) -> list[Inbound]:
    return [
        inbound
        for inbound in ledger.opt_outs()
        if inbound.sent_at >= since and (numbers is None or inbound.number in numbers)
    ]


def _after_opt_out(ledger: Ledger, templates: list[int], opt_outs: list[Inbound]) -> list[dict[str, Any]]:
    """List every template message whose POST began after the person's opt-out had been confirmed."""
    by_person: dict[int, list[Inbound]] = defaultdict(list)
    for inbound in opt_outs:
        by_person[inbound.person].append(inbound)
    late = []
    for index in templates:
        started = ledger.started[index]
        in_force = [
            inbound.acknowledged_at
            for inbound in by_person.get(ledger.persons[index], ())
            if inbound.acknowledged_at is not None
            and inbound.acknowledged_at < started
            and (inbound.ended_at is None or started < inbound.ended_at)
        ]
        if in_force:
            late.append(
                {
                    "to": "+" + ledger.phone(index),
                    "phone_number_id": ledger.number_list[ledger.numbers[index]].number_id,
                    "biz_opaque_callback_data": ledger.callbacks[index].decode(),
                    "acknowledged_at": min(in_force),
                    "request_started_at": started,
                    "delay_seconds": round(started - min(in_force), 3),
                }
            )
    return late


def _paces(ledger: Ledger, templates: list[int]) -> dict[str, Any]:
    """Return, per number, the fullest second and minute and the smallest gap between template POSTs."""
    by_number: dict[int, list[float]] = defaultdict(list)
    for index in templates:
        by_number[ledger.numbers[index]].append(ledger.started[index])
    seconds, minutes, gaps = {}, {}, {}
    for number, moments in by_number.items():
        moments.sort()
        name = ledger.number_list[number].number_id
        seconds[name], minutes[name] = fullest_window(moments, 1.0), fullest_window(moments, 60.0)
        between = [later - earlier for earlier, later in pairwise(moments)]
        gaps[name] = round(min(between), 3) if between else None
    return {
        "worst_second_per_number": seconds,
        "worst_minute_per_number": minutes,
        "smallest_gap_seconds_per_number": gaps,
    }


def fullest_window(moments: Iterable[float], seconds: float) -> int:
    """Return the most moments (given in order) that any window of that length holds."""
    window: deque[float] = deque()
    fullest = 0
    for moment in moments:
        window.append(moment)
        while window[0] <= moment - seconds:
            window.popleft()
        fullest = max(fullest, len(window))
    return fullest
