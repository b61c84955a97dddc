"""People, their tags and activity, and the imports that brought them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from switchboard.contacts.import_models import Import as Import
from switchboard.contacts.import_models import ImportedRow as ImportedRow
from switchboard.contacts.import_models import ImportState as ImportState
from switchboard.contacts.import_models import RefusedRow as RefusedRow
from switchboard.contacts.people_models import UNFINISHED_EDITS as UNFINISHED_EDITS
from switchboard.contacts.people_models import Edit as Edit
from switchboard.contacts.people_models import EditedRow as EditedRow
from switchboard.contacts.people_models import EditState as EditState
from switchboard.contacts.people_models import EditStep as EditStep
from switchboard.contacts.people_models import Event as Event
from switchboard.contacts.people_models import Export as Export
from switchboard.contacts.people_models import Field as Field
from switchboard.contacts.people_models import Merge as Merge
from switchboard.contacts.people_models import Note as Note
from switchboard.contacts.people_models import Purchases as Purchases
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
        constraints = [
            # With the id: an import asks for 10,000 numbers at a time.
            models.UniqueConstraint(fields=["workspace", "phone"], include=["id"], name="contacts_contact_phone_once")
        ]
        indexes = [
            GinIndex(fields=["tags"], name="contacts_contact_tags"),
            # Read from its end.
            models.Index(fields=["workspace", "id"], name="contacts_contact_newest"),
        ]

    def __str__(self) -> str:
        # Never the number: who may see it is for pages to say.
        return self.name or f"contact {self.pk}"


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


class TagGroup(models.Model):
    """Tags that belong together; in an exclusive group a person carries one of them at most."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    name = models.CharField(max_length=60)
    is_exclusive = models.BooleanField(default=False)

    class Meta:
        db_table = "contacts_taggroup"
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="contacts_taggroup_once")]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word that marks people: given by hand, or kept by a rule."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    name = models.CharField(max_length=60)
    colour = models.CharField(max_length=16, default="blue")
    description = models.CharField(max_length=500, blank=True, default="")
    # A member.
    owner_id = models.BigIntegerField(null=True, blank=True)
    group = models.ForeignKey(TagGroup, on_delete=models.SET_NULL, null=True, blank=True, related_name="tags")
    # The first of an exclusive group whose rule holds is the one.
    position = models.SmallIntegerField(default=0)
    # Who carries it (segments.tree); empty: it is given by hand. What a rule gives is in Activity.classes.
    rule = models.JSONField(null=True, blank=True)
    rule_version = models.IntegerField(default=0)
    # Which preset it was made from.
    preset = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField(null=True)
    # Counted at night: how many carry it, and the day that figure last moved.
    people_count = models.IntegerField(default=0)
    moved_on = models.DateField(null=True)

    class Meta:
        db_table = "contacts_tag"
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="contacts_tag_once")]

    def __str__(self) -> str:
        return self.name


