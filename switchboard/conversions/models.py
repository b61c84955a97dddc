"""Orders, what was given back of them, and the files that brought orders and events."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from switchboard.team.models import Workspace


class Order(models.Model):
    """Something that a person bought. The shop's own id makes it one order, however often it is told."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    contact_id = models.BigIntegerField()
    external_id = models.CharField(max_length=120)
    # What the person knows it by: "#1042". The id where the shop has no other.
    number = models.CharField(max_length=60, blank=True)
    # [{"name", "quantity", "price"}, …]
    items = models.JSONField(default=list)
    total = models.DecimalField(max_digits=14, decimal_places=2)
    refunded = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "conversions_order"
        constraints = [models.UniqueConstraint(fields=["workspace", "external_id"], name="conversions_order_once")]
        indexes = [models.Index(fields=["workspace", "contact_id", "-at"], name="conversions_order_by_contact")]

    def __str__(self) -> str:
        return self.number or self.external_id


class Refund(models.Model):
    """Money given back for an order, in part or in full."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="refunds")
    external_id = models.CharField(max_length=120)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    at = models.DateTimeField()

    class Meta:
        db_table = "conversions_refund"
        constraints = [models.UniqueConstraint(fields=["order", "external_id"], name="conversions_refund_once")]

    def __str__(self) -> str:
        return f"{self.amount} of order {self.order_id}"


class Deeds(models.Model):
    """A file of orders or of events, and what became of its rows."""

    class Kind(models.TextChoices):
        """What a row is."""

        ORDERS = "orders", _("Orders")
        EVENTS = "events", _("Events")

    class State(models.TextChoices):
        """How far it is."""

        UPLOADED = "uploaded", _("Uploaded")
        RUNNING = "running", _("Running")
        DONE = "done", _("Finished")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Failed")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    file_name = models.CharField(max_length=255)
    file_path = models.CharField(max_length=500)
    encoding = models.CharField(max_length=32)
    delimiter = models.CharField(max_length=1, default=",")
    # The headings in their order, which the file of refused rows begins with when this file is gone.
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.UPLOADED)
    error = models.TextField(blank=True)
    row_count = models.IntegerField(default=0)
    recorded_count = models.IntegerField(default=0)
    repeated_count = models.IntegerField(default=0)
    refused_count = models.IntegerField(default=0)
    by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "conversions_deeds"

    def __str__(self) -> str:
        return self.file_name


class RefusedDeed(models.Model):
    """A row of a file that recorded nothing, and the sentence that says why."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    deeds = models.ForeignKey(Deeds, on_delete=models.CASCADE, db_index=False)
    line = models.IntegerField()
    reason = models.TextField()
    cells = ArrayField(models.TextField())

    class Meta:
        db_table = "conversions_refuseddeed"
        indexes = [models.Index(fields=["deeds", "line"], name="conversions_refuseddeed_line")]

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"
