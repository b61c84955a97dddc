"""A million people with a past, made by the database itself: contacts, activity, day buckets, outcomes, events, orders.

Shares are those of a shop that has been on WhatsApp for a year: a third never wrote, a tenth has bought, 3 % opted out.
"""

from datetime import datetime

import psycopg

_CHUNK = 100_000
# Each to a fifth of everybody: ten messages a person.
BROADCASTS = 50
MESSAGES_A_PERSON = 10

# Here the copies that triggers keep are written with the rest.
SQL_QUIET = """
ALTER TABLE contacts_contact DISABLE TRIGGER USER;
ALTER TABLE consent_standing DISABLE TRIGGER USER
"""
SQL_LOUD = """
ALTER TABLE contacts_contact ENABLE TRIGGER USER;
ALTER TABLE consent_standing ENABLE TRIGGER USER
"""
SQL_TAGS = """
INSERT INTO contacts_tag (workspace_id, name, colour, description, position, rule_version, preset, people_count)
SELECT %(workspace_id)s, 'Tag ' || n, 'blue', '', 0, 0, '', 0 FROM generate_series(1, 50) AS n
ON CONFLICT DO NOTHING
"""
SQL_FIELDS = """
INSERT INTO contacts_field (workspace_id, key, kind, choices, currency, created_at)
SELECT %(workspace_id)s, key, kind, '{}', '', %(now)s
FROM (VALUES ('plan', 'choice'), ('points', 'number'), ('birthday', 'date')) AS field (key, kind)
ON CONFLICT DO NOTHING
"""
# Every person gets numbers between 0 and 1 that belong to their number, so that runs can be compared.
SQL_PEOPLE = """
INSERT INTO contacts_contact (id, workspace_id, name, phone, email, language, country, zones, fields, tags, created_at,
    updated_at)
SELECT n, %(workspace_id)s, 'Person ' || n, '+8190' || lpad(n::text, 8, '0'), '',
    (ARRAY['ja', 'ja', 'ja', 'zh_CN', 'en'])[1 + n %% 5], (ARRAY['JP', 'JP', 'JP', 'CN', 'US', 'TW'])[1 + n %% 6],
    'Asia/Tokyo',
    jsonb_build_object('plan', (ARRAY['free', 'free', 'silver', 'gold'])[1 + n %% 4], 'points', (n * 7919) %% 5000,
        'birthday', (date '1950-01-01' + ((n * 104729) %% 20000)::int)::text),
    ARRAY(SELECT DISTINCT %(first_tag)s + ((n * step * 31) %% (50 * step) / step) FROM generate_series(1, n %% 4) AS step
          ORDER BY 1),
    %(now)s::timestamptz - interval '1 hour' * ((n * 15485863) %% 8760), %(now)s
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""
SQL_ACTIVITY = """
INSERT INTO contacts_activity (contact_id, workspace_id, last_sent_at, last_delivered_at, last_read_at, last_seen_at,
    inbound_count, last_reply_at, session_count, sessions_7, sessions_30, sessions_90, messages_7, messages_30,
    messages_90, order_count, order_sum, first_order_at, last_order_at, consents, joined_at, country, language, tags)
