"""Outgoing messages, their queue and their states. Hot tables are made by SQL in the migrations."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Lane(models.Model):
    """The queue of one number, one priority and one origin."""

    workspace_id = models.BigIntegerField()
    number_id = models.BigIntegerField()
    priority = models.SmallIntegerField()
    origin_kind = models.CharField(max_length=12)
    origin_id = models.BigIntegerField()
    state = models.CharField(max_length=12, default="active")
    # Pace preset asked for by the origin; the stricter of it and the number's holds. Empty: the number's.
    pace = models.CharField(max_length=16, blank=True, default="")
    # No row of this lane lies before this key, so scans start here and step over dead rows; empty: no row at all.
    low_water_at = models.DateTimeField(null=True)
    low_water_id = models.UUIDField(null=True)
    # Goes up with every row put in: a claim raises the low-water mark only if it saw them all.
    version = models.BigIntegerField(default=0)

    class Meta:
        db_table = "delivery_lane"
        managed = False

    def __str__(self) -> str:
        return f"lane of {self.origin_kind} {self.origin_id} on number {self.number_id}"


class Message(models.Model):
    """A message as it was made; never changed. Partitioned by month of its id."""

    id = models.UUIDField(primary_key=True)
    workspace_id = models.BigIntegerField()
    lane_id = models.BigIntegerField()
    number_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    origin_kind = models.CharField(max_length=12)
    origin_id = models.BigIntegerField()
    category = models.CharField(max_length=16)
    recipient = models.CharField(max_length=150)
    zones = models.CharField(max_length=255)
    template_id = models.BigIntegerField(null=True)
    body = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "delivery_message"
        managed = False

    def __str__(self) -> str:
        return str(self.id)


class Outbox(models.Model):
    """A message that waits: what the claim takes from. Keyed (lane, due time, message)."""

    workspace_id = models.BigIntegerField()
    lane_id = models.BigIntegerField()
    due_at = models.DateTimeField()
    message_id = models.UUIDField()
    number_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    # One number belongs to one claim: whoever puts the message back gives it the next one.
    attempt = models.SmallIntegerField(default=1)
    # How many attempts reached for Meta; the table of errors counts these.
    tries = models.SmallIntegerField(default=0)
    # The gate that holds it, or "retry"; empty when it is simply waiting for its turn.
    hold = models.CharField(max_length=16, null=True)  # noqa: DJ001  a partial index tells NULL from held
    hold_detail = models.JSONField(null=True)

    pk = models.CompositePrimaryKey("lane_id", "due_at", "message_id")

    class Meta:
        db_table = "delivery_outbox"
        managed = False

    def __str__(self) -> str:
        return f"{self.message_id} due {self.due_at}"


class Delivery(models.Model):
    """How far a message is (see types.State). The row is made when the message is claimed or skipped."""

    message_id = models.UUIDField(primary_key=True)
    workspace_id = models.BigIntegerField()
    state = models.SmallIntegerField()
    attempt = models.SmallIntegerField(default=1)
    # A Meta error code, a gate's name or "unconfirmed": why it failed or was skipped.
    reason = models.CharField(max_length=24, null=True)  # noqa: DJ001  no reason is not an empty one
    detail = models.JSONField(null=True)
    wamid = models.CharField(max_length=255, null=True)  # noqa: DJ001  unknown until Meta answers
    accepted_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "delivery_delivery"
        managed = False

    def __str__(self) -> str:
        return f"{self.message_id}: {self.state}"


class SendBatch(models.Model):
    """What a sender has claimed and not yet settled: the crash record, committed before the first POST."""

    id = models.UUIDField(primary_key=True)
    workspace_id = models.BigIntegerField()
    sender_id = models.UUIDField()
    message_ids = ArrayField(models.UUIDField())
    attempts = ArrayField(models.SmallIntegerField())
    claimed_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    # So many of them, in their order, may have been posted; the rest surely was not.
    opened_to = models.IntegerField()
    turn = models.BigIntegerField()

    class Meta:
        db_table = "delivery_sendbatch"
        managed = False

    def __str__(self) -> str:
        return f"batch of {len(self.message_ids)}"


class Unknown(models.Model):
    """A message of which nobody can tell whether Meta has it, and how long its number was heard of since."""

    message_id = models.UUIDField(primary_key=True)
    workspace_id = models.BigIntegerField()
    number_id = models.BigIntegerField()
    since = models.DateTimeField()
    # When statuses of later messages last came in, and the time over which they kept coming.
    heard_at = models.DateTimeField()
    heard_seconds = models.IntegerField(default=0)

    class Meta:
        db_table = "delivery_unknown"
        managed = False

    def __str__(self) -> str:
        return f"{self.message_id} since {self.since}"


class Tally(models.Model):
    """Append-only counts by origin, number, measure and reason; a job squashes them."""

    id = models.BigAutoField(primary_key=True)
    workspace_id = models.BigIntegerField()
    origin_kind = models.CharField(max_length=12)
    origin_id = models.BigIntegerField()
    number_id = models.BigIntegerField()
    measure = models.CharField(max_length=12)
    reason = models.CharField(max_length=24)
    amount = models.IntegerField()
    # The minute it belongs to: the speed line is drawn from these.
    minute = models.DateTimeField()

    class Meta:
        db_table = "delivery_tally"
        managed = False

    def __str__(self) -> str:
        return f"{self.measure} {self.amount:+d}"


class PaceState(models.Model):
    """What a number has spent of its pace; the row that a claim locks."""

    number_id = models.BigIntegerField(primary_key=True)
    workspace_id = models.BigIntegerField()
    # The next message may leave from here on.
    next_at = models.DateTimeField()
    # The latest moments given to broadcasts and journeys, and to answers: seconds since 1970 as
    # little-endian doubles, because a claim reads and writes hundreds of them for each number.
    log = models.BinaryField(default=b"")
    answer_log = models.BinaryField(default=b"")
    # Counts of the last hour by minute: pairs of little-endian 64-bit integers, start and count.
    minutes = models.BinaryField(default=b"")
    # {"start of a quarter-hour": count} of the last day.
    quarters = models.JSONField(default=dict)
    # How many left since the last rest.
    streak = models.IntegerField(default=0)
    # Its own gap ends; a rest that Meta asked for ends; and the pace that all this was worked out with.
    gap_until = models.DateTimeField()
    slow_until = models.DateTimeField()
    made_for = models.TextField(default="")

    class Meta:
        db_table = "delivery_pacestate"
        managed = False

    def __str__(self) -> str:
        return f"pace of number {self.number_id}"


class LanePace(models.Model):
    """What a lane has spent of a pace of its own, stricter than its number's; parts as in PaceState."""

    lane_id = models.BigIntegerField(primary_key=True)
    workspace_id = models.BigIntegerField()
    next_at = models.DateTimeField()
    log = models.BinaryField()
    minutes = models.BinaryField()
    quarters = models.JSONField()
    streak = models.IntegerField()
    made_for = models.TextField(default="")

    class Meta:
        db_table = "delivery_lanepace"
        managed = False

    def __str__(self) -> str:
        return f"pace of lane {self.lane_id}"


