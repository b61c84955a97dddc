"""Two indexes of people serve imports better: numbers tell who has them, and the newest people stand last."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The index of numbers answers alone who has one; the index of newest people grows at its end.

    With the newest first, each new person went to the front of their workspace and split a full page there.
    """

    dependencies = [("contacts", "0009_packed_fields")]
    operations = [
        migrations.RemoveIndex("contact", "contacts_contact_newest"),
        migrations.AddIndex("contact", models.Index(fields=["workspace", "id"], name="contacts_contact_newest")),
        migrations.RemoveConstraint("contact", "contacts_contact_phone_once"),
        migrations.AddConstraint(
            "contact",
            models.UniqueConstraint(fields=["workspace", "phone"], include=["id"], name="contacts_contact_phone_once"),
        ),
    ]
