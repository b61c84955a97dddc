"""Database roles, the function that protects a tenant table, and the one that cuts months."""

from django.db import migrations

SQL_ROLES = """
DO $$
DECLARE role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['switchboard_app', 'switchboard_stream'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN NULL;
                WHEN insufficient_privilege THEN
                    RAISE EXCEPTION 'The database user % may not create roles. As an administrator run: '
                        'CREATE ROLE %; GRANT % TO %; and start again.',
                        current_user, role_name, role_name, current_user;
            END;
        END IF;
        IF NOT pg_has_role(current_user, role_name, 'USAGE') THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', role_name);
        END IF;
    END LOOP;
END $$;
GRANT USAGE ON SCHEMA public TO switchboard_app, switchboard_stream;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO switchboard_app, switchboard_stream;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO switchboard_app, switchboard_stream;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO switchboard_app, switchboard_stream;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO switchboard_app, switchboard_stream;
"""

SQL_PROTECT = """
CREATE FUNCTION switchboard_protect(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format(
        'CREATE POLICY app_workspace ON %s FOR ALL TO switchboard_app '
        'USING (workspace_id = NULLIF(current_setting(''app.workspace'', true), '''')::bigint) '
        'WITH CHECK (workspace_id = NULLIF(current_setting(''app.workspace'', true), '''')::bigint)', target);
    EXECUTE format('CREATE POLICY stream_all ON %s FOR ALL TO switchboard_stream USING (true) WITH CHECK (true)', target);
END $$;
"""

# Bounds are ids: 48 bits of milliseconds, then zeros (core/ids.py month_floor).
SQL_MONTHS = """
CREATE FUNCTION switchboard_month_floor(month date) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM month::timestamp AT TIME ZONE 'UTC') * 1000)::bigint), 12, '0')
            || repeat('0', 20))::uuid
$$;
CREATE FUNCTION switchboard_ensure_months(parent regclass, first_month date, months int, by_id boolean, storage text DEFAULT '')
RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    month date := date_trunc('month', first_month)::date;
    child text;
    made int := 0;
BEGIN
    FOR step IN 1..months LOOP
        child := format('%s_%s', parent::text, to_char(month, 'YYYYMM'));
        IF to_regclass(child) IS NULL THEN
            IF by_id THEN
                EXECUTE format('CREATE TABLE %I PARTITION OF %s FOR VALUES FROM (%L) TO (%L) %s', child, parent,
                    switchboard_month_floor(month), switchboard_month_floor((month + interval '1 month')::date), storage);
            ELSE
                EXECUTE format('CREATE TABLE %I PARTITION OF %s FOR VALUES FROM (%L) TO (%L) %s', child, parent,
                    month::text || ' 00:00+00', (month + interval '1 month')::date::text || ' 00:00+00', storage);
            END IF;
            -- Rows are reached through the parent alone, where row-level security stands.
            EXECUTE format('REVOKE ALL ON %I FROM switchboard_app, switchboard_stream', child);
            made := made + 1;
        END IF;
        month := (month + interval '1 month')::date;
    END LOOP;
    RETURN made;
END $$;
"""


class Migration(migrations.Migration):
    """Roles first: every later table is granted to them by the default privileges set here."""

    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.RunSQL(SQL_ROLES, migrations.RunSQL.noop),
        migrations.RunSQL(SQL_PROTECT, "DROP FUNCTION switchboard_protect(regclass)"),
        migrations.RunSQL(
            SQL_MONTHS,
            "DROP FUNCTION switchboard_ensure_months(regclass, date, int, boolean, text); DROP FUNCTION switchboard_month_floor(date)",
        ),
    ]
