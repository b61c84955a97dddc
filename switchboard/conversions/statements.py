"""SQL that records a step of a file of orders as a set, and adds up what people have bought."""

# What is known of these orders, held until the step ends. Index: conversions_order_once.
SQL_HOLD_ORDERS = """
SELECT external_id, contact_id, total, currency, refunded FROM conversions_order
WHERE workspace_id = %(workspace_id)s AND external_id = ANY(%(external_ids)s)
ORDER BY id FOR NO KEY UPDATE
"""

# An order that somebody else has recorded meanwhile is not returned. One text of JSON is five times as fast as arrays. Index: conversions_order_once.
SQL_ADD_ORDERS = """
INSERT INTO conversions_order (workspace_id, contact_id, external_id, number, items, total, refunded, currency, at,
    created_at)
SELECT %(workspace_id)s, contact_id, external_id, number, items, total, refunded, currency, at, %(now)s
FROM jsonb_to_recordset(%(orders)s::jsonb) AS told (contact_id bigint, external_id text, number text, items jsonb,
    total numeric, refunded numeric, currency text, at timestamptz)
ON CONFLICT (workspace_id, external_id) DO NOTHING
RETURNING external_id
"""

# What was given back only grows. Index: conversions_order_once.
SQL_RAISE_REFUNDS = """
UPDATE conversions_order AS kept SET refunded = told.refunded
FROM unnest(%(external_ids)s::text[], %(refunds)s::numeric[]) AS told (external_id, refunded)
WHERE kept.workspace_id = %(workspace_id)s AND kept.external_id = told.external_id AND kept.refunded < told.refunded
"""

# What was given back in full counts as never bought. Money is added in the currency of the last order. One look at the
# orders and no join: a workspace whose first file this is has no statistics, and the planner takes it for empty.
# Index: conversions_order_by_contact. 5,000 people with three orders each: 0.05 s.
SQL_ADD_UP = """
SELECT DISTINCT ON (contact_id) contact_id, count(*) OVER person AS many,
    sum(total - refunded) OVER (PARTITION BY contact_id, currency) AS paid, currency, min(at) OVER person AS first_at, at,
    coalesce(nullif(number, ''), external_id), total, items::text
FROM conversions_order
WHERE workspace_id = %(workspace_id)s AND contact_id = ANY(%(contact_ids)s::bigint[]) AND (refunded < total OR total = 0)
WINDOW person AS (PARTITION BY contact_id)
ORDER BY contact_id, at DESC, id DESC
"""
