"""Row-level security of this room."""

from django.db import migrations

SQL_PROTECT = """
ALTER TABLE team_member ENABLE ROW LEVEL SECURITY;
CREATE POLICY app_workspace ON team_member FOR ALL TO switchboard_app
    USING (workspace_id = NULLIF(current_setting('app.workspace', true), '')::bigint
           OR user_id = NULLIF(current_setting('app.user', true), '')::bigint)
    WITH CHECK (workspace_id = NULLIF(current_setting('app.workspace', true), '')::bigint);
CREATE POLICY stream_all ON team_member FOR ALL TO switchboard_stream USING (true) WITH CHECK (true);
ALTER TABLE team_workspace ENABLE ROW LEVEL SECURITY;
CREATE POLICY app_workspace ON team_workspace FOR ALL TO switchboard_app
    USING (id = NULLIF(current_setting('app.workspace', true), '')::bigint
           OR id IN (SELECT workspace_id FROM team_member
                     WHERE user_id = NULLIF(current_setting('app.user', true), '')::bigint))
    WITH CHECK (id = NULLIF(current_setting('app.workspace', true), '')::bigint);
CREATE POLICY stream_all ON team_workspace FOR ALL TO switchboard_stream USING (true) WITH CHECK (true);
"""


class Migration(migrations.Migration):
    """A person sees their own memberships, and beyond them only the workspace they are in."""

    dependencies = [("team", "0001_initial")]
    operations = [migrations.RunSQL(SQL_PROTECT, migrations.RunSQL.noop)]
