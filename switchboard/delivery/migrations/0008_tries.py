"""How often a waiting message was tried, apart from its attempt: that is a new one whenever it is put back."""

from django.db import migrations

SQL_TRIES = "ALTER TABLE delivery_outbox ADD COLUMN tries smallint NOT NULL DEFAULT 0"
SQL_REVERSE = "ALTER TABLE delivery_outbox DROP COLUMN tries"


class Migration(migrations.Migration):
    dependencies = [("delivery", "0007_opened")]
    operations = [migrations.RunSQL(SQL_TRIES, SQL_REVERSE)]
