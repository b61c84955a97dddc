"""Limits per person, per portfolio and per lane, and the workspace's own figures for them."""

from django.db import migrations, models

SQL_TABLES = """
-- What a person was lately sent: see rules/person.py for the log. Version is what a claim compares before it writes.
CREATE TABLE delivery_person (
    workspace_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    version integer NOT NULL,
    log bytea NOT NULL,
    PRIMARY KEY (workspace_id, contact_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000);

-- How often WhatsApp could not deliver to a person since the last message that arrived; few have a row.
CREATE TABLE delivery_reach (
    workspace_id bigint NOT NULL,
    contact_id bigint NOT NULL,
    undeliverable_count integer NOT NULL,
    undeliverable_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, contact_id)
);

-- One row a portfolio with a limit: how many people by five minutes of the last day, see rules/budget.py.
CREATE TABLE delivery_budget (
    portfolio_id bigint PRIMARY KEY,
    workspace_id bigint NOT NULL,
    counts bytea NOT NULL DEFAULT '',
    -- The limit that the last hold was made for: when it is raised, what it holds is looked at again.
    held_for integer
) WITH (fillfactor = 50);

-- What a lane has spent of a pace of its own, stricter than its number's.
CREATE TABLE delivery_lanepace (
    lane_id bigint PRIMARY KEY,
    workspace_id bigint NOT NULL,
    next_at timestamptz NOT NULL,
    log bytea NOT NULL,
    minutes bytea NOT NULL,
    quarters jsonb NOT NULL,
    streak integer NOT NULL
) WITH (fillfactor = 50);

ALTER TABLE delivery_pacestate
    ADD COLUMN minutes bytea NOT NULL DEFAULT '',
    ADD COLUMN streak integer NOT NULL DEFAULT 0;
SELECT switchboard_protect(name::regclass)
FROM unnest(ARRAY['delivery_person', 'delivery_reach', 'delivery_budget', 'delivery_lanepace']) AS name;
"""

SQL_BACK = """
DROP TABLE delivery_person, delivery_reach, delivery_budget, delivery_lanepace;
ALTER TABLE delivery_pacestate DROP COLUMN minutes, DROP COLUMN streak;
"""


class Migration(migrations.Migration):
    """Hot tables by SQL; the workspace's figures are an ordinary table."""

    dependencies = [("delivery", "0003_wamid")]
    operations = [
        migrations.RunSQL(SQL_TABLES, SQL_BACK),
        migrations.CreateModel(
            name="Limits",
            fields=[
                ("workspace_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("marketing_per_day", models.PositiveIntegerField(default=1)),
                ("marketing_per_week", models.PositiveIntegerField(default=3)),
                ("unreachable_after", models.PositiveIntegerField(default=2)),
                ("reserve_percent", models.PositiveIntegerField(default=10)),
                ("regions", models.JSONField(default=list)),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.CharField(blank=True, default="", max_length=64)),
            ],
            options={"db_table": "delivery_limits"},
        ),
        migrations.CreateModel(
            name="LanePace",
            fields=[
                ("lane_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("workspace_id", models.BigIntegerField()),
                ("next_at", models.DateTimeField()),
                ("log", models.BinaryField()),
                ("minutes", models.BinaryField()),
                ("quarters", models.JSONField()),
                ("streak", models.IntegerField()),
            ],
            options={"db_table": "delivery_lanepace", "managed": False},
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("workspace_id", models.BigIntegerField()),
                ("contact_id", models.BigIntegerField()),
                ("version", models.IntegerField()),
                ("log", models.BinaryField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id", "contact_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={"db_table": "delivery_person", "managed": False},
        ),
        migrations.CreateModel(
            name="Reach",
            fields=[
                ("workspace_id", models.BigIntegerField()),
                ("contact_id", models.BigIntegerField()),
                ("undeliverable_count", models.IntegerField()),
                ("undeliverable_at", models.DateTimeField()),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id", "contact_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={"db_table": "delivery_reach", "managed": False},
        ),
        migrations.CreateModel(
            name="Budget",
            fields=[
                ("portfolio_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("workspace_id", models.BigIntegerField()),
                ("counts", models.BinaryField(default=b"")),
                ("held_for", models.IntegerField(null=True)),
            ],
            options={"db_table": "delivery_budget", "managed": False},
        ),
        migrations.RunSQL("SELECT switchboard_protect('delivery_limits')", migrations.RunSQL.noop),
    ]
