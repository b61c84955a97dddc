"""`bench segments`: how fast twelve typical questions are counted, and how fast automatic tags keep themselves right."""

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from bench import people, shop
from bench.figures import Rounds, describe_machine, percentile
from bench.place import opened_database, opened_place
from switchboard.contacts import classify_store, classifying
from switchboard.contacts.segments import counting, presets, tree
from switchboard.contacts.segments.compiling import World
from switchboard.core import database, tenancy

Question = dict[str, Any]
_ON = ("activity", "member", "asked", "follow_up", "cycle", "first_order", "age", "region", "recovery")


def _all(*parts: Question) -> Question:
    return {"all": list(parts)}


def _ask(field: str, test: str, *values: object, **figures: float) -> Question:
    return {"field": field, "test": test, **({"values": list(values)} if values else {}), **figures}


def _between(field: str, test: str, low: float, high: float) -> Question:
    return {"field": field, "test": test, "from": low, "to": high}


def build_questions(first_tag: int) -> dict[str, Question]:
    """Return twelve questions that people ask, from one in a thousand to more than half of everybody."""
    return {
        "a tag": _all(_ask("tag", "has", first_tag)),
        "tags, and not another, with consent": _all(
            _ask("tag", "has", first_tag, first_tag + 1, first_tag + 2),
            _ask("tag", "has_not", first_tag + 3),
            _ask("consent", "agreed", "marketing"),
        ),
        "wrote in 30 days": _all(_ask("last_seen", "within", days=30)),
        "silent for 31–89 days, in Japan": _all(
            _between("last_seen", "ago", 31, 90), _ask("country", "in", "JP"), _ask("language", "in", "ja")
        ),
        "3 sessions in 7 days": _all({"field": "sessions_7", "test": "at_least", "from": 3}),
        "gold plan with many points": _all(
            _ask("field:plan", "in", "gold"), {"field": "field:points", "test": "at_least", "from": 2500}
        ),
        "aged 25–34, wrote in 90 days": _all(
            _between("field:birthday", "age", 25, 34), _ask("last_seen", "within", days=90)
        ),
        "read the last broadcast, no reply in 48 h": _all(
            _ask("broadcast", "read_not_replied", broadcast=2, hours=48), _ask("consent", "not_opted_out")
        ),
        "failed with 131026": _all(_ask("broadcast", "failed_with", "131026", broadcast=2)),
        "bought 3 times, not for 60 days": _all(
            {"field": "order_count", "test": "at_least", "from": 3}, _ask("last_order", "not_within", days=60)
        ),
        "asked in 90 days, not registered": _all(
            _ask("event", "did", "asked", days=90), _ask("event", "did_not", "registered", days=0)
        ),
        "nested": _all(
            {"any": [_ask("tag", "has", first_tag + 5), {"field": "order_sum", "test": "at_least", "from": 100_000}]},
            {"none": [_ask("consent", "opted_out"), _ask("last_seen", "not_within", days=180)]},
            _ask("country", "in", "JP", "TW"),
            _ask("last_sent", "within", days=14),
        ),
    }


def run(*, rounds: int, contacts: int, messages: int) -> dict[str, Any]:
    """Count each question in every round, classify everybody once, then those who changed."""
    figures = Rounds()
    with opened_place(), psycopg.connect(database.database_url()) as connection:
        machine = describe_machine(connection.info.server_version)
        with opened_database(f"segments_{contacts}") as url, psycopg.connect(url, autocommit=True) as own:
            workspace_id, number_id = shop.ensure_shop(own)
            now = people.ensure_people(own, workspace_id, contacts, datetime.now(UTC))  # noqa: TID251  a benchmark's clock
            if messages:
                shop.ensure_messages(own, workspace_id, number_id, messages, people=contacts)
            world, first_tag = _load_world(own, workspace_id, now)
            questions = build_questions(first_tag)
            counts = {name: _count(url, question, world, rounds, figures, name) for name, question in questions.items()}
            _switch_on(own, workspace_id, first_tag)
            classified = asyncio.run(_classify(url, workspace_id, now, contacts, figures))
    every = [figure for name in questions for figure in figures.raw[name]]
    return {
        "name": "segments",
        "p95_ms": round(percentile(every, 0.95), 1),
        "max_ms": round(max(every), 1),
        "median_ms": {name: round(figures.median(name), 1) for name in questions},
        "people": counts,
        "classify_seconds": round(figures.median("classify_seconds"), 2),
        "incremental_seconds": round(figures.median("incremental_seconds"), 2),
        "rules": classified,
        "contacts": contacts,
        "outcomes": contacts * people.MESSAGES_A_PERSON,
        "messages": messages,
        "rounds": figures.raw,
        "machine": machine,
    }


