"""People, their tags and activity, and the imports that brought them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from switchboard.team.models import Workspace


class Contact(models.Model):
    """A person. The phone is E.164 with the plus sign; empty for people known only by user id."""

    # No index and no constraint of its own, here and in the other large tables. Right after an import the planner
    # takes a workspace it has not seen for empty, and would read it whole by that index instead of finding a row by
    # its key. The constraint costs 4 µs a row and locks the workspace's row; row-level security checks the same.
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    name = models.CharField(max_length=255, blank=True)
    phone = models.CharField(max_length=16, null=True, blank=True)  # noqa: DJ001  unique, so unknown must be NULL
    email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=10, blank=True)
    country = models.CharField(max_length=2, blank=True)
    # IANA zones in which this person may be, comma separated; quiet hours hold in all of them.
    zones = models.CharField(max_length=255, blank=True)
    fields = models.JSONField(default=dict, blank=True)
    tags = ArrayField(models.BigIntegerField(), default=list, blank=True)
    created_by_import = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "contacts_contact"
        constraints = [models.UniqueConstraint(fields=["workspace", "phone"], name="contacts_contact_phone_once")]
        indexes = [
            GinIndex(fields=["tags"], name="contacts_contact_tags"),
            models.Index(fields=["workspace", "-id"], name="contacts_contact_newest"),
        ]

    def __str__(self) -> str:
        return self.name or self.phone or str(self.pk)


class Identity(models.Model):
    """One way to know a person: a WhatsApp id, a business-scoped user id of one portfolio, or a parent user id."""

    class Kind(models.TextChoices):
        """What the value is."""

        WA_ID = "wa_id", _("WhatsApp id")
        USER_ID = "user_id", _("User id")
        PARENT = "parent", _("User id")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    # 0 for WhatsApp ids and parent user ids, which hold everywhere; user ids differ by portfolio.
    portfolio_id = models.BigIntegerField(default=0)
    value = models.CharField(max_length=150)

    class Meta:
        db_table = "contacts_identity"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "kind", "portfolio_id", "value"], name="contacts_identity_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class Alias(models.Model):
    """A contact that turned out to be somebody known, and who that is."""

    former_id = models.BigIntegerField(primary_key=True)
    workspace_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    merged_at = models.DateTimeField()

    class Meta:
        db_table = "contacts_alias"
        indexes = [models.Index(fields=["contact_id"], name="contacts_alias_by_contact")]

    def __str__(self) -> str:
        return f"{self.former_id} is {self.contact_id}"


class Tag(models.Model):
    """A word that marks people."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    name = models.CharField(max_length=60)
    colour = models.CharField(max_length=16, default="blue")

    class Meta:
        db_table = "contacts_tag"
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="contacts_tag_once")]

    def __str__(self) -> str:
        return self.name


class Activity(models.Model):
    """What a person did lately, one row each, so that a segment never reads messages."""

    contact = models.OneToOneField(Contact, primary_key=True, on_delete=models.CASCADE)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    last_sent_at = models.DateTimeField(null=True)
    last_delivered_at = models.DateTimeField(null=True)
    last_read_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    inbound_count = models.IntegerField(default=0)

    class Meta:
        db_table = "contacts_activity"

    def __str__(self) -> str:
        return f"activity of {self.contact_id}"


class ImportState(models.TextChoices):
    """How far an import is."""

    UPLOADED = "uploaded", _("Uploaded")
    RUNNING = "running", _("Running")
    DONE = "done", _("Finished")
    STOPPED = "stopped", _("Stopped")
    FAILED = "failed", _("Failed")


class Import(models.Model):
    """One file of contacts: where it came from, how to read it, what became of its rows."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    file_name = models.CharField(max_length=255)
    # Path below SWITCHBOARD_HOME; empty when the file was removed, 30 days after the run.
    file_path = models.CharField(max_length=500)
    file_bytes = models.BigIntegerField()
    encoding = models.CharField(max_length=32)
    delimiter = models.CharField(max_length=1, default=",")
    has_header = models.BooleanField(default=True)
    country = models.CharField(max_length=2)
    # What each column is: header to one of rules.TARGETS, field:<key> or nothing.
    mapping = models.JSONField(default=dict)
    tags = ArrayField(models.BigIntegerField(), default=list)
    # marketing, utility or all; empty until the person says so, and nothing runs before.
    consent_category = models.CharField(max_length=16, blank=True)
    consent_basis = models.CharField(max_length=16, blank=True)
    consent_source = models.CharField(max_length=255, blank=True)
    consent_wording = models.TextField(blank=True)
    state = models.CharField(max_length=16, choices=ImportState.choices, default=ImportState.UPLOADED)
    error = models.TextField(blank=True)
    # Rows done, and the bytes of the file they took: how far it is, and where it goes on after a crash.
    row_count = models.IntegerField(default=0)
    read_bytes = models.BigIntegerField(default=0)
    created_count = models.IntegerField(default=0)
    updated_count = models.IntegerField(default=0)
    skipped_count = models.IntegerField(default=0)
    failed_count = models.IntegerField(default=0)
    # Counts by reason of the rows that failed and were skipped, and of the notes on those that were used.
    reasons = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    created_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "contacts_import"

    def __str__(self) -> str:
        return self.file_name


class ImportedRow(models.Model):
    """A person that an import made or changed. The key tells a second row of the same person."""

    import_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    workspace_id = models.BigIntegerField()
    line = models.IntegerField()
    is_new = models.BooleanField()

    pk = models.CompositePrimaryKey("import_id", "contact_id")

    class Meta:
        db_table = "contacts_importedrow"

    def __str__(self) -> str:
        return f"line {self.line}: contact {self.contact_id}"


class RefusedRow(models.Model):
    """A row of an import that made or changed nobody, and why."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    import_id = models.BigIntegerField()
    # Line of the file on which the row begins, the header being line 1.
    line = models.IntegerField()
    # "failed" (unusable) or "skipped" (usable but not wanted: a duplicate inside the file).
    outcome = models.CharField(max_length=8)
    reason = models.CharField(max_length=40)
    column = models.CharField(max_length=255, blank=True)
    cells = ArrayField(models.TextField())

    class Meta:
        db_table = "contacts_refusedrow"
        indexes = [models.Index(fields=["import_id", "line"], name="contacts_refusedrow_by_import")]

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"
