"""What synchronous actions write, run by core.statements: lanes, messages, upkeep of the tables."""

SQL_NOTIFY_DUE = "SELECT pg_notify('switchboard_due', '')"


SQL_OPEN_LANES = """
INSERT INTO delivery_lane (workspace_id, number_id, priority, origin_kind, origin_id, pace)
SELECT %(workspace_id)s, number_id, %(priority)s, %(origin)s, %(origin_id)s, %(pace)s
FROM unnest(%(number_ids)s::bigint[]) AS number_id ORDER BY number_id
ON CONFLICT (workspace_id, number_id, priority, origin_kind, origin_id) DO UPDATE SET pace = excluded.pace
RETURNING number_id, id
"""


SQL_OPEN_PACES = """
INSERT INTO delivery_pacestate (number_id, workspace_id, next_at)
SELECT number_id, %(workspace_id)s, 'epoch' FROM unnest(%(number_ids)s::bigint[]) AS number_id ORDER BY number_id
ON CONFLICT (number_id) DO NOTHING
"""


# INSERT … SELECT, because COPY does not work where row-level security stands.
SQL_PUT_MESSAGES = """
INSERT INTO delivery_message (id, workspace_id, lane_id, number_id, contact_id, origin_kind, origin_id, category,
    recipient, zones, template_id, body, created_at)
SELECT id, %(workspace_id)s, lane_id, number_id, contact_id, %(origin)s, %(origin_id)s, category,
    recipient, zones, template_id, body, %(now)s
FROM unnest(%(ids)s::uuid[], %(lane_ids)s::bigint[], %(number_ids)s::bigint[], %(contact_ids)s::bigint[],
    %(categories)s::text[], %(recipients)s::text[], %(zones)s::text[], %(template_ids)s::bigint[], %(bodies)s::jsonb[])
    AS given (id, lane_id, number_id, contact_id, category, recipient, zones, template_id, body)
"""


SQL_PUT_WAITING = """
WITH given AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(lane_ids)s::bigint[], %(number_ids)s::bigint[], %(contact_ids)s::bigint[],
        %(due_at)s::timestamptz[], %(holds)s::text[], %(hold_details)s::jsonb[])
        AS given (id, lane_id, number_id, contact_id, due_at, hold, hold_detail)
), put AS (
    INSERT INTO delivery_outbox
        (workspace_id, lane_id, due_at, message_id, number_id, contact_id, hold, hold_detail)
    SELECT %(workspace_id)s, lane_id, due_at, id, number_id, contact_id, hold, hold_detail FROM given
), first AS (
    SELECT DISTINCT ON (lane_id) lane_id, due_at, id FROM given ORDER BY lane_id, due_at, id
), locked AS (
    SELECT lane.id FROM delivery_lane lane JOIN first ON first.lane_id = lane.id ORDER BY lane.id FOR NO KEY UPDATE
)
UPDATE delivery_lane lane SET
    version = lane.version + 1,
    low_water_at = CASE WHEN lane.low_water_at IS NULL
        OR (first.due_at, first.id) < (lane.low_water_at, lane.low_water_id)
        THEN first.due_at ELSE lane.low_water_at END,
    low_water_id = CASE WHEN lane.low_water_at IS NULL
        OR (first.due_at, first.id) < (lane.low_water_at, lane.low_water_id)
        THEN first.id ELSE lane.low_water_id END
FROM first JOIN locked ON locked.id = first.lane_id
WHERE lane.id = first.lane_id AND lane.workspace_id = %(workspace_id)s
"""


SQL_PUT_SKIPPED = """
WITH given AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(number_ids)s::bigint[], %(skips)s::text[], %(skip_details)s::jsonb[])
        AS given (id, number_id, skip, skip_detail)
), put AS (
    INSERT INTO delivery_delivery (message_id, workspace_id, state, reason, detail, failed_at)
    SELECT id, %(workspace_id)s, %(skipped)s, skip, skip_detail, %(now)s FROM given
)
INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute)
SELECT %(workspace_id)s, %(origin)s, %(origin_id)s, number_id, 'skipped', skip, count(*),
    date_trunc('minute', %(now)s::timestamptz)
FROM given GROUP BY number_id, skip
"""


