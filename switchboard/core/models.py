"""Tables that belong to the installation and not to one workspace."""

from django.db import models


class Heartbeat(models.Model):
    """A process that runs, and when it last said so."""

    process_id = models.UUIDField(primary_key=True)
    role = models.CharField(max_length=16)
    host = models.CharField(max_length=255)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    details = models.JSONField(default=dict)

    class Meta:
        db_table = "core_heartbeat"

    def __str__(self) -> str:
        return f"{self.role} on {self.host}"


class Incident(models.Model):
    """Something that was or is wrong (see core/incidents.py). No workspace: the whole installation."""

    workspace_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "core_incident"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "kind", "subject_kind", "subject_id"],
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="core_incident_open",
            )
        ]
        indexes = [models.Index(fields=["workspace_id", "-started_at"], name="core_incident_by_start")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject_kind} {self.subject_id}"
