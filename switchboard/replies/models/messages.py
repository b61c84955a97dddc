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


class Media(models.Model):
    """A file that came with a message: waiting to be fetched, stored, failed, or expired at Meta."""

    workspace_id = models.BigIntegerField()
    message_id = models.UUIDField()
    number_id = models.BigIntegerField()
    media_id = models.CharField(max_length=64)
    # image, video, audio, document or sticker
    kind = models.CharField(max_length=16)
    mime = models.CharField(max_length=100, blank=True)
    # As Meta states it, in hexadecimal; what is stored has been checked against it.
    sha256 = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=12, default="waiting")
    # Where the storage keeps it (see replies/storage.py).
    path = models.CharField(max_length=300, blank=True)
    size = models.BigIntegerField(null=True)
    tries = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField()
    # Until then Meta has it.
    expires_at = models.DateTimeField()
    error = models.TextField(blank=True)

    class Meta:
        db_table = "replies_media"
        constraints = [models.UniqueConstraint(fields=["message_id", "media_id"], name="replies_media_once")]
        indexes = [
            models.Index(fields=["due_at"], name="replies_media_waiting", condition=models.Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.media_id}"
