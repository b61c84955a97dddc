"""Messages that wait in the lanes of a number that has stopped are unmade, so that their broadcasts make them anew."""

# What was tried once stays where it is: Meta may have it. Index: delivery_lane_by_origin, the keys of the outbox and of
# the deliveries.
SQL_COUNT_MOVABLE = """
SELECT lane.origin_id, count(*)
FROM delivery_lane lane
JOIN delivery_outbox waiting ON waiting.lane_id = lane.id
WHERE lane.workspace_id = %(workspace_id)s AND lane.number_id = %(number_id)s AND lane.origin_kind = 'broadcast'
  AND lane.state <> 'cancelled'
  AND NOT EXISTS (SELECT FROM delivery_delivery delivery WHERE delivery.message_id = waiting.message_id)
GROUP BY lane.origin_id ORDER BY lane.origin_id
"""

SQL_TAKE_BACK = """
WITH gone AS (
    DELETE FROM delivery_outbox outbox WHERE (outbox.lane_id, outbox.due_at, outbox.message_id) IN (
        SELECT waiting.lane_id, waiting.due_at, waiting.message_id
        FROM delivery_lane lane JOIN delivery_outbox waiting ON waiting.lane_id = lane.id
        WHERE lane.workspace_id = %(workspace_id)s AND lane.number_id = %(number_id)s
          AND lane.origin_kind = 'broadcast' AND lane.origin_id = %(broadcast_id)s
          AND NOT EXISTS (SELECT FROM delivery_delivery delivery WHERE delivery.message_id = waiting.message_id)
        LIMIT %(limit)s FOR UPDATE OF waiting SKIP LOCKED)
    RETURNING outbox.message_id
)
DELETE FROM delivery_message message USING gone
WHERE message.id = gone.message_id AND message.workspace_id = %(workspace_id)s
RETURNING message.id
"""
