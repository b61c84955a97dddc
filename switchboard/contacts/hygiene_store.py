"""SQL of the fortnight's report and of what it proposes; one pass over a workspace each, in the stream role."""

SQL_COUNT_CROWDED = """
SELECT count(*) FILTER (WHERE cardinality(tags) + cardinality(classes) >= %(amber)s),
    count(*) FILTER (WHERE cardinality(tags) + cardinality(classes) >= %(red)s)
FROM contacts_activity WHERE workspace_id = %(workspace_id)s
"""
# Pairs of tags given by hand that (nearly) the same people carry: at least 20 people, four of five in common.
SQL_LIST_OVERLAPS = """
WITH pair AS (
    SELECT one, other, count(*) AS both
    FROM contacts_activity, unnest(tags) AS one, unnest(tags) AS other
    WHERE workspace_id = %(workspace_id)s AND cardinality(tags) > 1 AND one < other GROUP BY one, other
), many AS (
    SELECT tag, count(*) AS people FROM contacts_activity, unnest(tags) AS tag
    WHERE workspace_id = %(workspace_id)s GROUP BY tag)
SELECT pair.one, pair.other, pair.both, first.people + second.people - pair.both
FROM pair JOIN many AS first ON first.tag = pair.one JOIN many AS second ON second.tag = pair.other
WHERE pair.both >= 20 AND pair.both >= 0.8 * (first.people + second.people - pair.both)
ORDER BY pair.both DESC LIMIT 50
"""
# Share of what rules said that people said otherwise. Index: contacts_correction_by_tag.
SQL_COUNT_ERRORS = """
SELECT tag.id, tag.name, coalesce(given.people, 0)::bigint, coalesce(word.many, 0)::bigint
FROM contacts_tag AS tag
LEFT JOIN (SELECT class, count(*) AS people FROM contacts_activity, unnest(classes) AS class
           WHERE workspace_id = %(workspace_id)s GROUP BY class) AS given ON given.class = tag.id
LEFT JOIN (SELECT tag_id, count(*) AS many FROM contacts_correction WHERE workspace_id = %(workspace_id)s GROUP BY tag_id)
    AS word ON word.tag_id = tag.id
WHERE tag.workspace_id = %(workspace_id)s AND tag.rule IS NOT NULL
ORDER BY tag.name
"""
# Nothing written, read, bought or clicked for so long, and not new either.
SQL_LIST_INACTIVE = """
SELECT contact_id FROM contacts_activity
WHERE workspace_id = %(workspace_id)s AND joined_at <= %(since)s
    AND greatest(last_seen_at, last_read_at, last_click_at, last_order_at, '-infinity') <= %(since)s
    AND NOT tags && %(marked)s::bigint[]
ORDER BY contact_id
"""
# WhatsApp could not deliver two broadcasts or more to them, and nothing ever reached them.
# Index: contacts_outcome_failed.
SQL_LIST_INVALID = """
SELECT failed.contact_id FROM (
    SELECT contact_id FROM contacts_outcome
    WHERE workspace_id = %(workspace_id)s AND failed_at IS NOT NULL AND reason = '131026'
    GROUP BY contact_id HAVING count(*) >= 2) AS failed
JOIN contacts_activity AS activity ON activity.contact_id = failed.contact_id
WHERE activity.workspace_id = %(workspace_id)s AND activity.last_delivered_at IS NULL AND activity.last_seen_at IS NULL
    AND NOT activity.tags && %(marked)s::bigint[]
ORDER BY failed.contact_id
"""
# What was sent to these people lately. Index: contacts_outcome_pkey.
SQL_COUNT_SENT = """
SELECT count(*) FROM contacts_outcome
WHERE workspace_id = %(workspace_id)s AND contact_id = ANY (%(contact_ids)s::bigint[])
    AND coalesce(sent_at, failed_at) > %(since)s
"""

