"""Threads, their sessions, their timers, what happened in them, and business hours."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Conversation(models.Model):
    """One thread of one person with one number, for ever; sessions come and go inside it."""

    workspace_id = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    number_id = models.BigIntegerField()
    # One of types.State: open, resolved.
    state = models.CharField(max_length=12, default="open")
    # One of types.Answering: bot, person, nobody.
    answering = models.CharField(max_length=8, default="bot")
    priority = models.SmallIntegerField(default=0)
    # A member of the team.
    assignee_id = models.BigIntegerField(null=True)
    session_number = models.IntegerField(default=1)
    session_started_at = models.DateTimeField()
    # When something was last exchanged before this session; empty for a first one.
    quiet_since = models.DateTimeField(null=True)
    last_inbound_at = models.DateTimeField()
    last_inbound_id = models.UUIDField()
    last_outbound_at = models.DateTimeField(null=True)
    # The person who wrote waits for one of us since then; empty while nobody has to do anything.
    waits_since = models.DateTimeField(null=True)
    # Came in after hours: it goes first in the morning.
    is_collected = models.BooleanField(default=False)
    handed_over_at = models.DateTimeField(null=True)
    # Why, and after which answers: {"reason", "rule_id", "rule", "text", …}.
    hand_over = models.JSONField(null=True)
    # This session has been told that answers are automatic.
    announced_at = models.DateTimeField(null=True)
    ladder_rule_id = models.BigIntegerField(null=True)
    ladder_rung = models.SmallIntegerField(default=0)
    ladder_attempts = models.SmallIntegerField(default=0)
    ladder_since = models.DateTimeField(null=True)
    ladder_expires_at = models.DateTimeField(null=True)
    # Negative messages in a row; quick and equal ones, by which a program on the other side is known.
    negative_count = models.SmallIntegerField(default=0)
    quick_count = models.SmallIntegerField(default=0)
    same_count = models.SmallIntegerField(default=0)
    last_text_hash = models.BigIntegerField(default=0)
    # When the last message came that might have been answered; one right after it belongs to it.
    last_question_at = models.DateTimeField(null=True)
    recent_answers = ArrayField(models.DateTimeField(), default=list)
    # The session that everything from `answering` on belongs to; the worker starts afresh when a newer one has begun.
    dialogue_session = models.IntegerField(default=1)

    class Meta:
        db_table = "conversations_conversation"
        constraints = [
            models.UniqueConstraint(fields=["workspace_id", "contact_id", "number_id"], name="conversations_once")
        ]
        indexes = [
            models.Index(fields=["workspace_id", "-last_inbound_at", "-id"], name="conversations_latest"),
            models.Index(
                fields=["workspace_id", "-priority", "-is_collected", "waits_since"],
                name="conversations_queue",
                condition=models.Q(waits_since__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"contact {self.contact_id} with number {self.number_id}"


class Session(models.Model):
    """An exchange inside a conversation; load, completion and activity count these."""

    workspace_id = models.BigIntegerField()
    conversation_id = models.BigIntegerField()
    number = models.IntegerField()
    started_at = models.DateTimeField()

    class Meta:
        db_table = "conversations_session"
        constraints = [models.UniqueConstraint(fields=["conversation_id", "number"], name="conversations_session_once")]
        indexes = [models.Index(fields=["workspace_id", "-started_at"], name="conversations_session_latest")]

    def __str__(self) -> str:
        return f"session {self.number} of conversation {self.conversation_id}"


class Line(models.Model):
    """What a rule or a colleague did, between the messages."""

    workspace_id = models.BigIntegerField()
    conversation_id = models.BigIntegerField()
    # One of types.LineKind.
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    detail = models.JSONField(default=dict)
    message_id = models.UUIDField(null=True)

    class Meta:
        db_table = "conversations_line"
        indexes = [models.Index(fields=["conversation_id", "-id"], name="conversations_line_latest")]

    def __str__(self) -> str:
        return f"{self.kind} in conversation {self.conversation_id}"


class Timer(models.Model):
    """Something to be done at a moment; a row, so that it outlives every process."""

    workspace_id = models.BigIntegerField()
    conversation_id = models.BigIntegerField()
    # One of types.TimerKind.
    kind = models.CharField(max_length=12)
    due_at = models.DateTimeField()
    payload = models.JSONField(default=dict)
    # A call to Meta, done outside of transactions under a lease.
    is_call = models.BooleanField(default=False)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "conversations_timer"
        constraints = [models.UniqueConstraint(fields=["conversation_id", "kind"], name="conversations_timer_once")]
        indexes = [models.Index(fields=["is_call", "due_at"], name="conversations_timer_due")]

    def __str__(self) -> str:
        return f"{self.kind} in conversation {self.conversation_id}"


class BusinessHours(models.Model):
    """When somebody is there: of the whole workspace (number 0), or of one number."""

    workspace_id = models.BigIntegerField()
    number_id = models.BigIntegerField(default=0)
    zone = models.CharField(_("time zone"), max_length=64)
    # {"mon": "09:00-12:00,13:00-18:00", …}; a day that is missing is closed.
    week = models.JSONField(default=dict)
    days_off = ArrayField(models.DateField(), default=list)

    class Meta:
        db_table = "conversations_businesshours"
        constraints = [models.UniqueConstraint(fields=["workspace_id", "number_id"], name="conversations_hours_once")]

    def __str__(self) -> str:
        return f"hours of number {self.number_id}" if self.number_id else "hours of the workspace"
