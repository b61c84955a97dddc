"""Portfolios, accounts, numbers and their credentials. Secrets are stored encrypted."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from switchboard.team.models import Workspace


class Portfolio(models.Model):
    """A Meta business portfolio: its numbers share one 24-hour budget of people."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    meta_id = models.CharField(max_length=64)
    name = models.CharField(max_length=150)
    # People who may be reached in a moving 24 hours outside open windows; empty means unlimited.
    messaging_limit = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        db_table = "numbers_portfolio"
        constraints = [models.UniqueConstraint(fields=["workspace", "meta_id"], name="numbers_portfolio_once")]

    def __str__(self) -> str:
        return self.name


class App(models.Model):
    """A Meta app: signs the webhooks of its accounts with its secret."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    meta_id = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=150)
    secret_encrypted = models.BinaryField()
    # Accepted as well while a secret is being rotated.
    previous_secret_encrypted = models.BinaryField(null=True, blank=True)
    verify_token_encrypted = models.BinaryField()
    # When a signed event of it was last applied, to the minute; empty before the first.
    heard_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "numbers_app"

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """A WhatsApp Business Account: templates, payment, restrictions."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="accounts")
    app = models.ForeignKey(App, on_delete=models.PROTECT, related_name="accounts")
    meta_id = models.CharField(max_length=64)
    name = models.CharField(max_length=150)
    token_encrypted = models.BinaryField()
    currency = models.CharField(max_length=3, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)
    sync_error = models.TextField(blank=True)

    class Meta:
        db_table = "numbers_account"
        constraints = [models.UniqueConstraint(fields=["workspace", "meta_id"], name="numbers_account_once")]

    def __str__(self) -> str:
        return self.name


class AccountCheck(models.Model):
    """What was found when one thing about an account was last tried at Meta."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="checks")
    # One of numbers/checking.py.
    subject = models.CharField(max_length=32)
    is_good = models.BooleanField()
    # What is wrong, as a sentence; empty when nothing is.
    sentence = models.TextField(blank=True)
    checked_at = models.DateTimeField()

    class Meta:
        db_table = "numbers_accountcheck"
        constraints = [models.UniqueConstraint(fields=["account", "subject"], name="numbers_accountcheck_once")]

    def __str__(self) -> str:
        return f"{self.subject} of {self.account_id}"


class NumberState(models.TextChoices):
    """What Meta says of a number; only a connected one may send."""

    CONNECTED = "connected", _("Connected")
    PENDING = "pending", _("Pending")
    DISCONNECTED = "disconnected", _("Disconnected")
    RESTRICTED = "restricted", _("Restricted")
    RATE_LIMITED = "rate_limited", _("Rate limited")
    BANNED = "banned", _("Banned")
    UNKNOWN = "unknown", _("Unknown")


class Quality(models.TextChoices):
    """Meta's rating of a number over the last seven days."""

    GREEN = "green", _("High")
    YELLOW = "yellow", _("Medium")
    RED = "red", _("Low")
    UNKNOWN = "unknown", _("Not rated")


class PacePreset(models.TextChoices):
    """Ready-made limits for broadcasts and journeys (see numbers/rules.py for the figures)."""

    CAREFUL = "careful", _("Careful")
    STANDARD = "standard", _("Standard")
    FULL = "full", _("Full")


class Number(models.Model):
    """A WhatsApp Business phone number and what it may send."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="numbers")
    meta_id = models.CharField(max_length=64, unique=True)
    phone = models.CharField(max_length=20)
    verified_name = models.CharField(max_length=150, blank=True)
    label = models.CharField(max_length=150, blank=True)
    state = models.CharField(max_length=16, choices=NumberState.choices, default=NumberState.UNKNOWN)
    quality = models.CharField(max_length=8, choices=Quality.choices, default=Quality.UNKNOWN)
    # Meta's limit of the number, messages a second in and out together.
    throughput = models.PositiveIntegerField(default=80)
    pace = models.CharField(max_length=16, choices=PacePreset.choices, default=PacePreset.CAREFUL)
    # Own figures that replace the preset's: {"per_minute": 30, "per_hour": 500, …}.
    pace_overrides = models.JSONField(default=dict, blank=True)
    # Set when the number was stopped by an error or by a person; empty means it may send.
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_code = models.CharField(max_length=32, blank=True)
    stopped_detail = models.TextField(blank=True)
    # When a restriction of Meta's ends by itself; the stop that it made ends with it.
    restricted_until = models.DateTimeField(null=True, blank=True)
    in_use_since = models.DateField()
    synced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "numbers_number"
        indexes = [
            models.Index(fields=["workspace", "account"], name="numbers_number_by_account"),
            models.Index(
                fields=["restricted_until"],
                name="numbers_number_restricted",
                condition=models.Q(restricted_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.phone


class Rate(models.Model):
    """What one delivered message costs, where a workspace has changed the list price (see numbers/prices.py)."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    currency = models.CharField(max_length=3)
    # One of cloudapi.pricing.MARKETS and one of its CATEGORIES.
    market = models.CharField(max_length=40)
    category = models.CharField(max_length=16)
    amount = models.DecimalField(max_digits=12, decimal_places=6)

    class Meta:
        db_table = "numbers_rate"
        constraints = [
            models.UniqueConstraint(fields=["workspace", "currency", "market", "category"], name="numbers_rate_once"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="numbers_rate_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.market} {self.category}: {self.amount} {self.currency}"
