"""SQL of automatic tags, for the worker: who is to be looked at, what becomes of them. Every function takes a connection.

People to look at lie in a temporary table of the session, so that a thousand of them are a few statements over a set.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection, sql

Connection = AsyncConnection[Any]

SQL_MAKE_ROOM = """
CREATE TEMPORARY TABLE IF NOT EXISTS contacts_looked_at (contact_id bigint NOT NULL) ON COMMIT DELETE ROWS
"""
SQL_MAKE_RESULT = """
CREATE TEMPORARY TABLE IF NOT EXISTS contacts_classified (
    contact_id bigint NOT NULL, former bigint[] NOT NULL, classes bigint[] NOT NULL, check_at timestamptz
) ON COMMIT DELETE ROWS
"""


# A piece is few people among many: every table but the temporary ones is read by its key. The planner knows nothing of
# how many lie in those, and would read the large ones whole.
SQL_BY_KEY = """
SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
    set_config('enable_seqscan', 'off', true), set_config('max_parallel_workers_per_gather', '0', true),
    set_config('jit', 'off', true)
"""


async def make_room(connection: Connection) -> None:
    """Make the session's temporary tables; empty again at the end of each transaction."""
    await connection.execute(SQL_MAKE_ROOM)
    await connection.execute(SQL_MAKE_RESULT)


# Index: contacts_changed_in_order, contacts_check_due and contacts_pass by workspace: three looks for each workspace.
SQL_LIST_WORK = """
SELECT workspace.id FROM team_workspace AS workspace
WHERE (SELECT 1 FROM contacts_changed AS changed WHERE changed.workspace_id = workspace.id LIMIT 1) IS NOT NULL
   OR (SELECT 1 FROM contacts_check AS due
       WHERE due.workspace_id = workspace.id AND due.check_at <= %(now)s LIMIT 1) IS NOT NULL
   OR (SELECT 1 FROM contacts_pass AS pass
       WHERE pass.workspace_id = workspace.id AND pass.done < pass.wanted LIMIT 1) IS NOT NULL
ORDER BY workspace.id
"""


async def list_work(connection: Connection, now: datetime) -> list[int]:
    """Return the workspaces in which somebody is to be looked at."""
    cursor = await connection.execute(SQL_LIST_WORK, {"now": now})
    return [workspace_id for (workspace_id,) in await cursor.fetchall()]


SQL_LOAD_WORLD = """
SELECT workspace.time_zone,
    (SELECT coalesce(jsonb_object_agg(key, kind), '{}') FROM contacts_field WHERE workspace_id = workspace.id),
    (SELECT coalesce(jsonb_object_agg(id, definition), '{}') FROM contacts_segment WHERE workspace_id = workspace.id),
    (SELECT coalesce(jsonb_object_agg(id, rule IS NOT NULL), '{}') FROM contacts_tag WHERE workspace_id = workspace.id),
    (SELECT coalesce(jsonb_object_agg(key, slot) FILTER (WHERE slot IS NOT NULL), '{}') FROM contacts_field
     WHERE workspace_id = workspace.id)
FROM team_workspace AS workspace WHERE workspace.id = %(workspace_id)s
"""


async def load_world(
    connection: Connection, workspace_id: int
) -> tuple[str, dict[str, str], dict[str, Any], dict[str, bool], dict[str, int]]:
    """Return zone, custom fields, segments, tags and the fields' slots of a workspace, as they are kept."""
    cursor = await connection.execute(SQL_LOAD_WORLD, {"workspace_id": workspace_id})
    [row] = await cursor.fetchall()
    return row[0], row[1], row[2], row[3], row[4]


SQL_LOAD_RULES = """
SELECT tag.id, CASE WHEN tag_group.is_exclusive THEN tag.group_id END, tag.rule
FROM contacts_tag AS tag LEFT JOIN contacts_taggroup AS tag_group ON tag_group.id = tag.group_id
WHERE tag.workspace_id = %(workspace_id)s AND tag.rule IS NOT NULL
ORDER BY tag.group_id NULLS LAST, tag.position, tag.id
"""


async def load_rules(connection: Connection, workspace_id: int) -> list[tuple[int, int | None, dict[str, Any]]]:
    """Return tag, exclusive group and rule of every automatic tag, in the order in which they are asked."""
    cursor = await connection.execute(SQL_LOAD_RULES, {"workspace_id": workspace_id})
    return [(tag_id, group_id, rule) for tag_id, group_id, rule in await cursor.fetchall()]