# Index: delivery_lane_by_origin, the outbox's primary key. A row that was sent before only leaves the outbox.
SQL_SKIP_WAITING = """
WITH gone AS (
    DELETE FROM delivery_outbox outbox WHERE (outbox.lane_id, outbox.due_at, outbox.message_id) IN (
        SELECT waiting.lane_id, waiting.due_at, waiting.message_id
        FROM delivery_lane lane JOIN delivery_outbox waiting ON waiting.lane_id = lane.id
        WHERE lane.workspace_id = %(workspace_id)s AND lane.origin_kind = %(origin)s AND lane.origin_id = %(origin_id)s
        LIMIT %(limit)s FOR UPDATE OF waiting SKIP LOCKED)
    RETURNING outbox.message_id, outbox.number_id, outbox.attempt
), skipped AS (
    INSERT INTO delivery_delivery AS delivery (message_id, workspace_id, state, attempt, reason, failed_at)
    SELECT message_id, %(workspace_id)s, %(skipped)s, attempt, %(reason)s, %(now)s FROM gone
    ON CONFLICT (message_id) DO UPDATE
    SET state = excluded.state, reason = excluded.reason, failed_at = excluded.failed_at
    WHERE delivery.state = %(waiting)s
    RETURNING delivery.message_id
), counted AS (
    INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute)
    SELECT %(workspace_id)s, %(origin)s, %(origin_id)s, gone.number_id, 'skipped', %(reason)s, count(*),
        date_trunc('minute', %(now)s::timestamptz)
    FROM skipped JOIN gone ON gone.message_id = skipped.message_id GROUP BY gone.number_id)
SELECT count(*) FROM gone
"""


# Rows that a transaction still under way has added are not seen and stay. Index: delivery_tally_by_origin.
SQL_SQUASH = """
WITH gone AS (
    DELETE FROM delivery_tally WHERE (workspace_id, origin_kind, origin_id) IN (
        SELECT workspace_id, origin_kind, origin_id FROM delivery_tally
        WHERE workspace_id = %(workspace_id)s AND minute < %(before)s
        GROUP BY workspace_id, origin_kind, origin_id, number_id, measure, reason, minute
        HAVING count(*) > 1)
      AND minute < %(before)s
    RETURNING workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute
), kept AS (
    INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute)
    SELECT workspace_id, origin_kind, origin_id, number_id, measure, reason, sum(amount), minute
    FROM gone GROUP BY workspace_id, origin_kind, origin_id, number_id, measure, reason, minute
    HAVING sum(amount) <> 0 RETURNING 1)
SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM kept)
"""


SQL_ENSURE_PARTITIONS = """
SELECT switchboard_ensure_months('delivery_message', %(month)s, 5, true)
    + switchboard_ensure_months('delivery_delivery', %(month)s, 5, true, 'WITH (fillfactor = 50)')
"""


# Index: delivery_outbox_held, lane by lane. The lanes' marks fall with their rows.
SQL_JUDGE_AGAIN = """
WITH lane AS (
    SELECT id FROM delivery_lane
    WHERE workspace_id = %(workspace_id)s AND low_water_at IS NOT NULL ORDER BY id FOR NO KEY UPDATE
), freed AS (
    UPDATE delivery_outbox outbox SET due_at = %(now)s FROM lane
    WHERE outbox.workspace_id = %(workspace_id)s AND outbox.lane_id = lane.id AND outbox.hold = ANY(%(holds)s)
      AND outbox.due_at > %(now)s
    RETURNING outbox.lane_id, outbox.message_id
), first AS (
    SELECT DISTINCT ON (lane_id) lane_id, message_id FROM freed ORDER BY lane_id, message_id
), lowered AS (
    UPDATE delivery_lane lane SET version = lane.version + 1,
        low_water_at = least(lane.low_water_at, %(now)s),
        low_water_id = CASE WHEN lane.low_water_at < %(now)s THEN lane.low_water_id
            WHEN lane.low_water_at = %(now)s THEN least(lane.low_water_id, first.message_id)
            ELSE first.message_id END
    FROM first WHERE lane.id = first.lane_id AND lane.workspace_id = %(workspace_id)s)
SELECT count(*) FROM freed
"""
