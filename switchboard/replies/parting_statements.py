"""SQL that takes a merge apart. Each statement reads what was remembered from the merge's own row.

What is as the merge left it becomes as it was before; what has changed since stays with the one who was kept.
"""

# Index: contacts_contact_phone_once.
SQL_IS_PHONE_TAKEN = """
SELECT EXISTS (
    SELECT FROM contacts_merge AS merge
    JOIN contacts_contact AS other ON other.workspace_id = merge.workspace_id
        AND other.phone IN (merge.before #>> '{lost,phone}', merge.before #>> '{kept,phone}')
    WHERE merge.id = %(merge_id)s AND merge.workspace_id = %(workspace_id)s AND other.id <> %(keep)s)
"""

# A field that came from the other one goes, unless somebody has written it since; so does a tag.
SQL_RESTORE_KEPT = """
WITH merge AS (
    SELECT before, at FROM contacts_merge WHERE id = %(merge_id)s AND workspace_id = %(workspace_id)s
), former AS (
    SELECT one.* FROM merge, jsonb_populate_record(NULL::contacts_contact, before -> 'kept') AS one
), merged AS (
    SELECT one.* FROM merge, jsonb_populate_record(NULL::contacts_contact, before #> '{after,kept}') AS one
)
UPDATE contacts_contact AS kept SET
    phone = CASE WHEN kept.phone IS NOT DISTINCT FROM merged.phone THEN former.phone ELSE kept.phone END,
    name = CASE WHEN kept.name = merged.name THEN former.name ELSE kept.name END,
    email = CASE WHEN kept.email = merged.email THEN former.email ELSE kept.email END,
    language = CASE WHEN kept.language = merged.language THEN former.language ELSE kept.language END,
    country = CASE WHEN kept.country = merged.country THEN former.country ELSE kept.country END,
    zones = CASE WHEN kept.zones = merged.zones THEN former.zones ELSE kept.zones END,
    fields = coalesce((
        SELECT jsonb_object_agg(field.key, field.value) FROM jsonb_each(kept.fields) AS field
        WHERE former.fields ? field.key OR merged.fields -> field.key IS DISTINCT FROM field.value), '{}'),
    tags = CASE WHEN kept.tags = merged.tags THEN former.tags ELSE ARRAY(
        SELECT tag FROM unnest(kept.tags) AS tag
        WHERE tag = ANY (former.tags) OR tag <> ALL (merged.tags) ORDER BY tag) END,
    created_at = former.created_at,
    created_by_import = former.created_by_import,
    updated_at = CASE WHEN kept.updated_at = merged.updated_at THEN former.updated_at ELSE %(now)s END
FROM former, merged
WHERE kept.id = %(keep)s AND kept.workspace_id = %(workspace_id)s
"""

# The former person gets the very id they had, so that old links work again.
SQL_BRING_BACK = """
INSERT INTO contacts_contact
SELECT one.* FROM contacts_merge AS merge, jsonb_populate_record(NULL::contacts_contact, merge.before -> 'lost') AS one
WHERE merge.id = %(merge_id)s AND merge.workspace_id = %(workspace_id)s
"""

