"""What the review says: who gets the broadcast, who does not and why, how long it takes."""

from typing import Any

from switchboard.broadcasts import estimate
from switchboard.core import clock
from switchboard.numbers import fleet
from switchboard.templates import catalogue
from switchboard.web import words


def describe(broadcast: Any) -> dict[str, Any]:
    """Return reach, duration and finish for a broadcast that has not started."""
    workspace_id = broadcast.workspace_id
    family = catalogue.find_family(workspace_id, broadcast.template_name) if broadcast.template_name else None
    category = family.pick(broadcast.template_language).category if family else "marketing"
    reach = estimate.count_reach(workspace_id, broadcast.audience, category)
    length = estimate.estimate_duration(workspace_id, broadcast.number_ids, broadcast.pace, reach.may)
    start = max(broadcast.scheduled_at or clock.now(), clock.now())
    return {
        "reach": reach,
        "category": category,
        "length": length,
        "finish": words.say_finish(start + length.duration) if length else "",
        "limit": words.say_limit(length.limit, length.figure, length.numbers) if length else "",
        "numbers": fleet.list_numbers(workspace_id, ids=broadcast.number_ids),
    }