# Index: contacts_changed_in_order. Whose row commits later has their turn later. What is taken here has committed before
# the statement that evaluates begins, so no change is ever missed.
SQL_TAKE_CHANGED = """
WITH taken AS (
    DELETE FROM contacts_changed WHERE id IN (
        SELECT id FROM contacts_changed WHERE workspace_id = %(workspace_id)s ORDER BY id LIMIT %(limit)s
        FOR UPDATE SKIP LOCKED)
    RETURNING contact_id)
INSERT INTO contacts_looked_at (contact_id) SELECT DISTINCT contact_id FROM taken ORDER BY contact_id
"""
# Index: contacts_check_due.
SQL_TAKE_DUE = """
INSERT INTO contacts_looked_at (contact_id)
SELECT contact_id FROM contacts_check WHERE workspace_id = %(workspace_id)s AND check_at <= %(now)s
ORDER BY check_at LIMIT %(limit)s
"""


async def read_by_key(connection: Connection) -> None:
    """Let the statements of this transaction find people by their keys."""
    await connection.execute(SQL_BY_KEY)


async def take_people(connection: Connection, workspace_id: int, now: datetime, *, limit: int) -> int:
    """Put whoever has changed, and whose time has come, among those to look at; return how many they are."""
    asked = {"workspace_id": workspace_id, "limit": limit, "now": now}
    taken = (await connection.execute(SQL_TAKE_CHANGED, asked)).rowcount
    # The clock has its turn when nobody changed: whoever is in both would be looked at twice at once.
    return taken or (await connection.execute(SQL_TAKE_DUE, asked)).rowcount


SQL_LOCK_RUN = """
SELECT wanted, done, running, reached_id FROM contacts_pass
WHERE workspace_id = %(workspace_id)s AND done < wanted FOR NO KEY UPDATE
"""
# Index: contacts_activity_pkey.
SQL_TAKE_NEXT = """
INSERT INTO contacts_looked_at (contact_id)
SELECT contact_id FROM contacts_activity WHERE workspace_id = %(workspace_id)s AND contact_id > %(after)s
ORDER BY contact_id LIMIT %(limit)s
"""
# Whoever has changed meanwhile is left to `take_people`: for them it is news, not the rule's doing.
# Index: contacts_changed_in_order.
SQL_LEAVE_CHANGED = """
DELETE FROM contacts_looked_at WHERE contact_id IN (
    SELECT contact_id FROM contacts_changed WHERE workspace_id = %(workspace_id)s)
"""
SQL_NOTE_RUN = """
UPDATE contacts_pass SET
    running = %(version)s,
    reached_id = (SELECT coalesce(max(contact_id), 0) FROM contacts_looked_at),
    done = CASE WHEN EXISTS (SELECT FROM contacts_looked_at) THEN done ELSE %(version)s END
WHERE workspace_id = %(workspace_id)s
"""


async def take_next(connection: Connection, workspace_id: int, *, limit: int) -> int | None:
    """Put the next of everybody among those to look at; None when no pass is wanted, 0 at its end.

    When the rules have changed meanwhile it begins again.
    """
    cursor = await connection.execute(SQL_LOCK_RUN, {"workspace_id": workspace_id})
    row = await cursor.fetchone()
    if row is None:
        return None
    wanted, _, running, reached_id = row
    asked = {"workspace_id": workspace_id, "after": reached_id if running == wanted else 0, "limit": limit}
    taken = (await connection.execute(SQL_TAKE_NEXT, asked)).rowcount
    await connection.execute(SQL_NOTE_RUN, {"workspace_id": workspace_id, "version": wanted})
    if taken:
        await connection.execute(SQL_LEAVE_CHANGED, {"workspace_id": workspace_id})
    return taken


# Index: contacts_activity_pkey. In the order of ids, as everybody does who writes activity; statements of their own.
SQL_HOLD_COUNTED = """
SELECT count(*) FROM (
    SELECT contact_id FROM contacts_activity WHERE workspace_id = %(workspace_id)s
        AND contact_id IN (SELECT contact_id FROM contacts_looked_at)
        AND (sessions_90 > 0 OR messages_90 > 0 OR events_90 > 0)
    ORDER BY contact_id FOR NO KEY UPDATE) AS held
"""
SQL_HOLD_CHANGED = """
SELECT count(*) FROM (
    SELECT contact_id FROM contacts_activity WHERE workspace_id = %(workspace_id)s
        AND contact_id IN (SELECT contact_id FROM contacts_classified WHERE former <> classes)
    ORDER BY contact_id FOR NO KEY UPDATE) AS held
"""


