"""Incoming messages. Partitioned by month of their id; made by SQL in the migrations."""

from django.db import models


class InboundMessage(models.Model):
    """What a contact sent us. Its id comes from Meta's, so a second copy is refused by the key."""

    id = models.UUIDField(primary_key=True)
    workspace_id = models.BigIntegerField()
    number_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    wamid = models.CharField(max_length=255)
    kind = models.CharField(max_length=24)
    text = models.TextField(blank=True)
    body = models.JSONField()
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    # The order in which they came; several may have been sent in one second.
    sequence = models.BigIntegerField(default=0)
    # The message of ours that it answers, and who made that.
    answers_id = models.UUIDField(null=True)
    origin_kind = models.CharField(max_length=12, blank=True)
    origin_id = models.BigIntegerField(null=True)
    is_opt_out = models.BooleanField(default=False)

    class Meta:
        db_table = "replies_inboundmessage"
        managed = False

    def __str__(self) -> str:
        return f"{self.kind} from contact {self.contact_id}"
