"""What synchronous queries read, run by core.statements: holds, speed, recounts, what still waits."""

# Index: delivery_lane_by_origin, then delivery_outbox_held; rows of stopped numbers by the outbox's primary key.
SQL_HOLDS = """
WITH lane AS (
    SELECT lane.id, (number.stopped_at IS NOT NULL OR number.state <> 'connected')
            AND number.stopped_code <> 'RESTRICTED_ANSWERING' AS is_stopped,
        EXISTS (SELECT FROM delivery_stopswitch switch
            WHERE switch.workspace_id IN (0, %(workspace_id)s) AND switch.is_on) AS is_stop_on
    FROM delivery_lane lane JOIN numbers_number number ON number.id = lane.number_id
    WHERE lane.workspace_id = %(workspace_id)s AND lane.origin_kind = %(origin)s AND lane.origin_id = %(origin_id)s
      AND lane.state <> 'cancelled' AND lane.low_water_at IS NOT NULL
)
SELECT CASE WHEN lane.is_stop_on THEN 'stop' ELSE 'number' END, NULL::timestamptz, count(*)
FROM lane JOIN delivery_outbox outbox ON outbox.lane_id = lane.id
WHERE lane.is_stop_on OR lane.is_stopped
GROUP BY 1
UNION ALL
SELECT outbox.hold, max(outbox.due_at), count(*)
FROM lane JOIN delivery_outbox outbox
    ON outbox.lane_id = lane.id AND outbox.workspace_id = %(workspace_id)s AND outbox.hold IS NOT NULL
WHERE NOT lane.is_stop_on AND NOT lane.is_stopped AND outbox.due_at > %(now)s
GROUP BY outbox.hold, CASE WHEN outbox.hold = 'quiet_hours' THEN outbox.due_at END
ORDER BY 2 NULLS FIRST, 1
"""


# Index: delivery_tally_by_origin.
SQL_SPEED = """
SELECT minute, sum(amount) FROM delivery_tally
WHERE workspace_id = %(workspace_id)s AND origin_kind = %(origin)s AND origin_id = %(origin_id)s AND measure = 'sent'
GROUP BY minute ORDER BY minute
"""


# One snapshot. Index: delivery_message_by_lane (the messages of a lane lie together), then primary keys.
SQL_RECOUNT = """
WITH lane AS (
    SELECT id FROM delivery_lane
    WHERE workspace_id = %(workspace_id)s AND origin_kind = %(origin)s AND origin_id = %(origin_id)s
), placed AS (
    SELECT message.id, delivery.state, delivery.reason, delivery.delivered_at, delivery.read_at, delivery.replied_at
    FROM delivery_message message LEFT JOIN delivery_delivery delivery ON delivery.message_id = message.id
    WHERE message.lane_id = ANY(ARRAY(SELECT id FROM lane)) AND message.workspace_id = %(workspace_id)s
)
SELECT 'waiting', '', count(*), 0, 0, 0 FROM delivery_outbox outbox
WHERE outbox.lane_id = ANY(ARRAY(SELECT id FROM lane))
  AND NOT EXISTS (SELECT FROM delivery_delivery delivery
    WHERE delivery.message_id = outbox.message_id AND delivery.state <> 0)
UNION ALL
SELECT COALESCE(state::text, ''), COALESCE(reason, ''), count(*), count(delivered_at), count(read_at), count(replied_at)
FROM placed GROUP BY state, reason
"""


# Index: delivery_lane_by_origin, then the outbox's primary key.
SQL_REST = """
SELECT waiting.many, lane.state = 'paused' AS is_paused, (number.stopped_at IS NOT NULL OR number.state <> 'connected')
    AND number.stopped_code <> 'RESTRICTED_ANSWERING' AS is_stopped
FROM delivery_lane lane
JOIN numbers_number number ON number.id = lane.number_id
CROSS JOIN LATERAL (SELECT count(*) AS many FROM delivery_outbox outbox WHERE outbox.lane_id = lane.id) AS waiting
WHERE lane.workspace_id = %(workspace_id)s AND lane.origin_kind = %(origin)s AND lane.origin_id = %(origin_id)s
  AND lane.state <> 'cancelled'
"""


# Index: delivery_lane_by_origin, then primary keys. A sample of those who wait: 2,000 take about 10 ms.
SQL_WAITING_ZONES = """
SELECT message.zones, count(*)
FROM (
    SELECT outbox.message_id
    FROM delivery_lane lane JOIN delivery_outbox outbox ON outbox.lane_id = lane.id
    WHERE lane.workspace_id = %(workspace_id)s AND lane.origin_kind = %(origin)s AND lane.origin_id = %(origin_id)s
    LIMIT 2000) AS waiting
JOIN delivery_message message ON message.id = waiting.message_id
GROUP BY message.zones ORDER BY count(*) DESC LIMIT 12
"""


# Index: the outbox's primary key. Bounded, because a page asks it: 50,000 rows of a lane take about 10 ms.
SQL_WAITING_BY_NUMBER = """
SELECT lane.number_id, sum(waiting.many)
FROM delivery_lane lane
CROSS JOIN LATERAL (
    SELECT count(*) AS many FROM (
        SELECT FROM delivery_outbox outbox WHERE outbox.lane_id = lane.id LIMIT 50000) AS bounded) AS waiting
WHERE lane.workspace_id = %(workspace_id)s AND lane.number_id = ANY(%(number_ids)s::bigint[])
  AND lane.state = 'active' AND lane.priority > 2 AND lane.low_water_at IS NOT NULL
GROUP BY lane.number_id
"""


# Index: delivery_lane_by_origin, delivery_message_by_lane, then primary keys. 10,000 messages: 40 ms.
SQL_MOMENTS = """
SELECT date_bin(%(step)s, event.moment, TIMESTAMPTZ 'epoch') AS at,
    count(*) FILTER (WHERE event.kind = 'sent'), count(*) FILTER (WHERE event.kind = 'delivered'),
    count(*) FILTER (WHERE event.kind = 'read')
FROM delivery_message message
JOIN delivery_delivery delivery ON delivery.message_id = message.id
CROSS JOIN LATERAL (VALUES ('sent', delivery.accepted_at), ('delivered', delivery.delivered_at), ('read', delivery.read_at))
    AS event(kind, moment)
WHERE message.workspace_id = %(workspace_id)s AND message.lane_id = ANY(ARRAY(
    SELECT id FROM delivery_lane
    WHERE workspace_id = %(workspace_id)s AND origin_kind = %(origin)s AND origin_id = %(origin_id)s))
  AND event.moment IS NOT NULL
GROUP BY 1 ORDER BY 1 DESC LIMIT 240
"""