# Index: the keys that were remembered.
SQL_GIVE_BACK = """
WITH given AS MATERIALIZED (
    SELECT before FROM contacts_merge WHERE id = %(merge_id)s AND workspace_id = %(workspace_id)s
), alias AS (
    DELETE FROM contacts_alias WHERE former_id = %(lose)s AND workspace_id = %(workspace_id)s
), aliases AS (
    UPDATE contacts_alias SET contact_id = %(lose)s WHERE workspace_id = %(workspace_id)s
      AND former_id = ANY(ARRAY(SELECT jsonb_array_elements_text(before -> 'aliases')::bigint FROM given))
), identities AS (
    UPDATE contacts_identity SET contact_id = %(lose)s WHERE workspace_id = %(workspace_id)s
      AND id = ANY(ARRAY(SELECT jsonb_array_elements_text(before -> 'identities')::bigint FROM given))
), changes AS (
    UPDATE contacts_change SET contact_id = %(lose)s WHERE workspace_id = %(workspace_id)s
      AND id = ANY(ARRAY(SELECT jsonb_array_elements_text(before -> 'changes')::bigint FROM given))
), entries AS (
    UPDATE consent_entry SET contact_id = %(lose)s WHERE workspace_id = %(workspace_id)s
      AND id = ANY(ARRAY(SELECT jsonb_array_elements_text(before -> 'entries')::bigint FROM given))
), received AS (
    UPDATE replies_inboundmessage SET contact_id = %(lose)s WHERE workspace_id = %(workspace_id)s
      AND contact_id = %(keep)s
      AND id = ANY(ARRAY(SELECT jsonb_array_elements_text(before -> 'received')::uuid FROM given))
), recipients AS (
    UPDATE broadcasts_recipient SET contact_id = %(lose)s WHERE contact_id = %(keep)s
      AND broadcast_id = ANY(ARRAY(SELECT jsonb_array_elements_text(before -> 'recipients')::bigint FROM given))
), coupons AS (
    UPDATE replies_coupon SET contact_id = %(lose)s WHERE workspace_id = %(workspace_id)s AND contact_id = %(keep)s
      AND id = ANY(ARRAY(SELECT jsonb_array_elements_text(before -> 'coupons')::bigint FROM given))
), notes AS (
    UPDATE contacts_note SET contact_id = %(lose)s WHERE workspace_id = %(workspace_id)s
      AND id = ANY(ARRAY(SELECT jsonb_array_elements_text(before -> 'notes')::bigint FROM given))
), events AS (
    UPDATE contacts_event SET contact_id = %(lose)s WHERE workspace_id = %(workspace_id)s
      AND id = ANY(ARRAY(SELECT jsonb_array_elements_text(before -> 'events')::bigint FROM given))
)
UPDATE conversions_order SET contact_id = %(lose)s WHERE workspace_id = %(workspace_id)s
  AND id = ANY(ARRAY(SELECT jsonb_array_elements_text(before -> 'orders')::bigint FROM given))
"""

# Index: the keys of messages, and of the outbox by lane.
SQL_GIVE_BACK_MESSAGES = """
WITH messages AS (
    UPDATE delivery_message SET contact_id = %(lose)s WHERE workspace_id = %(workspace_id)s AND contact_id = %(keep)s
      AND id = ANY(ARRAY(SELECT jsonb_array_elements_text(before -> 'messages')::uuid FROM contacts_merge
                         WHERE id = %(merge_id)s AND workspace_id = %(workspace_id)s))
    RETURNING id, lane_id
)
UPDATE delivery_outbox AS waiting SET contact_id = %(lose)s FROM messages
WHERE waiting.workspace_id = %(workspace_id)s AND waiting.lane_id = messages.lane_id
  AND waiting.message_id = messages.id
"""