SELECT id, workspace_id, %(now)s::timestamptz - interval '1 hour' * (id %% 500),
    %(now)s::timestamptz - interval '1 hour' * (id %% 500),
    CASE WHEN id %% 2 = 0 THEN %(now)s::timestamptz - interval '1 hour' * (id %% 700) END,
    CASE WHEN id %% 3 > 0 THEN %(now)s::timestamptz - interval '1 hour' * ((id * 32452843) %% 4000) END,
    CASE WHEN id %% 3 > 0 THEN id %% 20 ELSE 0 END,
    CASE WHEN id %% 6 = 1 THEN %(now)s::timestamptz - interval '1 hour' * ((id * 32452843) %% 4000) END,
    CASE WHEN id %% 3 > 0 THEN id %% 8 ELSE 0 END, 0, 0, 0, 0, 0, 0,
    CASE WHEN id %% 10 = 1 THEN 1 + id %% 7 ELSE 0 END, CASE WHEN id %% 10 = 1 THEN (id * 49) %% 200000 ELSE 0 END,
    CASE WHEN id %% 10 = 1 THEN %(now)s::timestamptz - interval '1 hour' * (2000 + id %% 4000) END,
    CASE WHEN id %% 10 = 1 THEN %(now)s::timestamptz - interval '1 hour' * (id %% 2000) END,
    CASE WHEN id %% 33 = 0 THEN 4 WHEN id %% 4 > 0 THEN 3 ELSE 0 END, created_at, country, language, tags
FROM contacts_contact WHERE workspace_id = %(workspace_id)s AND id BETWEEN %(first)s AND %(last)s
"""
SQL_STANDINGS = """
INSERT INTO consent_standing (contact_id, workspace_id, marketing_basis, utility_basis, opted_out_at)
SELECT contact_id, workspace_id, CASE WHEN consents & 1 > 0 THEN 'opt_in' ELSE '' END,
    CASE WHEN consents & 2 > 0 THEN 'opt_in' ELSE '' END, CASE WHEN consents & 4 > 0 THEN %(now)s::timestamptz END
FROM contacts_activity WHERE workspace_id = %(workspace_id)s AND contact_id BETWEEN %(first)s AND %(last)s
"""
# Whoever wrote in the last 90 days has three days on which they did.
SQL_DAYS = """
INSERT INTO contacts_day (contact_id, day, workspace_id, sessions, messages, events)
SELECT contact_id, (last_seen_at AT TIME ZONE 'UTC')::date - back, workspace_id, 1, 1 + contact_id %% 3, 0
FROM contacts_activity CROSS JOIN generate_series(0, 2) AS back
WHERE workspace_id = %(workspace_id)s AND contact_id BETWEEN %(first)s AND %(last)s
    AND last_seen_at > %(now)s::timestamptz - interval '88 days'
"""
SQL_COUNT_DAYS = """
UPDATE contacts_activity AS activity SET sessions_7 = of_7, sessions_30 = of_30, sessions_90 = of_90,
    messages_7 = said_7, messages_30 = said_30, messages_90 = said_90
FROM (
    SELECT contact_id, coalesce(sum(sessions) FILTER (WHERE day > %(today)s::date - 7), 0) AS of_7,
        coalesce(sum(sessions) FILTER (WHERE day > %(today)s::date - 30), 0) AS of_30, sum(sessions) AS of_90,
        coalesce(sum(messages) FILTER (WHERE day > %(today)s::date - 7), 0) AS said_7,
        coalesce(sum(messages) FILTER (WHERE day > %(today)s::date - 30), 0) AS said_30, sum(messages) AS said_90
    FROM contacts_day WHERE contact_id BETWEEN %(first)s AND %(last)s GROUP BY contact_id) AS counted
WHERE activity.contact_id = counted.contact_id
"""
# A broadcast's outcomes lie together, as they are written together.
SQL_OUTCOMES = """
INSERT INTO contacts_outcome (contact_id, broadcast_id, workspace_id, number_id, sent_at, delivered_at, read_at,
    replied_at, clicked_at, failed_at, reason)
SELECT n, %(broadcast)s, %(workspace_id)s, %(broadcast)s, sent_at,
    CASE WHEN n %% 20 > 0 THEN sent_at + interval '5 seconds' END,
    CASE WHEN n %% 2 = 0 AND n %% 20 > 0 THEN sent_at + interval '1 minute' * (n %% 300) END,
    CASE WHEN n %% 10 = 2 THEN sent_at + interval '1 hour' * (6 + n %% 90) END, NULL,
    CASE WHEN n %% 20 = 0 THEN sent_at END, CASE WHEN n %% 20 = 0 THEN '131026' ELSE '' END