class Person(models.Model):
    """What a contact was lately sent, over all numbers (rules/person.py); the row that reserves somebody."""

    workspace_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    # Goes up with every change: a claim writes only what it has read.
    version = models.IntegerField()
    log = models.BinaryField()

    pk = models.CompositePrimaryKey("workspace_id", "contact_id")

    class Meta:
        db_table = "delivery_person"
        managed = False

    def __str__(self) -> str:
        return f"what contact {self.contact_id} was sent"


class Reach(models.Model):
    """How often WhatsApp could not deliver to a person since the last message that arrived; no row: never."""

    workspace_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    undeliverable_count = models.IntegerField()
    undeliverable_at = models.DateTimeField()

    pk = models.CompositePrimaryKey("workspace_id", "contact_id")

    class Meta:
        db_table = "delivery_reach"
        managed = False

    def __str__(self) -> str:
        return f"contact {self.contact_id}: not delivered {self.undeliverable_count} times"


class Budget(models.Model):
    """How many people a portfolio reached in the last day, by five minutes (rules/budget.py)."""

    portfolio_id = models.BigIntegerField(primary_key=True)
    workspace_id = models.BigIntegerField()
    counts = models.BinaryField(default=b"")
    held_for = models.IntegerField(null=True)

    class Meta:
        db_table = "delivery_budget"
        managed = False

    def __str__(self) -> str:
        return f"budget of portfolio {self.portfolio_id}"


class Limits(models.Model):
    """A workspace's own figures for the gates (rules/limits.py); no row: the usual ones."""

    workspace_id = models.BigIntegerField(primary_key=True)
    marketing_per_day = models.PositiveIntegerField(default=1)
    marketing_per_week = models.PositiveIntegerField(default=3)
    unreachable_after = models.PositiveIntegerField(default=2)
    # How much of a portfolio's budget broadcasts leave to journeys and utility messages.
    reserve_percent = models.PositiveIntegerField(default=10)
    # [{"country": "US", "category": "marketing", "from": "2025-04-01", "until": null}, …]
    regions = models.JSONField(default=list)
    # Whether unconfirmed utility messages are sent again without asking: a doubled one harms less than a missing one.
    resends_utility = models.BooleanField(default=False, db_default=False)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        db_table = "delivery_limits"

    def __str__(self) -> str:
        return f"limits of workspace {self.workspace_id}"


class StopSwitch(models.Model):
    """The red button: workspace 0 means the whole installation."""

    workspace_id = models.BigIntegerField(primary_key=True)
    is_on = models.BooleanField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=64)

    class Meta:
        db_table = "delivery_stopswitch"
        managed = False

    def __str__(self) -> str:
        return "stopped" if self.is_on else "running"


class InboundWatermark(models.Model):
    """Written by the worker: every event received before `applied_through` has been applied."""

    id = models.SmallIntegerField(primary_key=True)
    applied_through = models.DateTimeField()

    class Meta:
        db_table = "delivery_inboundwatermark"
        managed = False

    def __str__(self) -> str:
        return str(self.applied_through)


class Window(models.Model):
    """The service window: until when a contact may be answered free-form through a number."""

    workspace_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    number_id = models.BigIntegerField()
    opened_at = models.DateTimeField()

    pk = models.CompositePrimaryKey("workspace_id", "contact_id", "number_id")

    class Meta:
        db_table = "delivery_window"
        managed = False

    def __str__(self) -> str:
        return f"window of contact {self.contact_id} on number {self.number_id}"