# The counts are what both did less what the other one did: so they are right whatever was counted since.
# Index: contacts_activity_pkey.
SQL_RESTORE_KEPT_ACTIVITY = """
WITH merge AS (
    SELECT before FROM contacts_merge WHERE id = %(merge_id)s AND workspace_id = %(workspace_id)s
), both_of AS (
    SELECT one.* FROM merge, jsonb_populate_recordset(NULL::contacts_activity, before -> 'activities') AS one
), merged AS (
    SELECT one.* FROM merge, jsonb_populate_recordset(NULL::contacts_activity, before #> '{after,activities}') AS one
)
UPDATE contacts_activity AS kept SET
    last_sent_at = CASE WHEN kept.last_sent_at IS NOT DISTINCT FROM merged.last_sent_at
        THEN former.last_sent_at ELSE kept.last_sent_at END,
    last_delivered_at = CASE WHEN kept.last_delivered_at IS NOT DISTINCT FROM merged.last_delivered_at
        THEN former.last_delivered_at ELSE kept.last_delivered_at END,
    last_read_at = CASE WHEN kept.last_read_at IS NOT DISTINCT FROM merged.last_read_at
        THEN former.last_read_at ELSE kept.last_read_at END,
    last_seen_at = CASE WHEN kept.last_seen_at IS NOT DISTINCT FROM merged.last_seen_at
        THEN former.last_seen_at ELSE kept.last_seen_at END,
    last_reply_at = CASE WHEN kept.last_reply_at IS NOT DISTINCT FROM merged.last_reply_at
        THEN former.last_reply_at ELSE kept.last_reply_at END,
    last_click_at = CASE WHEN kept.last_click_at IS NOT DISTINCT FROM merged.last_click_at
        THEN former.last_click_at ELSE kept.last_click_at END,
    inbound_count = greatest(kept.inbound_count - lost.inbound_count, 0),
    session_count = greatest(kept.session_count - lost.session_count, 0),
    sessions_7 = greatest(kept.sessions_7 - lost.sessions_7, 0),
    sessions_30 = greatest(kept.sessions_30 - lost.sessions_30, 0),
    sessions_90 = greatest(kept.sessions_90 - lost.sessions_90, 0),
    messages_7 = greatest(kept.messages_7 - lost.messages_7, 0),
    messages_30 = greatest(kept.messages_30 - lost.messages_30, 0),
    messages_90 = greatest(kept.messages_90 - lost.messages_90, 0),
    events_7 = greatest(kept.events_7 - lost.events_7, 0),
    events_30 = greatest(kept.events_30 - lost.events_30, 0),
    events_90 = greatest(kept.events_90 - lost.events_90, 0),
    consents = CASE WHEN EXISTS (SELECT FROM consent_standing AS standing WHERE standing.contact_id = %(keep)s)
        THEN kept.consents ELSE 0 END,
    classes = CASE WHEN kept.classes = merged.classes THEN former.classes ELSE kept.classes END
FROM both_of AS former, both_of AS lost, merged
WHERE kept.contact_id = %(keep)s AND kept.workspace_id = %(workspace_id)s
  AND former.contact_id = %(keep)s AND lost.contact_id = %(lose)s
"""

# The row itself came with the person, by the trigger that keeps the copies. Index: contacts_activity_pkey.
SQL_RESTORE_LOST_ACTIVITY = """
UPDATE contacts_activity AS activity SET
    last_sent_at = former.last_sent_at, last_delivered_at = former.last_delivered_at,
    last_read_at = former.last_read_at, last_seen_at = former.last_seen_at, last_reply_at = former.last_reply_at,
    last_click_at = former.last_click_at, inbound_count = former.inbound_count,
    session_count = former.session_count, sessions_7 = former.sessions_7, sessions_30 = former.sessions_30,
    sessions_90 = former.sessions_90, messages_7 = former.messages_7, messages_30 = former.messages_30,
    messages_90 = former.messages_90, events_7 = former.events_7, events_30 = former.events_30,
    events_90 = former.events_90, classes = former.classes
FROM contacts_merge AS merge, jsonb_populate_recordset(NULL::contacts_activity, merge.before -> 'activities') AS former
WHERE merge.id = %(merge_id)s AND merge.workspace_id = %(workspace_id)s AND former.contact_id = %(lose)s
  AND activity.contact_id = former.contact_id AND activity.workspace_id = %(workspace_id)s
"""

