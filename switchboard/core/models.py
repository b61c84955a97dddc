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
