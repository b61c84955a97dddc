"""Old months of the journal can be dropped by a process that does not own the tables."""

from django.db import migrations

SQL_DROP_JOURNAL = """
CREATE FUNCTION webhooks_drop_journal(before date) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    child text;
    dropped int := 0;
BEGIN
    FOR child IN
        SELECT pg_class.relname FROM pg_inherits JOIN pg_class ON pg_class.oid = pg_inherits.inhrelid
        WHERE pg_inherits.inhparent = 'webhooks_journalentry'::regclass
          AND pg_class.relname ~ '^webhooks_journalentry_[0-9]{6}$'
          -- The whole month lies before that day.
          AND to_date(right(pg_class.relname, 6), 'YYYYMM') + interval '1 month' <= before
    LOOP
        EXECUTE format('DROP TABLE %I', child);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$;
"""


class Migration(migrations.Migration):
    """Deleting row by row would leave the journal as large as it was."""

    dependencies = [("webhooks", "0002_tables")]
    operations = [migrations.RunSQL(SQL_DROP_JOURNAL, "DROP FUNCTION webhooks_drop_journal(date)")]
