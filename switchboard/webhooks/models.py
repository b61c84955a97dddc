"""What Meta has told us and is not applied yet, the journal, and what could not be understood."""

from django.db import models


class Event(models.Model):
    """The raw body of one signed POST, until the worker has applied it."""

    id = models.BigAutoField(primary_key=True)
    workspace_id = models.BigIntegerField()
    app_id = models.BigIntegerField()
    is_inbound = models.BooleanField()
    received_at = models.DateTimeField()
    body = models.BinaryField()

    class Meta:
        db_table = "webhooks_event"
        managed = False

    def __str__(self) -> str:
        return f"event {self.pk}"


class JournalEntry(models.Model):
    """A raw body as it was received; kept 30 days. Partitioned by month of `received_at`."""

    workspace_id = models.BigIntegerField()
    event_id = models.BigIntegerField()
    app_id = models.BigIntegerField()
    received_at = models.DateTimeField()
    body = models.BinaryField()

    pk = models.CompositePrimaryKey("received_at", "event_id")

    class Meta:
        db_table = "webhooks_journalentry"
        managed = False

    def __str__(self) -> str:
        return f"journal of event {self.event_id}"


class DeadLetter(models.Model):
    """An event, or a part of one, that could not be applied: with its reason, replayable."""

    workspace_id = models.BigIntegerField()
    app_id = models.BigIntegerField()
    received_at = models.DateTimeField()
    body = models.BinaryField()
    reason = models.TextField()
    created_at = models.DateTimeField()
    replayed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "webhooks_deadletter"
        indexes = [
            models.Index(
                fields=["workspace_id", "id"], condition=models.Q(replayed_at=None), name="webhooks_deadletter_open"
            )
        ]

    def __str__(self) -> str:
        return self.reason


class Orphan(models.Model):
    """A status without our note that came before the answer to its message; kept some minutes."""

    workspace_id = models.BigIntegerField()
    app_id = models.BigIntegerField()
    received_at = models.DateTimeField()
    wamid = models.CharField(max_length=255)
    body = models.BinaryField()

    class Meta:
        db_table = "webhooks_orphan"

    def __str__(self) -> str:
        return f"status of {self.wamid}"


class Latest(models.Model):
    """When Meta last said something of a template or an account."""

    workspace_id = models.BigIntegerField()
    subject = models.CharField(max_length=700)
    at = models.DateTimeField()

    class Meta:
        db_table = "webhooks_latest"
        constraints = [models.UniqueConstraint(fields=["workspace_id", "subject"], name="webhooks_latest_once")]

    def __str__(self) -> str:
        return self.subject
