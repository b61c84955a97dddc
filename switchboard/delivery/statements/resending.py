"""Failed messages go back into the outbox under a new attempt: what a person asks for, and what a broadcast's option allows."""

# What failed for good and may go out again. 131026 once, 131049 twice, each at least a day after it failed; unconfirmed
# ones as often as somebody asks. A message that arrived after all is not in this state any more.
# Index: delivery_lane_by_origin, delivery_message_by_lane, the primary keys of deliveries and resends.
SQL_LIST_RESENDABLE = """
SELECT message.id, message.lane_id, delivery.attempt, delivery.reason, message.origin_kind, message.origin_id,
    message.number_id
FROM delivery_message message
JOIN delivery_delivery delivery ON delivery.message_id = message.id AND delivery.workspace_id = message.workspace_id
WHERE message.workspace_id = %(workspace_id)s AND message.lane_id = ANY(ARRAY(
    SELECT id FROM delivery_lane
    WHERE workspace_id = %(workspace_id)s AND origin_kind = %(origin)s AND origin_id = %(origin_id)s))
  AND delivery.state = 40 AND delivery.reason = ANY(%(reasons)s) AND delivery.failed_at <= %(before)s
  AND (SELECT count(*) FROM delivery_resend resend
       WHERE resend.message_id = message.id AND resend.reason = delivery.reason) < %(most)s
ORDER BY message.id LIMIT %(limit)s
"""

# In the order of ids, before anything changes (store/locking.py says why). Index: the primary key.
SQL_LOCK_RESENDABLE = """
SELECT message_id FROM delivery_delivery
WHERE message_id = ANY(%(message_ids)s::uuid[]) AND workspace_id = %(workspace_id)s AND state = 40
ORDER BY message_id FOR NO KEY UPDATE
"""

# The row waits as if it had never been sent; what became of the attempt before is in the resend. Index: the primary key.
SQL_RESEND = """
WITH given AS (
    SELECT * FROM unnest(%(message_ids)s::uuid[], %(attempts)s::smallint[], %(reasons)s::text[],
        %(origin_kinds)s::text[], %(origin_ids)s::bigint[], %(number_ids)s::bigint[])
        AS given (message_id, attempt, reason, origin_kind, origin_id, number_id)
), again AS (
    UPDATE delivery_delivery delivery SET state = 0, attempt = given.attempt + 1, reason = NULL, detail = NULL,
        wamid = NULL, accepted_at = NULL, sent_at = NULL, failed_at = NULL
    FROM given
    WHERE delivery.message_id = given.message_id AND delivery.workspace_id = %(workspace_id)s
      AND delivery.message_id = ANY(%(message_ids)s::uuid[])
      AND delivery.state = 40 AND delivery.attempt = given.attempt AND delivery.reason = given.reason
    RETURNING given.*
), kept AS (
    INSERT INTO delivery_resend (message_id, attempt, workspace_id, reason, asked_by, at)
    SELECT message_id, attempt + 1, %(workspace_id)s, reason, %(asked_by)s, %(now)s FROM again
), counted AS (
    INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute)
    SELECT %(workspace_id)s, origin_kind, origin_id, number_id, 'failed', reason, -count(*),
        date_trunc('minute', %(now)s::timestamptz)
    FROM again GROUP BY origin_kind, origin_id, number_id, reason)
SELECT message_id FROM again
"""

# How many of an origin Meta holds for its quality check: accepted, and nothing said since. Index: delivery_held_by_origin.
SQL_COUNT_HELD_BY_META = """
SELECT count(*) FROM delivery_held held
JOIN delivery_delivery delivery ON delivery.message_id = held.message_id AND delivery.workspace_id = held.workspace_id
WHERE held.workspace_id = %(workspace_id)s AND held.origin_kind = %(origin)s AND held.origin_id = %(origin_id)s
  AND delivery.state = 20
"""
