"""Tables of imports: one file of contacts, and what became of each of its rows."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from switchboard.team.models import Workspace


class ImportState(models.TextChoices):
    """How far an import is."""

    UPLOADED = "uploaded", _("Uploaded")
    RUNNING = "running", _("Running")
    DONE = "done", _("Finished")
    STOPPED = "stopped", _("Stopped")
    FAILED = "failed", _("Failed")
    # Waits for an owner to say where a list comes from that looks bought.
    QUARANTINED = "quarantined", _("In quarantine")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


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
    # Whether a person's tags are added to or replaced by those of the file; rows that name none change none.
    replaces_tags = models.BooleanField(default=False)
    # Whether people who are known already are left as they are.
    skips_known = models.BooleanField(default=False)
    # What a workbook's rows are read from; empty for text files.
    sheet = models.CharField(max_length=255, blank=True)
    # Why the list looks bought ({"run", "first", "last", "share"}), and what an owner said about its source.
    suspicion = models.JSONField(null=True)
    stated_source = models.TextField(blank=True)
    stated_by = models.BigIntegerField(null=True)
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
    # Rows that the file has, once it has been looked through; 0 before.
    total_rows = models.IntegerField(default=0)
    # What the undoing took back: {"removed", "restored", "kept"}.
    undone = models.JSONField(default=dict)
    undone_by = models.BigIntegerField(null=True)
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
    # What a person was like before, so that the import can be undone; empty for new people.
    before = models.JSONField(null=True)

    pk = models.CompositePrimaryKey("import_id", "contact_id")

    class Meta:
        db_table = "contacts_importedrow"

    def __str__(self) -> str:
        return f"line {self.line}: contact {self.contact_id}"


class RefusedRow(models.Model):
    """A row of an import that made or changed nobody, or of which a cell was left out, and why."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    import_id = models.BigIntegerField()
    # Line of the file on which the row begins, the header being line 1.
    line = models.IntegerField()
    # "failed" (unusable), "skipped" (usable but not wanted: a duplicate inside the file) or "partly": used, but for
    # one cell.
    outcome = models.CharField(max_length=8)
    reason = models.CharField(max_length=40)
    column = models.CharField(max_length=255, blank=True)
    cells = ArrayField(models.TextField())

    class Meta:
        db_table = "contacts_refusedrow"
        indexes = [models.Index(fields=["import_id", "line"], name="contacts_refusedrow_by_import")]

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"