class Activity(models.Model):
    """What segments ask of a person, one row each: what they did lately, and a copy of what is asked beside it.

    Triggers on contacts and on consent keep the copies in the same transaction (migrations 0005 and 0009), so that a
    question over a million people reads this one narrow table. Every contact has a row. No index that a status would
    have to change: they come all day, and a scan in two processes is fast enough. Beside what is below it has columns that
    the database keeps by itself: marks of tags and classes, and twelve of the workspace's own fields as numbers
    (Field.slot). On disk the columns stand as a scan wants them (migration 0012).
    """

    contact = models.OneToOneField(Contact, primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    last_sent_at = models.DateTimeField(null=True)
    last_delivered_at = models.DateTimeField(null=True)
    last_read_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    inbound_count = models.IntegerField(default=0, db_default=0)
    last_reply_at = models.DateTimeField(null=True)
    last_click_at = models.DateTimeField(null=True)
    session_count = models.IntegerField(default=0, db_default=0)
    # From the day buckets (Day): today and so many days before it, in UTC.
    sessions_7 = models.SmallIntegerField(default=0, db_default=0)
    sessions_30 = models.SmallIntegerField(default=0, db_default=0)
    sessions_90 = models.SmallIntegerField(default=0, db_default=0)
    messages_7 = models.IntegerField(default=0, db_default=0)
    messages_30 = models.IntegerField(default=0, db_default=0)
    messages_90 = models.IntegerField(default=0, db_default=0)
    events_7 = models.IntegerField(default=0, db_default=0)
    events_30 = models.IntegerField(default=0, db_default=0)
    events_90 = models.IntegerField(default=0, db_default=0)
    order_count = models.IntegerField(default=0, db_default=0)
    order_sum = models.DecimalField(max_digits=14, decimal_places=2, default=0, db_default=0)
    first_order_at = models.DateTimeField(null=True)
    last_order_at = models.DateTimeField(null=True)
    # Copies, kept by triggers. consents: 1 marketing, 2 utility, 4 opted out.
    consents = models.SmallIntegerField(default=0, db_default=0)
    joined_at = models.DateTimeField(null=True)
    country = models.CharField(max_length=2, default="", db_default="")
    language = models.CharField(max_length=10, default="", db_default="")
    tags = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    # Tags that a rule gives.
    classes = ArrayField(models.BigIntegerField(), default=list, db_default=[])

    class Meta:
        db_table = "contacts_activity"
        indexes = [
            models.Index(
                fields=["workspace", "contact"],
                name="contacts_activity_opted_out",
                condition=models.Q(consents__gte=4),
            )
        ]

    def __str__(self) -> str:
        return f"activity of {self.contact_id}"


class Day(models.Model):
    """What a person did on one day (UTC): the buckets behind the counts of 7, 30 and 90 days."""

    contact_id = models.BigIntegerField()
    day = models.DateField()
    workspace_id = models.BigIntegerField()
    sessions = models.IntegerField(default=0)
    messages = models.IntegerField(default=0)
    events = models.IntegerField(default=0)

    pk = models.CompositePrimaryKey("contact_id", "day")

    class Meta:
        db_table = "contacts_day"

    def __str__(self) -> str:
        return f"{self.day} of {self.contact_id}"


class BroadcastOutcome(models.Model):
    """What became of one broadcast's message to a person. A job copies it; nothing here is true before its moment."""

    contact_id = models.BigIntegerField()
    broadcast_id = models.BigIntegerField()
    workspace_id = models.BigIntegerField()
    number_id = models.BigIntegerField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    # Meta's code, or our own word; set with failed_at.
    reason = models.CharField(max_length=24, blank=True, default="")

    pk = models.CompositePrimaryKey("contact_id", "broadcast_id")

    class Meta:
        db_table = "contacts_outcome"
        indexes = [models.Index(fields=["workspace_id", "broadcast_id"], name="contacts_outcome_broadcast")]

    def __str__(self) -> str:
        return f"broadcast {self.broadcast_id} to {self.contact_id}"


class Change(models.Model):
    """A tag came to a person or left them; journeys start from these rows."""

    workspace_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    tag_id = models.BigIntegerField()
    is_member = models.BooleanField()
    # True: by its rule, false: by hand.
    is_automatic = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        db_table = "contacts_change"
        indexes = [
            models.Index(fields=["workspace_id", "id"], name="contacts_change_in_order"),
            models.Index(fields=["contact_id", "id"], name="contacts_change_by_contact"),
        ]

    def __str__(self) -> str:
        return f"tag {self.tag_id} of {self.contact_id}"


class Sweep(models.Model):
    """What a changed rule did to many at once: one row a tag and piece, for a month. Apart from Change, so that whoever
    starts something from changes decides whether a new rule starts it for everybody it is about."""

    workspace_id = models.BigIntegerField()
    tag_id = models.BigIntegerField()
    is_member = models.BooleanField()
    at = models.DateTimeField()
    # As they were called then; who has been merged since is found by Alias.
    contact_ids = ArrayField(models.BigIntegerField())

    class Meta:
        db_table = "contacts_sweep"
        indexes = [models.Index(fields=["workspace_id", "id"], name="contacts_sweep_in_order")]

    def __str__(self) -> str:
        return f"tag {self.tag_id} of {len(self.contact_ids)}"


class Changed(models.Model):
    """A person whose facts changed and whose automatic tags have not been looked at since. Only ever appended."""

    workspace_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()

    class Meta:
        db_table = "contacts_changed"
        indexes = [models.Index(fields=["workspace_id", "id"], name="contacts_changed_in_order")]

    def __str__(self) -> str:
        return f"contact {self.contact_id}"


class Check(models.Model):
    """When the passing of time alone may change a person's automatic tags."""

    contact_id = models.BigIntegerField(primary_key=True)
    workspace_id = models.BigIntegerField()
    check_at = models.DateTimeField()

    class Meta:
        db_table = "contacts_check"
        indexes = [models.Index(fields=["workspace_id", "check_at"], name="contacts_check_due")]

    def __str__(self) -> str:
        return f"contact {self.contact_id} at {self.check_at}"


class Pass(models.Model):
    """How far everybody of a workspace has been looked at since its rules last changed."""

    workspace_id = models.BigIntegerField(primary_key=True)
    # Goes up with every change of a rule; everybody is looked at again until `done` has caught up.
    wanted = models.IntegerField(default=1)
    done = models.IntegerField(default=0)
    # The version that is being looked at, and the last person who was.
    running = models.IntegerField(default=0)
    reached_id = models.BigIntegerField(default=0)

    class Meta:
        db_table = "contacts_pass"

    def __str__(self) -> str:
        return f"{self.done} of {self.wanted}"


class Correction(models.Model):
    """A person's word against a rule: this contact has, or has not, this automatic tag."""

    contact_id = models.BigIntegerField()
    tag_id = models.BigIntegerField()
    workspace_id = models.BigIntegerField()
    is_member = models.BooleanField()
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)

    pk = models.CompositePrimaryKey("contact_id", "tag_id")

    class Meta:
        db_table = "contacts_correction"
        indexes = [models.Index(fields=["workspace_id", "tag_id"], name="contacts_correction_by_tag")]

    def __str__(self) -> str:
        return f"tag {self.tag_id} of {self.contact_id}"