def _load_world(connection: psycopg.Connection, workspace_id: int, now: datetime) -> tuple[World, int]:
    row = connection.execute(classify_store.SQL_LOAD_WORLD, {"workspace_id": workspace_id}).fetchone()
    assert row is not None  # noqa: S101  the shop is there
    zone, fields, _, _, slots = row
    # Tags of an earlier run that a rule keeps are made anew.
    connection.execute("DELETE FROM contacts_tag WHERE rule IS NOT NULL")
    if connection.execute("UPDATE contacts_activity SET classes = '{}' WHERE classes <> '{}'").rowcount:
        connection.execute("VACUUM FULL contacts_activity")
        connection.execute("VACUUM (ANALYZE) contacts_activity")
    tags = [tag_id for (tag_id,) in connection.execute("SELECT id FROM contacts_tag ORDER BY id").fetchall()]
    return World(workspace_id, now, zone, fields, {}, dict.fromkeys(tags, False), slots), tags[0]


def _count(url: str, question: Question, world: World, rounds: int, figures: Rounds, name: str) -> int:
    """Count as a page does: in the stream role, in a transaction with the settings for scans."""
    statement, parameters = counting.build_count(tree.parse_tree(question), world)
    count = 0
    with psycopg.connect(database.conninfo_for("stream", url)) as connection:
        connection.prepare_threshold = None
        for number in range(rounds + 1):
            connection.execute(tenancy.SQL_FOR_SCANS)
            started = time.perf_counter()
            [count] = connection.execute(statement, parameters).fetchone() or (0,)
            if number:
                # The first one brings what it reads into memory.
                figures.add(name, (time.perf_counter() - started) * 1000)
            connection.commit()
    return int(count)


def _switch_on(connection: psycopg.Connection, workspace_id: int, complaint: int) -> None:
    """Make the presets' tags, as one click each does, and let nobody have one yet."""
    connection.execute("TRUNCATE contacts_change, contacts_sweep, contacts_check, contacts_changed, contacts_pass")
    for key in _ON:
        preset = presets.PRESETS[key]
        [group_id] = connection.execute(SQL_GROUP, {"workspace_id": workspace_id, "name": preset.name}).fetchone() or (
            0,
        )
        for position, tag in enumerate(preset.tags):
            rule = presets.fill_in(tag.rule, field="birthday", complaint=complaint)
            given = {"workspace_id": workspace_id, "group_id": group_id if preset.is_exclusive else None}
            connection.execute(SQL_TAG, given | {"name": tag.name, "position": position, "rule": json.dumps(rule)})
    connection.execute(
        "INSERT INTO contacts_pass (workspace_id, wanted, done, running, reached_id) VALUES (%s, 1, 0, 0, 0)",
        [workspace_id],
    )


SQL_GROUP = """
INSERT INTO contacts_taggroup (workspace_id, name, is_exclusive) VALUES (%(workspace_id)s, %(name)s, true)
ON CONFLICT (workspace_id, name) DO UPDATE SET is_exclusive = true RETURNING id
"""
SQL_TAG = """
INSERT INTO contacts_tag (workspace_id, name, colour, description, group_id, position, rule, rule_version, preset,
    people_count)
VALUES (%(workspace_id)s, %(name)s, 'blue', '', %(group_id)s, %(position)s, %(rule)s::jsonb, 1, '', 0)
"""
CHANGED = 10_000
# As if these people had written a minute ago.
SQL_CHANGE = """
WITH chosen AS (SELECT contact_id FROM contacts_activity WHERE workspace_id = %(workspace_id)s
                ORDER BY hashint8(contact_id + %(number)s) LIMIT %(limit)s), queued AS (
    INSERT INTO contacts_changed (workspace_id, contact_id) SELECT %(workspace_id)s, contact_id FROM chosen)
UPDATE contacts_activity AS activity SET last_seen_at = %(now)s FROM chosen
WHERE activity.contact_id = chosen.contact_id
"""


async def _classify(url: str, workspace_id: int, now: datetime, contacts: int, figures: Rounds) -> int:
    """Look at everybody once, then three times at 10,000 who wrote; return how many rules there are."""
    async with await psycopg.AsyncConnection.connect(
        database.conninfo_for("stream", url), autocommit=True
    ) as connection:
        await classify_store.make_room(connection)
        started = time.perf_counter()
        seen = await _drain(lambda: classifying.look_at_next(connection, workspace_id, now))
        figures.add("classify_seconds", time.perf_counter() - started)
        if seen != contacts:
            raise RuntimeError(f"{seen} people were classified, not {contacts}.")
        await connection.execute("VACUUM (ANALYZE) contacts_activity, contacts_check")
        changed = min(CHANGED, contacts // 10)
        for number in range(3):
            # Nobody is due by the clock alone at this moment but those whom the pass has left for it.
            await _drain(lambda: classifying.look_at_changed(connection, workspace_id, now))
            moment = now + timedelta(seconds=number)
            await connection.execute(
                SQL_CHANGE, {"workspace_id": workspace_id, "number": number, "limit": changed, "now": moment}
            )
            started = time.perf_counter()
            await _drain(lambda moment=moment: classifying.look_at_changed(connection, workspace_id, moment))  # type: ignore[misc]
            figures.add("incremental_seconds", time.perf_counter() - started)
        return len((await classifying.load_rules(connection, workspace_id, now)).tag_ids)


async def _drain(look: Callable[[], Any]) -> int:
    seen = 0
    while found := await look():
        seen += found
    return seen