# Index: the table's key.
SQL_RESTORE_DAYS = """
WITH both_of AS (
    SELECT one.* FROM contacts_merge AS merge, jsonb_populate_recordset(NULL::contacts_day, merge.before -> 'days') AS one
    WHERE merge.id = %(merge_id)s AND merge.workspace_id = %(workspace_id)s
), lost AS (
    SELECT lost.*, EXISTS (SELECT FROM both_of AS own WHERE own.contact_id = %(keep)s AND own.day = lost.day) AS is_own
    FROM both_of AS lost WHERE lost.contact_id = %(lose)s
), gone AS (
    DELETE FROM contacts_day AS kept USING lost
    WHERE kept.contact_id = %(keep)s AND kept.day = lost.day AND NOT lost.is_own
      AND (kept.sessions, kept.messages, kept.events) = (lost.sessions, lost.messages, lost.events)
), less AS (
    UPDATE contacts_day AS kept SET sessions = greatest(kept.sessions - lost.sessions, 0),
        messages = greatest(kept.messages - lost.messages, 0), events = greatest(kept.events - lost.events, 0)
    FROM lost
    WHERE kept.contact_id = %(keep)s AND kept.day = lost.day
      AND (lost.is_own OR (kept.sessions, kept.messages, kept.events) <> (lost.sessions, lost.messages, lost.events))
)
INSERT INTO contacts_day (contact_id, day, workspace_id, sessions, messages, events)
SELECT contact_id, day, workspace_id, sessions, messages, events FROM lost
ON CONFLICT DO NOTHING
"""

# What moved goes back as it is now; what was left aside, because both had it, as it was. Index: the tables' keys.
SQL_RESTORE_FACTS = """
WITH merge AS (
    SELECT before FROM contacts_merge WHERE id = %(merge_id)s AND workspace_id = %(workspace_id)s
), outcome AS (
    SELECT one.* FROM merge, jsonb_populate_recordset(NULL::contacts_outcome, before -> 'outcomes') AS one
), word AS (
    SELECT one.* FROM merge, jsonb_populate_recordset(NULL::contacts_correction, before -> 'corrections') AS one
), outcomes AS (
    UPDATE contacts_outcome AS kept SET contact_id = %(lose)s FROM outcome
    WHERE outcome.contact_id = %(lose)s AND kept.contact_id = %(keep)s AND kept.broadcast_id = outcome.broadcast_id
      AND NOT EXISTS (SELECT FROM outcome AS own WHERE own.contact_id = %(keep)s
                      AND own.broadcast_id = outcome.broadcast_id)
), doubled AS (
    INSERT INTO contacts_outcome SELECT outcome.* FROM outcome
    WHERE outcome.contact_id = %(lose)s
      AND EXISTS (SELECT FROM outcome AS own WHERE own.contact_id = %(keep)s
                  AND own.broadcast_id = outcome.broadcast_id)
    ON CONFLICT DO NOTHING
), words AS (
    UPDATE contacts_correction AS kept SET contact_id = %(lose)s FROM word
    WHERE word.contact_id = %(lose)s AND kept.contact_id = %(keep)s AND kept.tag_id = word.tag_id
      AND NOT EXISTS (SELECT FROM word AS own WHERE own.contact_id = %(keep)s AND own.tag_id = word.tag_id)
), doubled_words AS (
    INSERT INTO contacts_correction SELECT word.* FROM word
    WHERE word.contact_id = %(lose)s
      AND EXISTS (SELECT FROM word AS own WHERE own.contact_id = %(keep)s AND own.tag_id = word.tag_id)
    ON CONFLICT DO NOTHING
)
INSERT INTO contacts_check
SELECT one.* FROM merge, jsonb_populate_recordset(NULL::contacts_check, before -> 'checks') AS one
WHERE one.contact_id = %(lose)s
ON CONFLICT DO NOTHING
"""

# An import or a change of many that was taken back since has no row of them any more. Index: the tables' keys.
SQL_RESTORE_ROWS = """
WITH merge AS (
    SELECT before FROM contacts_merge WHERE id = %(merge_id)s AND workspace_id = %(workspace_id)s
), brought AS (
    SELECT one.*, EXISTS (
        SELECT FROM jsonb_populate_recordset(NULL::contacts_importedrow, merge.before -> 'imported') AS own
        WHERE own.contact_id = %(keep)s AND own.import_id = one.import_id) AS is_own
    FROM merge, jsonb_populate_recordset(NULL::contacts_importedrow, merge.before -> 'imported') AS one
    WHERE one.contact_id = %(lose)s
), gone AS (
    DELETE FROM contacts_importedrow AS kept USING brought
    WHERE kept.contact_id = %(keep)s AND kept.import_id = brought.import_id AND NOT brought.is_own
    RETURNING kept.import_id
), imported AS (
    INSERT INTO contacts_importedrow (import_id, contact_id, workspace_id, line, is_new, before)
    SELECT import_id, contact_id, workspace_id, line, is_new, nullif(brought.before, 'null') FROM brought
    WHERE is_own OR import_id IN (SELECT import_id FROM gone)
    ON CONFLICT DO NOTHING
)
INSERT INTO contacts_editedrow (edit_id, contact_id, workspace_id, before)
SELECT one.edit_id, one.contact_id, one.workspace_id, one.before
FROM merge, jsonb_populate_recordset(NULL::contacts_editedrow, merge.before -> 'edited') AS one
JOIN contacts_edit AS edit ON edit.id = one.edit_id AND edit.undone_at IS NULL
ON CONFLICT DO NOTHING
"""

