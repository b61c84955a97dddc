"""Incidents: a workspace sees its own and the installation's; only workers write the installation's."""

from django.db import migrations, models

SQL_PROTECT_INCIDENTS = """
ALTER TABLE core_incident ENABLE ROW LEVEL SECURITY;
CREATE POLICY app_read ON core_incident FOR SELECT TO switchboard_app
    USING (workspace_id IS NULL OR workspace_id = NULLIF(current_setting('app.workspace', true), '')::bigint);
CREATE POLICY app_write ON core_incident FOR ALL TO switchboard_app
    USING (workspace_id = NULLIF(current_setting('app.workspace', true), '')::bigint)
    WITH CHECK (workspace_id = NULLIF(current_setting('app.workspace', true), '')::bigint);
CREATE POLICY stream_all ON core_incident FOR ALL TO switchboard_stream USING (true) WITH CHECK (true);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_heartbeat"),
    ]

    operations = [
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField(null=True)),
                ("kind", models.CharField(max_length=40)),
                ("subject_kind", models.CharField(blank=True, max_length=20)),
                ("subject_id", models.CharField(blank=True, max_length=64)),
                ("detail", models.JSONField(default=dict)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "core_incident",
                "indexes": [models.Index(fields=["workspace_id", "-started_at"], name="core_incident_by_start")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("workspace_id", "kind", "subject_kind", "subject_id"),
                        name="core_incident_open",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.RunSQL(SQL_PROTECT_INCIDENTS, migrations.RunSQL.noop),
    ]