# Index: contacts_day_pkey, contacts_activity_pkey. What falls out of a window today is found by the buckets.
SQL_REFRESH_DAYS = """
WITH held AS MATERIALIZED (
    SELECT activity.contact_id FROM contacts_activity AS activity
    WHERE activity.workspace_id = %(workspace_id)s
        AND activity.contact_id IN (SELECT contact_id FROM contacts_looked_at)
        AND (activity.sessions_90 > 0 OR activity.messages_90 > 0 OR activity.events_90 > 0)
), counted AS (
    SELECT held.contact_id,
        coalesce(sum(sessions) FILTER (WHERE day > %(today)s::date - 7), 0) AS sessions_7,
        coalesce(sum(sessions) FILTER (WHERE day > %(today)s::date - 30), 0) AS sessions_30,
        coalesce(sum(sessions), 0) AS sessions_90,
        coalesce(sum(messages) FILTER (WHERE day > %(today)s::date - 7), 0) AS messages_7,
        coalesce(sum(messages) FILTER (WHERE day > %(today)s::date - 30), 0) AS messages_30,
        coalesce(sum(messages), 0) AS messages_90,
        coalesce(sum(events) FILTER (WHERE day > %(today)s::date - 7), 0) AS events_7,
        coalesce(sum(events) FILTER (WHERE day > %(today)s::date - 30), 0) AS events_30,
        coalesce(sum(events), 0) AS events_90
    FROM held LEFT JOIN contacts_day AS bucket
        ON bucket.contact_id = held.contact_id AND bucket.day > %(today)s::date - 90
    GROUP BY held.contact_id
)
UPDATE contacts_activity AS activity SET
    sessions_7 = counted.sessions_7, sessions_30 = counted.sessions_30, sessions_90 = counted.sessions_90,
    messages_7 = counted.messages_7, messages_30 = counted.messages_30, messages_90 = counted.messages_90,
    events_7 = counted.events_7, events_30 = counted.events_30, events_90 = counted.events_90
FROM counted
WHERE activity.contact_id = counted.contact_id AND (activity.sessions_7, activity.sessions_30, activity.sessions_90,
        activity.messages_7, activity.messages_30, activity.messages_90,
        activity.events_7, activity.events_30, activity.events_90)
    IS DISTINCT FROM (counted.sessions_7::smallint, counted.sessions_30::smallint, counted.sessions_90::smallint,
        counted.messages_7::int, counted.messages_30::int, counted.messages_90::int,
        counted.events_7::int, counted.events_30::int, counted.events_90::int)
"""


async def refresh_days(connection: Connection, workspace_id: int, now: datetime) -> int:
    """Count the day buckets of those to look at anew; return how many counts moved."""
    await connection.execute(SQL_HOLD_COUNTED, {"workspace_id": workspace_id})
    cursor = await connection.execute(SQL_REFRESH_DAYS, {"workspace_id": workspace_id, "today": now.date()})
    return cursor.rowcount


# Imports and edits may bring two tags of an exclusive group: the one that came last stays, as the changes tell it.
# Index: contacts_contact_pkey, contacts_change_by_contact.
SQL_LEAVE_ONE = """
WITH carried AS (
    SELECT contact.id, tag.id AS tag_id, row_number() OVER (
        PARTITION BY contact.id, tag.group_id
        ORDER BY (SELECT max(change.id) FROM contacts_change AS change
                  WHERE change.contact_id = contact.id AND change.tag_id = tag.id AND change.is_member) DESC NULLS LAST,
            tag.id DESC) AS place
    FROM contacts_looked_at AS looked
    JOIN contacts_contact AS contact ON contact.id = looked.contact_id
    JOIN contacts_tag AS tag ON tag.id = ANY (contact.tags)
    JOIN contacts_taggroup AS tag_group ON tag_group.id = tag.group_id AND tag_group.is_exclusive
    WHERE contact.workspace_id = %(workspace_id)s AND tag.rule IS NULL
), surplus AS (
    SELECT id, array_agg(tag_id) AS tags FROM carried WHERE place > 1 GROUP BY id
)
UPDATE contacts_contact AS contact SET updated_at = %(now)s,
    tags = ARRAY(SELECT tag FROM unnest(contact.tags) AS tag WHERE tag <> ALL (surplus.tags) ORDER BY tag)
FROM surplus WHERE contact.id = surplus.id
"""


async def leave_one(connection: Connection, workspace_id: int, now: datetime) -> int:
    """Leave those to look at one tag of each exclusive group; return how many had more."""
    return (await connection.execute(SQL_LEAVE_ONE, {"workspace_id": workspace_id, "now": now})).rowcount


async def evaluate(connection: Connection, statement: str, parameters: Mapping[str, Any]) -> None:
    """Run a compiled question: who of those to look at has which automatic tags now, and when to look again."""
    await connection.execute(sql.SQL(statement), parameters)