# A window that was opened since is the kept one's. What was sent since counts for the kept one; the version only goes
# up, because a claim may have read the row. Index: the tables' keys.
SQL_RESTORE_REACH = """
WITH merge AS (
    SELECT before FROM contacts_merge WHERE id = %(merge_id)s AND workspace_id = %(workspace_id)s
), open_of AS (
    SELECT one.* FROM merge, jsonb_populate_recordset(NULL::delivery_window, before -> 'windows') AS one
), merged_open AS (
    SELECT one.* FROM merge, jsonb_populate_recordset(NULL::delivery_window, before #> '{after,windows}') AS one
), person AS (
    SELECT one.* FROM merge, jsonb_populate_recordset(NULL::delivery_person, before -> 'persons') AS one
), merged_person AS (
    SELECT one.* FROM merge, jsonb_populate_recordset(NULL::delivery_person, before #> '{after,persons}') AS one
), closed AS (
    DELETE FROM delivery_window AS kept USING merged_open
    WHERE kept.workspace_id = %(workspace_id)s AND kept.contact_id = %(keep)s
      AND kept.number_id = merged_open.number_id AND kept.opened_at = merged_open.opened_at
      AND NOT EXISTS (SELECT FROM open_of WHERE contact_id = %(keep)s AND number_id = kept.number_id)
), opened AS (
    UPDATE delivery_window AS kept SET opened_at = open_of.opened_at FROM open_of, merged_open
    WHERE kept.workspace_id = %(workspace_id)s AND kept.contact_id = %(keep)s
      AND open_of.contact_id = %(keep)s AND open_of.number_id = kept.number_id
      AND merged_open.number_id = kept.number_id AND kept.opened_at = merged_open.opened_at
), lost_open AS (
    INSERT INTO delivery_window (workspace_id, contact_id, number_id, opened_at)
    SELECT workspace_id, contact_id, number_id, opened_at FROM open_of WHERE contact_id = %(lose)s
    ON CONFLICT DO NOTHING
), kept_person AS (
    UPDATE delivery_person AS kept SET version = kept.version + 1,
        log = coalesce((SELECT log FROM person WHERE contact_id = %(keep)s), '')
    FROM merged_person
    WHERE kept.workspace_id = %(workspace_id)s AND kept.contact_id = %(keep)s AND kept.log = merged_person.log
), lost_person AS (
    INSERT INTO delivery_person (workspace_id, contact_id, version, log)
    SELECT workspace_id, contact_id, version + 1, log FROM person WHERE contact_id = %(lose)s
    ON CONFLICT DO NOTHING
)
INSERT INTO delivery_reach
SELECT one.* FROM merge, jsonb_populate_recordset(NULL::delivery_reach, before -> 'reaches') AS one
ON CONFLICT DO NOTHING
"""

