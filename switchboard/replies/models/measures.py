"""What is still to be answered, what was decided of each message, and what was answered."""

from django.db import models


class Effect(models.Model):
    """A message that nobody has decided on yet; the row leaves with the decision."""

    message_id = models.UUIDField()
    # "answer" is the only one so far: what an event brings about is unique by event and effect.
    effect = models.CharField(max_length=12)
    workspace_id = models.BigIntegerField()
    # The order in which messages came.
    sequence = models.BigIntegerField(default=0)

    pk = models.CompositePrimaryKey("message_id", "effect")

    class Meta:
        db_table = "replies_effect"
        indexes = [models.Index(fields=["sequence"], name="replies_effect_order")]

    def __str__(self) -> str:
        return f"{self.effect} to {self.message_id}"


class Decision(models.Model):
    """What was decided of one incoming message, once. Partitioned by month of the message's id."""

    message_id = models.UUIDField(primary_key=True)
    workspace_id = models.BigIntegerField()
    conversation_id = models.BigIntegerField()
    number_id = models.BigIntegerField()
    at = models.DateTimeField()
    # One of types.Outcome.
    outcome = models.CharField(max_length=16)
    rule_id = models.BigIntegerField(null=True)
    rung = models.SmallIntegerField(default=0)
    version = models.IntegerField(default=0)
    keyword = models.CharField(max_length=256, blank=True)
    view = models.CharField(max_length=12, blank=True)
    distance = models.SmallIntegerField(default=0)
    feeling = models.CharField(max_length=8, blank=True)
    # Of the message that the answer's delay is counted from; empty when nothing is answered.
    due_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "replies_decision"
        managed = False

    def __str__(self) -> str:
        return f"{self.outcome}: {self.message_id}"


class Answer(models.Model):
    """One rung that was sent, to which message, and when."""

    workspace_id = models.BigIntegerField()
    conversation_id = models.BigIntegerField()
    # 0 is what no rule said: a hand-over, the confirmation of an opt-out.
    rule_id = models.BigIntegerField()
    rung = models.SmallIntegerField()
    version = models.IntegerField()
    # The message it answers; for a rung that a timer began, the one that began the ladder.
    message_id = models.UUIDField(null=True)
    # "rule", "hand_over", "after_hours", "opt_out" or "opt_in".
    kind = models.CharField(max_length=12)
    asked_at = models.DateTimeField()
    at = models.DateTimeField()
    parts = models.SmallIntegerField()
    # The first message that it sent.
    first_message_id = models.UUIDField(null=True)

    class Meta:
        db_table = "replies_answer"
        indexes = [
            models.Index(fields=["workspace_id", "rule_id", "-at"], name="replies_answer_by_rule"),
            models.Index(fields=["conversation_id", "-at"], name="replies_answer_by_thread"),
        ]

    def __str__(self) -> str:
        return f"rung {self.rung} of rule {self.rule_id}"


class IgnoredPhrase(models.Model):
    """What people write that needs no rule; it is left out of the unanswered phrases."""

    workspace_id = models.BigIntegerField()
    phrase = models.CharField(max_length=256)

    class Meta:
        db_table = "replies_ignoredphrase"
        constraints = [models.UniqueConstraint(fields=["workspace_id", "phrase"], name="replies_ignored_once")]

    def __str__(self) -> str:
        return self.phrase
