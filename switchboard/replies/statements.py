"""What synchronous actions and queries of replies run by core.statements."""

SQL_NOTIFY_RULES = "SELECT pg_notify('switchboard_rules', %(workspace)s)"

# One value for all that the draft is made of. 22 ms for 10,000 keywords.
# Index: replies_rule_order, then those of keywords and rungs by rule, and of steps by rung.
SQL_FINGERPRINT = """
WITH rules AS (SELECT id, hashtextextended(rule::text, 0) AS hash FROM replies_rule AS rule WHERE workspace_id = %(workspace)s)
SELECT concat_ws('/', (SELECT sum(hash) FROM rules),
    (SELECT sum(hashtextextended(keyword::text, 0)) FROM replies_keyword AS keyword JOIN rules ON rules.id = keyword.rule_id),
    (SELECT sum(hashtextextended(rung::text, 0)) FROM replies_rung AS rung JOIN rules ON rules.id = rung.rule_id),
    (SELECT sum(hashtextextended(step::text, 0)) FROM replies_step AS step
        JOIN replies_rung AS rung ON rung.id = step.rung_id JOIN rules ON rules.id = rung.rule_id),
    (SELECT hashtextextended(content::text, 0) FROM replies_settings WHERE workspace_id = %(workspace)s))
"""

# Decisions of a span by week and by rule: asked, matched by a keyword, unanswered, handed over, answered a day ago or more,
# and of these those after which nothing more was asked within 24 hours. A row is a week's (rule_id is null) or a rule's.
# Index: replies_decision_newest, then replies_decision_by_thread.
SQL_MEASURE = """
WITH asked AS (
    SELECT decision.conversation_id, decision.at, decision.outcome, coalesce(decision.rule_id, 0) AS rule_id,
        decision.keyword, date_trunc('week', decision.at AT TIME ZONE %(zone)s)::date AS week
    FROM replies_decision AS decision
    WHERE decision.workspace_id = %(workspace)s AND decision.at >= %(since)s
        AND decision.outcome IN ('answered', 'handed_over', 'after_hours', 'unanswered')
), judged AS (
    SELECT asked.*, asked.outcome = 'answered' AND asked.at < %(mature)s AS is_ripe,
        NOT EXISTS (
            SELECT 1 FROM replies_decision AS later
            WHERE later.conversation_id = asked.conversation_id
                AND later.at > asked.at AND later.at <= asked.at + interval '24 hours'
                AND later.outcome IN ('answered', 'handed_over', 'after_hours', 'unanswered', 'person')
        ) AS is_last
    FROM asked
)
SELECT week, rule_id, count(*), count(*) FILTER (WHERE keyword <> ''), count(*) FILTER (WHERE outcome = 'unanswered'),
    count(*) FILTER (WHERE outcome = 'handed_over'), count(*) FILTER (WHERE is_ripe),
    count(*) FILTER (WHERE is_ripe AND is_last)
FROM judged GROUP BY GROUPING SETS ((week), (rule_id)) ORDER BY week DESC NULLS LAST, count(*) DESC, rule_id
"""

# How often each rule was the one that answers. Index: replies_decision_newest.
SQL_COUNT_HITS = """
SELECT rule_id, count(*) FROM replies_decision
WHERE workspace_id = %(workspace)s AND at >= %(since)s AND rule_id IS NOT NULL
    AND outcome IN ('answered', 'handed_over', 'after_hours', 'unanswered')
GROUP BY rule_id
"""

# Index: replies_decision_newest.
SQL_MEASURE_KEYWORDS = """
SELECT keyword, count(*), (sum(count(*)) OVER ())::bigint
FROM replies_decision
WHERE workspace_id = %(workspace)s AND at >= %(since)s AND keyword <> ''
GROUP BY keyword ORDER BY count(*) DESC, keyword LIMIT %(most)s
"""

# Seconds from a question to the first answer to it: the middle one and the ninth of ten.
SQL_MEASURE_WAITS = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds), percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds)
FROM (
    SELECT extract(epoch FROM min(at) - min(asked_at))::float8 AS seconds
    FROM replies_answer
    WHERE workspace_id = %(workspace)s AND at >= %(since)s AND message_id IS NOT NULL AND rung = 0
    GROUP BY message_id
) AS waits
"""