# Where the person has said something about consent since, it holds for both of them: the safe side.
SQL_HAS_NEW_ENTRIES = """
SELECT EXISTS (SELECT FROM consent_entry WHERE workspace_id = %(workspace_id)s AND contact_id = %(keep)s
               AND id > (SELECT (before ->> 'last_entry')::bigint FROM contacts_merge
                         WHERE id = %(merge_id)s AND workspace_id = %(workspace_id)s))
"""
SQL_COPY_STANDING = """
INSERT INTO consent_standing (contact_id, workspace_id, marketing_basis, utility_basis, opted_out_at)
SELECT %(lose)s, workspace_id, marketing_basis, utility_basis, opted_out_at FROM consent_standing
WHERE contact_id = %(keep)s AND workspace_id = %(workspace_id)s
ON CONFLICT (contact_id) DO UPDATE SET marketing_basis = excluded.marketing_basis,
    utility_basis = excluded.utility_basis, opted_out_at = excluded.opted_out_at
"""
SQL_RESTORE_STANDINGS = """
WITH former AS (
    SELECT one.* FROM contacts_merge AS merge,
        jsonb_populate_recordset(NULL::consent_standing, merge.before -> 'standings') AS one
    WHERE merge.id = %(merge_id)s AND merge.workspace_id = %(workspace_id)s
), none AS (
    DELETE FROM consent_standing WHERE workspace_id = %(workspace_id)s AND contact_id = %(keep)s
      AND NOT EXISTS (SELECT FROM former WHERE contact_id = %(keep)s)
)
INSERT INTO consent_standing SELECT former.* FROM former
ON CONFLICT (contact_id) DO UPDATE SET marketing_basis = excluded.marketing_basis,
    utility_basis = excluded.utility_basis, opted_out_at = excluded.opted_out_at
"""

# Conversations that were joined are two again, each with what happened in it; what happened since is in the kept one's.
# A timer that fell due meanwhile is not made up for: an answer an hour late helps nobody.
# Index: conversations_once, the keys that were remembered.
SQL_RESTORE_THREADS = """
WITH merge AS MATERIALIZED (
    SELECT before FROM contacts_merge WHERE id = %(merge_id)s AND workspace_id = %(workspace_id)s
), former AS (
    SELECT one.* FROM merge, jsonb_populate_recordset(NULL::conversations_conversation, before -> 'threads') AS one
), merged AS (
    SELECT one.* FROM merge,
        jsonb_populate_recordset(NULL::conversations_conversation, before #> '{after,threads}') AS one
), moved AS (
    UPDATE conversations_conversation AS thread SET contact_id = %(lose)s FROM former
    WHERE former.contact_id = %(lose)s AND thread.id = former.id AND thread.workspace_id = %(workspace_id)s
      AND thread.contact_id = %(keep)s
), apart AS (
    INSERT INTO conversations_conversation SELECT former.* FROM former
    WHERE former.contact_id = %(lose)s
      AND NOT EXISTS (SELECT FROM conversations_conversation AS thread WHERE thread.id = former.id)
), lines AS (
    UPDATE conversations_line AS line SET conversation_id = own.conversation_id
    FROM merge, jsonb_to_recordset(before -> 'lines') AS own (id bigint, conversation_id bigint)
    WHERE line.id = own.id AND line.workspace_id = %(workspace_id)s
), sessions AS (
    UPDATE conversations_session AS session SET conversation_id = own.conversation_id, number = own.number
    FROM merge, jsonb_populate_recordset(NULL::conversations_session, before -> 'sessions') AS own
    WHERE session.id = own.id AND session.workspace_id = %(workspace_id)s
), decisions AS (
    UPDATE replies_decision AS decision SET conversation_id = own.conversation_id
    FROM merge, jsonb_to_recordset(before -> 'decisions') AS own (message_id uuid, conversation_id bigint)
    WHERE decision.message_id = own.message_id AND decision.workspace_id = %(workspace_id)s
), answers AS (
    UPDATE replies_answer AS answer SET conversation_id = own.conversation_id
    FROM merge, jsonb_to_recordset(before -> 'answers') AS own (id bigint, conversation_id bigint)
    WHERE answer.id = own.id AND answer.workspace_id = %(workspace_id)s
), timers AS (
    INSERT INTO conversations_timer
    SELECT own.* FROM merge, jsonb_populate_recordset(NULL::conversations_timer, before -> 'timers') AS own
    WHERE own.due_at >= %(now)s
)
UPDATE conversations_conversation AS kept SET
    last_inbound_at = CASE WHEN kept.last_inbound_at = merged.last_inbound_at
        THEN former.last_inbound_at ELSE kept.last_inbound_at END,
    last_outbound_at = CASE WHEN kept.last_outbound_at IS NOT DISTINCT FROM merged.last_outbound_at
        THEN former.last_outbound_at ELSE kept.last_outbound_at END,
    waits_since = CASE WHEN kept.waits_since IS NOT DISTINCT FROM merged.waits_since
        THEN former.waits_since ELSE kept.waits_since END,
    answering = CASE WHEN kept.answering = merged.answering THEN former.answering ELSE kept.answering END,
    recent_answers = CASE WHEN kept.recent_answers = merged.recent_answers
        THEN former.recent_answers ELSE kept.recent_answers END
FROM former JOIN merged ON merged.id = former.id
WHERE former.contact_id = %(keep)s AND kept.id = former.id AND kept.workspace_id = %(workspace_id)s
"""