# A person's word stands against the rule. Index: contacts_correction_pkey.
SQL_OBEY_CORRECTIONS = """
UPDATE contacts_classified AS found SET classes = (
    SELECT coalesce(array_agg(tag_id), '{}') FROM (
        SELECT tag_id FROM unnest(found.classes) AS kept (tag_id)
        WHERE NOT EXISTS (SELECT FROM contacts_correction AS word
            WHERE word.contact_id = found.contact_id AND word.tag_id = kept.tag_id AND NOT word.is_member)
        UNION ALL
        SELECT word.tag_id FROM contacts_correction AS word
        WHERE word.contact_id = found.contact_id AND word.is_member AND word.tag_id <> ALL (found.classes)
            AND word.tag_id = ANY (%(ruled)s::bigint[])) AS told)
WHERE EXISTS (SELECT FROM contacts_correction AS word
    WHERE word.contact_id = found.contact_id AND word.workspace_id = %(workspace_id)s)
"""
# Index: contacts_activity_pkey.
SQL_KEEP_CLASSES = """
UPDATE contacts_activity AS activity SET classes = found.classes
FROM contacts_classified AS found
WHERE activity.contact_id = found.contact_id AND activity.workspace_id = %(workspace_id)s
    AND found.former <> found.classes
"""
SQL_KEEP_CHANGES = """
INSERT INTO contacts_change (workspace_id, contact_id, tag_id, is_member, is_automatic, at)
SELECT %(workspace_id)s, found.contact_id, tag.id, tag.is_member, true, %(now)s
FROM contacts_classified AS found
CROSS JOIN LATERAL (
    SELECT id, true FROM unnest(found.classes) AS id WHERE id <> ALL (found.former)
    UNION ALL
    SELECT id, false FROM unnest(found.former) AS id WHERE id <> ALL (found.classes)) AS tag (id, is_member)
WHERE found.former <> found.classes
"""
# The same, of a pass over everybody: a row a tag.
SQL_KEEP_SWEEP = """
INSERT INTO contacts_sweep (workspace_id, tag_id, is_member, at, contact_ids)
SELECT %(workspace_id)s, tag.id, tag.is_member, %(now)s, array_agg(found.contact_id ORDER BY found.contact_id)
FROM contacts_classified AS found
CROSS JOIN LATERAL (
    SELECT id, true FROM unnest(found.classes) AS id WHERE id <> ALL (found.former)
    UNION ALL
    SELECT id, false FROM unnest(found.former) AS id WHERE id <> ALL (found.classes)) AS tag (id, is_member)
WHERE found.former <> found.classes
GROUP BY tag.id, tag.is_member
"""
# Only where a rule asks for an automatic tag: who has changed is looked at once more.
SQL_LOOK_AGAIN = """
INSERT INTO contacts_changed (workspace_id, contact_id)
SELECT %(workspace_id)s, contact_id FROM contacts_classified WHERE former <> classes
"""
# Index: contacts_check_pkey. Ordered, as everything that locks people is.
SQL_KEEP_CHECKS = """
INSERT INTO contacts_check AS kept (contact_id, workspace_id, check_at)
SELECT contact_id, %(workspace_id)s, check_at FROM contacts_classified WHERE check_at IS NOT NULL ORDER BY contact_id
ON CONFLICT (contact_id) DO UPDATE SET check_at = excluded.check_at WHERE kept.check_at <> excluded.check_at
"""
SQL_FORGET_CHECKS = """
DELETE FROM contacts_check WHERE workspace_id = %(workspace_id)s
    AND contact_id IN (
        SELECT looked.contact_id FROM contacts_looked_at AS looked
        EXCEPT SELECT found.contact_id FROM contacts_classified AS found WHERE found.check_at IS NOT NULL)
"""


async def keep(
    connection: Connection, workspace_id: int, now: datetime, *, ruled: list[int], again: bool, is_news: bool
) -> int:
    """Write who has which automatic tags now, what changed, and when to look again; return how many people changed.

    What a change of the rules has done to everybody is no news of theirs: it is kept apart, and nothing starts from it
    unasked.
    """
    asked = {"workspace_id": workspace_id, "now": now}
    await connection.execute(SQL_OBEY_CORRECTIONS, {"workspace_id": workspace_id, "ruled": ruled})
    await connection.execute(SQL_HOLD_CHANGED, asked)
    changed = (await connection.execute(SQL_KEEP_CLASSES, asked)).rowcount
    if changed:
        await connection.execute(SQL_KEEP_CHANGES if is_news else SQL_KEEP_SWEEP, asked)
        if again:
            await connection.execute(SQL_LOOK_AGAIN, asked)
    await connection.execute(SQL_KEEP_CHECKS, asked)
    await connection.execute(SQL_FORGET_CHECKS, asked)
    return changed