# A tag has moved when the number of those who carry it has.
SQL_NOTE_COUNTS = """
UPDATE contacts_tag AS tag SET people_count = counted.people, moved_on = %(today)s
FROM (SELECT tag.id, count(activity.contact_id)::int AS people
      FROM contacts_tag AS tag
      LEFT JOIN (SELECT contact_id, unnest(tags || classes) AS tag_id FROM contacts_activity
                 WHERE workspace_id = %(workspace_id)s) AS activity ON activity.tag_id = tag.id
      WHERE tag.workspace_id = %(workspace_id)s GROUP BY tag.id) AS counted
WHERE tag.id = counted.id AND (tag.people_count <> counted.people OR tag.moved_on IS NULL)
"""
# Counts of 7, 30 and 90 days of everybody who has any; a range of people at a time. Locked in the order of ids.
SQL_HOLD_ROLLED = """
SELECT count(*), max(contact_id) FROM (
    SELECT contact_id FROM contacts_activity
    WHERE workspace_id = %(workspace_id)s AND contact_id > %(after)s
        AND (sessions_90 > 0 OR messages_90 > 0 OR events_90 > 0)
    ORDER BY contact_id LIMIT %(limit)s FOR NO KEY UPDATE) AS held
"""
SQL_ROLL_DAYS = """
WITH counted AS (
    SELECT activity.contact_id,
        coalesce(sum(bucket.sessions) FILTER (WHERE day > %(today)s::date - 7), 0)::smallint AS sessions_7,
        coalesce(sum(bucket.sessions) FILTER (WHERE day > %(today)s::date - 30), 0)::smallint AS sessions_30,
        coalesce(sum(bucket.sessions), 0)::smallint AS sessions_90,
        coalesce(sum(bucket.messages) FILTER (WHERE day > %(today)s::date - 7), 0)::int AS messages_7,
        coalesce(sum(bucket.messages) FILTER (WHERE day > %(today)s::date - 30), 0)::int AS messages_30,
        coalesce(sum(bucket.messages), 0)::int AS messages_90,
        coalesce(sum(bucket.events) FILTER (WHERE day > %(today)s::date - 7), 0)::int AS events_7,
        coalesce(sum(bucket.events) FILTER (WHERE day > %(today)s::date - 30), 0)::int AS events_30,
        coalesce(sum(bucket.events), 0)::int AS events_90
    FROM contacts_activity AS activity LEFT JOIN contacts_day AS bucket
        ON bucket.contact_id = activity.contact_id AND bucket.day > %(today)s::date - 90
    WHERE activity.workspace_id = %(workspace_id)s AND activity.contact_id > %(after)s
        AND activity.contact_id <= %(until)s
        AND (activity.sessions_90 > 0 OR activity.messages_90 > 0 OR activity.events_90 > 0)
    GROUP BY activity.contact_id
)
UPDATE contacts_activity AS activity SET
    sessions_7 = counted.sessions_7, sessions_30 = counted.sessions_30, sessions_90 = counted.sessions_90,
    messages_7 = counted.messages_7, messages_30 = counted.messages_30, messages_90 = counted.messages_90,
    events_7 = counted.events_7, events_30 = counted.events_30, events_90 = counted.events_90
FROM counted
WHERE activity.contact_id = counted.contact_id AND (activity.sessions_7, activity.sessions_30, activity.sessions_90,
        activity.messages_7, activity.messages_30, activity.messages_90,
        activity.events_7, activity.events_30, activity.events_90)
    IS DISTINCT FROM (counted.sessions_7, counted.sessions_30, counted.sessions_90, counted.messages_7,
        counted.messages_30, counted.messages_90, counted.events_7, counted.events_30, counted.events_90)
"""
# Index: contacts_day_in_order.
SQL_FORGET_DAYS = "DELETE FROM contacts_day WHERE workspace_id = %(workspace_id)s AND day <= %(today)s::date - 92"
SQL_FORGET_CHANGES = """
DELETE FROM contacts_change WHERE workspace_id = %(workspace_id)s AND at < %(now)s::timestamptz - interval '400 days'
"""
SQL_FORGET_SWEEPS = """
DELETE FROM contacts_sweep WHERE workspace_id = %(workspace_id)s AND at < %(now)s::timestamptz - interval '30 days'
"""