class News(models.Model):
    """Messages whose state changed, one row a batch, until their outcome is copied. Only ever appended."""

    workspace_id = models.BigIntegerField()
    message_ids = ArrayField(models.UUIDField())

    class Meta:
        db_table = "contacts_news"

    def __str__(self) -> str:
        return f"{len(self.message_ids)} messages"


class Segment(models.Model):
    """A saved question over contacts, always live. The definition is a tree (segments.tree)."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, blank=True, default="")
    definition = models.JSONField()
    version = models.IntegerField(default=1)
    # As counted when it was last looked at or sent to.
    people_count = models.IntegerField(null=True)
    counted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    created_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "contacts_segment"
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="contacts_segment_once")]

    def __str__(self) -> str:
        return self.name


class SegmentVersion(models.Model):
    """What a segment asked before it was changed."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="versions")
    version = models.IntegerField()
    definition = models.JSONField()
    changed_at = models.DateTimeField()
    changed_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "contacts_segmentversion"
        constraints = [models.UniqueConstraint(fields=["segment", "version"], name="contacts_segmentversion_once")]

    def __str__(self) -> str:
        return f"version {self.version} of segment {self.segment_id}"


class Cleanup(models.Model):
    """Tags or people that were put away together, with what is needed to bring them back."""

    class Kind(models.TextChoices):
        """What was done."""

        DELETE_TAG = "delete_tag", _("Tag deleted")
        MERGE_TAGS = "merge_tags", _("Tags merged")
        INACTIVE = "inactive", _("Inactive people marked")
        INVALID = "invalid", _("Invalid numbers marked")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    # What it was called, how it was; enough to undo it.
    detail = models.JSONField(default=dict)
    contact_ids = ArrayField(models.BigIntegerField(), default=list)
    done_at = models.DateTimeField()
    done_by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "contacts_cleanup"
        indexes = [models.Index(fields=["workspace", "-id"], name="contacts_cleanup_newest")]

    def __str__(self) -> str:
        return f"{self.kind} of {len(self.contact_ids)}"


class HygieneReport(models.Model):
    """The fortnight's report on tags."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    made_at = models.DateTimeField()
    # unchanged, overlaps, crowded, error_rate, inactive, invalid: finished figures.
    findings = models.JSONField()

    class Meta:
        db_table = "contacts_hygienereport"
        indexes = [models.Index(fields=["workspace", "-id"], name="contacts_hygiene_newest")]

    def __str__(self) -> str:
        return f"report of {self.made_at}"