# What the merge skipped because the one person would have got it twice, and whose broadcast still runs. The rows are
# locked first (delivery/store/locking.py says why). Index: the keys of deliveries and broadcasts.
SQL_LOCK_SKIPPED = """
SELECT delivery.message_id FROM delivery_delivery AS delivery
WHERE delivery.workspace_id = %(workspace_id)s AND delivery.state = -1 AND delivery.reason = 'same_person'
  AND delivery.message_id = ANY(ARRAY(
    SELECT waiting.message_id FROM contacts_merge AS merge
    CROSS JOIN jsonb_populate_recordset(NULL::delivery_outbox, merge.before -> 'outbox') AS waiting
    JOIN delivery_lane AS lane ON lane.id = waiting.lane_id AND lane.state <> 'cancelled'
    JOIN broadcasts_broadcast AS broadcast ON broadcast.id = lane.origin_id AND broadcast.workspace_id = lane.workspace_id
    WHERE merge.id = %(merge_id)s AND merge.workspace_id = %(workspace_id)s
      AND broadcast.state IN ('preparing', 'sending', 'paused')))
ORDER BY delivery.message_id FOR NO KEY UPDATE
"""

SQL_UNSKIP = """
WITH back AS (
    SELECT waiting.* FROM contacts_merge AS merge
    CROSS JOIN jsonb_populate_recordset(NULL::delivery_outbox, merge.before -> 'outbox') AS waiting
    WHERE merge.id = %(merge_id)s AND merge.workspace_id = %(workspace_id)s
      AND waiting.message_id = ANY(%(message_ids)s::uuid[])
), former AS (
    SELECT one.message_id FROM contacts_merge AS merge,
        jsonb_populate_recordset(NULL::delivery_delivery, merge.before -> 'deliveries') AS one
    WHERE merge.id = %(merge_id)s AND merge.workspace_id = %(workspace_id)s
), none AS (
    DELETE FROM delivery_delivery WHERE workspace_id = %(workspace_id)s AND message_id = ANY(%(message_ids)s::uuid[])
      AND message_id NOT IN (SELECT message_id FROM former)
), again AS (
    UPDATE delivery_delivery SET state = 0, reason = NULL, failed_at = NULL
    WHERE workspace_id = %(workspace_id)s AND message_id = ANY(%(message_ids)s::uuid[])
      AND message_id IN (SELECT message_id FROM former)
), counted AS (
    INSERT INTO delivery_tally (workspace_id, origin_kind, origin_id, number_id, measure, reason, amount, minute)
    SELECT %(workspace_id)s, 'broadcast', lane.origin_id, back.number_id, 'skipped', 'same_person', -count(*),
        date_trunc('minute', %(now)s::timestamptz)
    FROM back JOIN delivery_lane AS lane ON lane.id = back.lane_id GROUP BY lane.origin_id, back.number_id
)
SELECT message_id, lane_id, attempt, tries, due_at, hold, hold_detail FROM back
"""
