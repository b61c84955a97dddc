"""WhatsApp templates as Meta gives them, and the media that their headers show."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from switchboard.team.models import Workspace


class TemplateState(models.TextChoices):
    """What Meta says of a template; only an approved one may be sent."""

    APPROVED = "approved", _("Approved")
    PENDING = "pending", _("In review")
    REJECTED = "rejected", _("Rejected")
    PAUSED = "paused", _("Paused")
    DISABLED = "disabled", _("Disabled")
    OTHER = "other", _("Not usable")


class Category(models.TextChoices):
    """What Meta bills it as, and which consent it needs."""

    MARKETING = "marketing", _("Marketing")
    UTILITY = "utility", _("Utility")
    AUTHENTICATION = "authentication", _("Authentication")


class Template(models.Model):
    """One template in one language in one account."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    account_id = models.BigIntegerField()
    meta_id = models.CharField(max_length=64)
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=16)
    category = models.CharField(max_length=16, choices=Category.choices)
    state = models.CharField(max_length=16, choices=TemplateState.choices)
    rejected_reason = models.CharField(max_length=255, blank=True)
    # Paused by us while Meta restricts the account: until then, or (store.UNTIL_READ) until a person reads them again.
    paused_until = models.DateTimeField(null=True, blank=True)
    quality = models.CharField(max_length=8, blank=True)
    parameter_format = models.CharField(max_length=12, default="positional")
    components = models.JSONField(default=list)
    synced_at = models.DateTimeField()

    class Meta:
        db_table = "templates_template"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "account_id", "name", "language"], name="templates_template_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["paused_until"],
                name="templates_template_paused",
                condition=models.Q(paused_until__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"


class Asset(models.Model):
    """A picture, video or document that a header can show."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    file_name = models.CharField(max_length=255)
    mime = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "templates_asset"
        constraints = [models.UniqueConstraint(fields=["workspace", "sha256"], name="templates_asset_once")]

    def __str__(self) -> str:
        return self.file_name


class Upload(models.Model):
    """An asset as Meta holds it for one number (a media id, valid 30 days)."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="uploads")
    number_id = models.BigIntegerField()
    media_id = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "templates_upload"
        constraints = [models.UniqueConstraint(fields=["asset", "number_id"], name="templates_upload_once")]

    def __str__(self) -> str:
        return self.media_id
