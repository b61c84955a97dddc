"""Broadcasts and the people they go to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from switchboard.team.models import Workspace


class BroadcastState(models.TextChoices):
    """Where a broadcast is in its life."""

    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    PREPARING = "preparing", _("Preparing")
    SENDING = "sending", _("Sending")
    PAUSED = "paused", _("Paused")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")


class Broadcast(models.Model):
    """One message to one audience through a pool of numbers."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    name = models.CharField(max_length=150)
    state = models.CharField(max_length=16, choices=BroadcastState.choices, default=BroadcastState.DRAFT)
    # Why it could not start, in a sentence.
    state_reason = models.TextField(blank=True)
    template_name = models.CharField(max_length=512, blank=True)
    # Used where the contact's own language has no approved template.
    template_language = models.CharField(max_length=16, blank=True)
    # {"include_tags": [1], "exclude_tags": [2], "import_id": 3}; no tags and no import means everybody.
    audience = models.JSONField(default=dict)
    # {"body:1": {"source": "name" | "field:<key>" | "fixed", "value": "…", "fallback": "…"}, "header:1": …, "button:0": …}
    variables = models.JSONField(default=dict)
    header_asset_id = models.BigIntegerField(null=True, blank=True)
    number_ids = ArrayField(models.BigIntegerField(), default=list)
    pace = models.CharField(max_length=16, default="standard")
    # Whether a person is written to by the number they last talked with, where it is in the pool.
    is_sticky = models.BooleanField(default=True, db_default=True)
    # Whether careful numbers take turns with identical messages, 15 s apart (see broadcasts/turns.py).
    is_spaced = models.BooleanField(default=True, db_default=True)
    # Who still waits so long after the start is skipped; a pause does not count.
    give_up_hours = models.PositiveSmallIntegerField(default=72, db_default=72)
    give_up_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    # Whether messages that Meta reported failed for the moment (131026, 131049) go out again a day later.
    resends_failed = models.BooleanField(default=False, db_default=False)
    # What was expected when it started (see broadcasts/outlook.py), to be held against the fact afterwards.
    outlook = models.JSONField(null=True, blank=True)
    scheduled_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.BigIntegerField(null=True, blank=True)

    class Meta:
        db_table = "broadcasts_broadcast"
        indexes = [models.Index(fields=["workspace", "-id"], name="broadcasts_newest")]

    def __str__(self) -> str:
        return self.name


class Recipient(models.Model):
    """A person of a broadcast's audience, once; `message_id` is empty until it is expanded."""

    broadcast_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    workspace_id = models.BigIntegerField()
    message_id = models.UUIDField(null=True)
    # Why this number writes to them: one of rules.Choice; empty until it is expanded.
    number_choice = models.CharField(max_length=12, default="")

    pk = models.CompositePrimaryKey("broadcast_id", "contact_id")

    class Meta:
        db_table = "broadcasts_recipient"
        managed = False

    def __str__(self) -> str:
        return f"contact {self.contact_id} of broadcast {self.broadcast_id}"


class ContentTurn(models.Model):
    """When the next identical message of a workspace may be due, whichever careful number sends it."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    # SHA-256 of what people would read, in hexadecimal.
    content_hash = models.CharField(max_length=64)
    next_at = models.DateTimeField()

    class Meta:
        db_table = "broadcasts_contentturn"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "content_hash"], name="broadcasts_contentturn_once")
        ]

    def __str__(self) -> str:
        return f"next at {self.next_at}"
