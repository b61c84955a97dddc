"""Keys of programs, and who may see them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

# Beside the usual policy, which shows a workspace its own keys: nobody knows whose key it is before its row is read, so
# a row shows itself to a transaction that names its hash. It can be read that way, never changed.
SQL_PROTECT = """
SELECT switchboard_protect('team_apikey');
CREATE POLICY app_key ON team_apikey FOR SELECT TO switchboard_app
    USING (hash = decode(NULLIF(current_setting('app.key', true), ''), 'hex'));
"""


class Migration(migrations.Migration):
    """A program is let in by a key of one workspace."""

    dependencies = [("team", "0002_protect"), ("core", "0001_roles")]

    operations = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("prefix", models.CharField(max_length=12)),
                ("hash", models.BinaryField(max_length=32, unique=True)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), size=None),
                ),
                ("created_by", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="keys", to="team.workspace"
                    ),
                ),
            ],
            options={"db_table": "team_apikey"},
        ),
        migrations.RunSQL(SQL_PROTECT, migrations.RunSQL.noop),
    ]
