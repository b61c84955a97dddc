"""People are looked at where tags exclude each other, too: a rule is not the only thing that has something to say."""

from django.db import migrations

SQL_HAS_RULES = """
CREATE OR REPLACE FUNCTION contacts_has_rules(asked bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM contacts_tag WHERE workspace_id = asked AND rule IS NOT NULL)
        OR EXISTS (SELECT FROM contacts_taggroup WHERE workspace_id = asked AND is_exclusive)
$$;
"""


class Migration(migrations.Migration):
    """An import or an edit may bring two tags of a group; the worker leaves the newest."""

    dependencies = [("contacts", "0007_pass")]
    operations = [migrations.RunSQL(SQL_HAS_RULES, migrations.RunSQL.noop)]
