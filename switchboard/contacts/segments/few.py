"""Conditions that name few people by an index of their own, as the queries that tell whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchboard.contacts.segments.leaves import ask_outcome

if TYPE_CHECKING:
    from switchboard.contacts.segments.compiling import Compiled
    from switchboard.contacts.segments.tree import Condition


def compile_few(condition: Condition, out: Compiled) -> str | None:
    """Return the query of whom a condition names by an index of its own, each once; None where it names most people."""
    if condition.field == "event" and condition.test == "did":
        names = out.put([str(value) for value in condition.values])
        days = condition.figure("days")
        since = f" AND e.at > {out.ago(days=days)}" if days else ""
        return (
            "SELECT DISTINCT e.contact_id FROM contacts_event AS e WHERE e.workspace_id = %(workspace_id)s"
            f" AND e.name = ANY ({names}::text[]){since}"
        )
    if condition.field == "broadcast" and condition.test != "not_sent" and condition.figure("broadcast"):
        _, asked = ask_outcome(condition, out)
        if "a." not in asked:
            return f"SELECT o.contact_id FROM contacts_outcome AS o WHERE o.workspace_id = %(workspace_id)s AND {asked}"
    return None


def compile_tag_by_index(condition: Condition, out: Compiled) -> str | None:
    """Return a question for tags given by hand as the index on contacts answers it; None where it does not."""
    if condition.field != "tag" or condition.test not in {"has", "has_all"}:
        return None
    ids = [int(value) for value in condition.values]
    if any(out.world.tags.get(tag_id, True) for tag_id in ids):
        return None
    return f"(c.tags {'@>' if condition.test == 'has_all' else '&&'} {out.put(ids)}::bigint[])"
