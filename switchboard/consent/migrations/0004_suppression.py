"""People who were erased stay opted out, known by a hash alone."""

import django.db.models.deletion
from django.db import migrations, models

SQL_PROTECT = """
SELECT switchboard_protect('consent_hashkey');
SELECT switchboard_protect('consent_suppression');
"""


class Migration(migrations.Migration):
    """The proof of an opt-out outlives the person's data."""

    dependencies = [("consent", "0003_facts"), ("team", "0002_protect")]
    operations = [
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.CharField(
                choices=[("grant", "Agreed"), ("withdraw", "Opted out"), ("void", "Taken back")], max_length=8
            ),
        ),
        migrations.CreateModel(
            name="HashKey",
            fields=[
                (
                    "workspace",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="team.workspace",
                    ),
                ),
                ("key_encrypted", models.BinaryField()),
            ],
            options={"db_table": "consent_hashkey"},
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hash", models.BinaryField(max_length=32)),
                ("opted_out_at", models.DateTimeField()),
                ("source", models.CharField(max_length=255)),
                ("erased_at", models.DateTimeField()),
                (
                    "workspace",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="team.workspace"),
                ),
            ],
            options={
                "db_table": "consent_suppression",
                "constraints": [models.UniqueConstraint(fields=("workspace", "hash"), name="consent_suppression_once")],
            },
        ),
        migrations.RunSQL(SQL_PROTECT, migrations.RunSQL.noop),
    ]