FROM generate_series(1, %(count)s::bigint) AS n
CROSS JOIN LATERAL (SELECT %(now)s::timestamptz - interval '1 day' * (%(broadcast)s * 7 - 6) AS sent_at) AS sent
WHERE (n / 7 + %(broadcast)s) %% 5 = 0
"""
SQL_REACHED = """
UPDATE contacts_activity AS activity SET last_sent_at = told.sent_at, last_delivered_at = told.delivered_at,
    last_read_at = told.read_at, last_reply_at = told.replied_at,
    events_90 = CASE WHEN contact_id % 10 = 0 AND contact_id % 4000 < 2100 THEN 1 ELSE 0 END
FROM (SELECT contact_id AS id, max(sent_at) AS sent_at, max(delivered_at) AS delivered_at, max(read_at) AS read_at,
          max(replied_at) AS replied_at FROM contacts_outcome GROUP BY contact_id) AS told
WHERE told.id = activity.contact_id
"""
SQL_EVENTS = """
INSERT INTO contacts_event (workspace_id, contact_id, name, external_id, properties, at, created_at)
SELECT %(workspace_id)s, n, (ARRAY['asked', 'visited', 'registered', 'complaint'])[1 + (n / 10) %% 4], n::text, '{}',
    %(now)s::timestamptz - interval '1 hour' * (n %% 4000), %(now)s
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n WHERE n %% 10 = 0
"""
# As the trigger does that is switched off here.
SQL_PACK = "SELECT contacts_pack(%(workspace_id)s, ARRAY['plan', 'points', 'birthday'])"
SQL_TIDY = "VACUUM (ANALYZE) contacts_contact, contacts_activity, contacts_day, contacts_outcome, contacts_event, consent_standing"
_STEPS = (SQL_PEOPLE, SQL_ACTIVITY, SQL_STANDINGS, SQL_DAYS, SQL_COUNT_DAYS, SQL_EVENTS)


def ensure_people(connection: psycopg.Connection, workspace_id: int, count: int, now: datetime) -> datetime:
    """See to it that so many people are there, and return the moment at which their past ends."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS bench_people (made bigint, now timestamptz, first_tag bigint, reached bigint)"
    )
    row = connection.execute("SELECT made, now, first_tag, reached FROM bench_people").fetchone()
    if row is None:
        connection.execute(SQL_TAGS, {"workspace_id": workspace_id})
        connection.execute(SQL_FIELDS, {"workspace_id": workspace_id, "now": now})
        [first_tag] = connection.execute("SELECT min(id) FROM contacts_tag").fetchone() or (1,)
        row = (0, now, first_tag, 0)
        connection.execute("INSERT INTO bench_people VALUES (%s, %s, %s, %s)", row)
    made, now, first_tag, reached = row
    given = {
        "workspace_id": workspace_id,
        "now": now,
        "today": now.date(),
        "first_tag": first_tag,
        "broadcasts": BROADCASTS,
    }
    for start in range(made, count, _CHUNK):
        last = min(start + _CHUNK, count)
        with connection.transaction():
            connection.execute(SQL_QUIET)
            for statement in _STEPS:
                connection.execute(statement, {**given, "first": start + 1, "last": last})
            connection.execute(SQL_LOUD)
            connection.execute("UPDATE bench_people SET made = %s", [last])
    if reached < count:
        connection.execute("TRUNCATE contacts_outcome")
        for broadcast in range(1, BROADCASTS + 1):
            connection.execute(SQL_OUTCOMES, {**given, "broadcast": broadcast, "count": count})
        connection.execute(SQL_REACHED)
        connection.execute(SQL_PACK, {"workspace_id": workspace_id})
        connection.execute("VACUUM FULL contacts_activity")
        connection.execute(SQL_TIDY)
        connection.execute("UPDATE bench_people SET reached = %s", [count])
    return now
