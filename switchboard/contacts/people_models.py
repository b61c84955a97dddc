"""Tables around a person: fields, notes, events, purchases, and the changes that can be undone."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from switchboard.team.models import Workspace


class Field(models.Model):
    """A field that the people of a workspace have; its values are in `Contact.fields`, see contacts/fields.py."""

    class Kind(models.TextChoices):
        """What its values are."""

        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("Choice")
        YES_NO = "yes_no", _("Yes or no")
        MONEY = "money", _("Money")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    key = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.TEXT)
    choices = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    created_at = models.DateTimeField()
    # Which of the twelve columns of contacts_activity holds its values as numbers (migration 0009); a trigger chooses it.
    slot = models.SmallIntegerField(null=True, editable=False)

    class Meta:
        db_table = "contacts_field"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="contacts_field_once"),
            models.UniqueConstraint(fields=["workspace", "slot"], name="contacts_field_slot_once"),
        ]

    def __str__(self) -> str:
        return self.key


class Note(models.Model):
    """What a colleague wrote down about a person; never sent."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    contact_id = models.BigIntegerField()
    text = models.TextField()
    author_id = models.BigIntegerField(null=True)
    author_name = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "contacts_note"
        indexes = [models.Index(fields=["workspace", "contact_id", "-at"], name="contacts_note_by_contact")]

    def __str__(self) -> str:
        return self.text[:60]


class Event(models.Model):
    """Something that a person did outside of WhatsApp: visited, asked, registered."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    contact_id = models.BigIntegerField()
    name = models.CharField(max_length=60)
    # The sender's own id of it: the same one again is the same event.
    external_id = models.CharField(max_length=120)
    properties = models.JSONField(default=dict)
    at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "contacts_event"
        constraints = [models.UniqueConstraint(fields=["workspace", "name", "external_id"], name="contacts_event_once")]
        indexes = [
            models.Index(fields=["workspace", "contact_id", "-at"], name="contacts_event_by_contact"),
            models.Index(fields=["workspace", "name", "-at"], name="contacts_event_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of contact {self.contact_id}"


class Purchases(models.Model):
    """What a person has bought, one row each; kept by `conversions`, read by segments and broadcasts."""

    contact_id = models.BigIntegerField(primary_key=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    # Orders that were not refunded in full.
    order_count = models.IntegerField()
    # In the currency of the last order; orders in another currency count, their money does not add up here.
    total = models.DecimalField(max_digits=16, decimal_places=2)
    currency = models.CharField(max_length=3)
    first_order_at = models.DateTimeField()
    last_order_at = models.DateTimeField()
    # Mean distance between orders in days; empty with fewer than two.
    interval_days = models.FloatField(null=True)
    # Number, total, currency, items (as text) and at of the last order, for the variables of a broadcast.
    last_order = models.JSONField(default=dict)

    class Meta:
        db_table = "contacts_purchases"
        indexes = [models.Index(fields=["workspace", "last_order_at"], name="contacts_purchases_by_last")]

    def __str__(self) -> str:
        return f"{self.order_count} orders of contact {self.contact_id}"


class EditState(models.TextChoices):
    """How far a change of many people is; the first three are the worker's to take further."""

    WAITING = "waiting"
    RUNNING = "running"
    UNDOING = "undoing"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


UNFINISHED_EDITS = (EditState.WAITING, EditState.RUNNING, EditState.UNDOING)


class Edit(models.Model):
    """One change that somebody made to many people at once; it can be undone for a day."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    # add_tags, remove_tags, set_field, opt_out, or set_details: one person's name, address and language
    kind = models.CharField(max_length=16)
    detail = models.JSONField(default=dict)
    # Whom it has changed.
    people_count = models.IntegerField(default=0)
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=EditState.choices, default=EditState.DONE, db_default=EditState.DONE)
    # Of one in the background: whom (choosing.Chosen) and what, how many it is about, and at how many it has looked.
    chosen = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    plan = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    total_count = models.IntegerField(default=0, db_default=0)
    done_count = models.IntegerField(default=0, db_default=0)
    error = models.TextField(blank=True, default="", db_default="")
    finished_at = models.DateTimeField(null=True)
    # Of one that is taken back: by whom, up to which person, and how many are as before.
    undone_by = models.BigIntegerField(null=True)
    undone_through = models.BigIntegerField(default=0, db_default=0)
    restored_count = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "contacts_edit"
        indexes = [
            models.Index(fields=["workspace", "-id"], name="contacts_edit_newest"),
            models.Index(
                fields=["id"], name="contacts_edit_unfinished", condition=models.Q(state__in=UNFINISHED_EDITS)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.people_count} people"


class EditedRow(models.Model):
    """A person whom an edit changed, and what they were like before."""

    edit_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    workspace_id = models.BigIntegerField()
    # What was touched, with what was written by hand under "became", which goes with the person when they are erased.
    before = models.JSONField()
    # When it was changed; whoever is changed again later is not changed back. Empty in old rows: with the edit.
    at = models.DateTimeField(null=True)

    pk = models.CompositePrimaryKey("edit_id", "contact_id")

    class Meta:
        db_table = "contacts_editedrow"
        indexes = [models.Index(fields=["contact_id", "edit_id"], name="contacts_editedrow_by_contact")]

    def __str__(self) -> str:
        return f"edit {self.edit_id}: contact {self.contact_id}"


class EditStep(models.Model):
    """The people of one step of a change that is not done yet, as they were chosen when it began; gone once it is done."""

    workspace_id = models.BigIntegerField()
    edit_id = models.BigIntegerField()
    # Eight bytes a person. Whoever is erased or merged meanwhile is simply not found.
    contact_ids = ArrayField(models.BigIntegerField())

    class Meta:
        db_table = "contacts_editstep"
        indexes = [models.Index(fields=["edit_id", "id"], name="contacts_editstep_next")]

    def __str__(self) -> str:
        return f"{len(self.contact_ids)} people of edit {self.edit_id}"


class Merge(models.Model):
    """Two people whom a colleague made one, and what is needed to take that back."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    kept_id = models.BigIntegerField()
    lost_id = models.BigIntegerField()
    # Rows of the two as they were, and the keys of everything that was moved, by table.
    before = models.JSONField()
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "contacts_merge"
        indexes = [models.Index(fields=["workspace", "kept_id"], name="contacts_merge_by_contact")]

    def __str__(self) -> str:
        return f"{self.lost_id} into {self.kept_id}"


class Export(models.Model):
    """A file of contacts that somebody asked for; made in the background, kept for a week."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Finished")
        FAILED = "failed", _("Failed")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    # csv, xlsx, or archive: everything about one person
    format = models.CharField(max_length=8)
    # Whose rows: {"search", "tag_ids", "import_id", "segment_id", "contact_ids"}
    chosen = models.JSONField(default=dict)
    # Whether whoever asked may see whole phone numbers.
    shows_phones = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    file_path = models.CharField(max_length=500, blank=True)
    row_count = models.IntegerField(default=0)
    error = models.TextField(blank=True)
    by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "contacts_export"

    def __str__(self) -> str:
        return f"{self.format} of {self.row_count} rows"
