"""The draft of the rules, row by row, and what was published of it, whole."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Trigger(models.TextChoices):
    """What makes a rule answer (see types.Trigger)."""

    KEYWORDS = "keywords", _("Keywords")
    PAYLOAD = "payload", _("A button or a list row")
    MEDIA = "media", _("A file")
    FIRST_EVER = "first_ever", _("Somebody's first message ever")
    OUTSIDE_HOURS = "outside_hours", _("Outside business hours")
    ANY = "any", _("Any message")
    NO_MATCH = "no_match", _("Nothing else matches")


class Rule(models.Model):
    """What is answered to which messages. Rows are the draft; people are answered by the newest Version."""

    workspace_id = models.BigIntegerField()
    name = models.CharField(max_length=150)
    is_on = models.BooleanField(default=True)
    trigger = models.CharField(max_length=16, choices=Trigger.choices, default=Trigger.KEYWORDS)
    # A rule of higher priority goes before any of lower; position settles what matches equally well.
    priority = models.SmallIntegerField(default=0)
    position = models.IntegerField(default=0)
    # For files: image, video, audio, document, sticker, location, contacts; none is any.
    media_kinds = ArrayField(models.CharField(max_length=16), default=list)
    # Where it holds (types.Scope); empty is everywhere and always.
    scope = models.JSONField(default=dict)
    # Seconds until the answer leaves; empty takes the workspace's.
    delay_from = models.SmallIntegerField(null=True, blank=True)
    delay_until = models.SmallIntegerField(null=True, blank=True)
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "replies_rule"
        indexes = [models.Index(fields=["workspace_id", "position", "id"], name="replies_rule_order")]

    def __str__(self) -> str:
        return self.name


class Keyword(models.Model):
    """One thing a rule listens for; or, for a rule of buttons, one payload."""

    workspace_id = models.BigIntegerField()
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="keywords")
    text = models.CharField(max_length=256)
    # One of language.types.Mode, or "payload".
    mode = models.CharField(max_length=12, default="fuzzy")
    threshold = models.SmallIntegerField(default=75)
    # Readings and pinyin, made when it was saved: [[text, view], …].
    patterns = models.JSONField(default=list)
    # By which version of language.readings; 0 is older than any, or without dictionaries.
    derivation = models.SmallIntegerField(default=0, db_default=0)
    position = models.IntegerField(default=0)

    class Meta:
        db_table = "replies_keyword"
        constraints = [models.UniqueConstraint(fields=["rule", "mode", "text"], name="replies_keyword_once")]

    def __str__(self) -> str:
        return self.text


class Rung(models.Model):
    """One layer of an answer: what is sent, and when it is this layer's turn."""

    workspace_id = models.BigIntegerField()
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="rungs")
    position = models.SmallIntegerField()
    # Its turn comes when the rung before was not read for so long, or when the person asks again.
    unread_after_seconds = models.IntegerField(null=True, blank=True)
    asked_again = models.BooleanField(default=True)
    # How often it is said before the next one's turn.
    attempts = models.SmallIntegerField(default=1)

    class Meta:
        db_table = "replies_rung"
        constraints = [models.UniqueConstraint(fields=["rule", "position"], name="replies_rung_once")]

    def __str__(self) -> str:
        return f"rung {self.position} of {self.rule_id}"


class Step(models.Model):
    """One part of a rung: a message, or something done."""

    workspace_id = models.BigIntegerField()
    rung = models.ForeignKey(Rung, on_delete=models.CASCADE, related_name="steps")
    position = models.SmallIntegerField()
    # One of types.StepKind, with what that kind needs.
    kind = models.CharField(max_length=16)
    content = models.JSONField(default=dict)
    # Only for people of whom this is true (types.Condition).
    condition = models.JSONField(null=True, blank=True)

    class Meta:
        db_table = "replies_step"
        constraints = [models.UniqueConstraint(fields=["rung", "position"], name="replies_step_once")]

    def __str__(self) -> str:
        return f"{self.kind} of rung {self.rung_id}"


class Settings(models.Model):
    """How a workspace answers automatically (types.Settings), as a draft."""

    workspace_id = models.BigIntegerField(primary_key=True)
    content = models.JSONField(default=dict)
    # When rules or settings were last changed; later than the newest version means there is something to publish.
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "replies_settings"

    def __str__(self) -> str:
        return f"answers of workspace {self.workspace_id}"


class Version(models.Model):
    """A published set of rules; the one with the highest number answers."""

    workspace_id = models.BigIntegerField()
    number = models.IntegerField()
    content = models.JSONField()
    # That of the readings in it.
    derivation = models.SmallIntegerField(default=0, db_default=0)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=64)

    class Meta:
        db_table = "replies_version"
        constraints = [models.UniqueConstraint(fields=["workspace_id", "number"], name="replies_version_once")]

    def __str__(self) -> str:
        return f"version {self.number} of workspace {self.workspace_id}"


class CouponPool(models.Model):
    """Codes that answers may give away, one a person."""

    workspace_id = models.BigIntegerField()
    name = models.CharField(max_length=60)

    class Meta:
        db_table = "replies_couponpool"
        constraints = [models.UniqueConstraint(fields=["workspace_id", "name"], name="replies_couponpool_once")]

    def __str__(self) -> str:
        return self.name


class Coupon(models.Model):
    """One code; once somebody has it, it stays theirs."""

    workspace_id = models.BigIntegerField()
    pool = models.ForeignKey(CouponPool, on_delete=models.CASCADE, related_name="coupons")
    code = models.CharField(max_length=100)
    contact_id = models.BigIntegerField(null=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "replies_coupon"
        constraints = [
            models.UniqueConstraint(fields=["pool", "code"], name="replies_coupon_once"),
            models.UniqueConstraint(
                fields=["pool", "contact_id"],
                name="replies_coupon_one_each",
                condition=models.Q(contact_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["pool", "id"], name="replies_coupon_free", condition=models.Q(contact_id__isnull=True)
            ),
            models.Index(fields=["contact_id"], name="replies_coupon_by_contact"),
        ]

    def __str__(self) -> str:
        return self.code
