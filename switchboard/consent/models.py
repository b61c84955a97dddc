"""The ledger of what people agreed to, and where each of them stands now."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from switchboard.team.models import Workspace


class Basis(models.TextChoices):
    """Why we may write: marketing needs an opt-in, utility a transaction or an opt-in."""

    OPT_IN = "opt_in", _("Opt-in")
    TRANSACTION = "transaction", _("Transaction")


class Entry(models.Model):
    """One line of the ledger; never changed, never deleted."""

    class Kind(models.TextChoices):
        """What happened."""

        GRANT = "grant", _("Agreed")
        WITHDRAW = "withdraw", _("Opted out")
        # An import was undone: what it had recorded holds no longer.
        VOID = "void", _("Taken back")

    # No index of its own (see contacts.models.Contact).
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    contact_id = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    # marketing, utility, or all (an opt-out ends every category)
    category = models.CharField(max_length=16)
    basis = models.CharField(max_length=16, choices=Basis.choices, blank=True)
    source = models.CharField(max_length=255)
    wording = models.TextField(blank=True)
    evidence = models.JSONField(default=dict)
    # Who wrote the line: an import or a user with its id after a colon, the contact, or Meta.
    actor = models.CharField(max_length=64)
    # Makes one event withdraw once, however often it is delivered.
    event_key = models.CharField(max_length=300, null=True)  # noqa: DJ001  unique, so unknown must be NULL
    at = models.DateTimeField()

    class Meta:
        db_table = "consent_entry"
        # Not unique=True, which would bring a second index for LIKE that nobody asks.
        constraints = [
            models.UniqueConstraint(
                fields=["event_key"], name="consent_entry_event_once", condition=models.Q(event_key__isnull=False)
            )
        ]
        indexes = [models.Index(fields=["workspace", "contact_id", "id"], name="consent_entry_by_contact")]

    def __str__(self) -> str:
        return f"{self.kind} {self.category} by {self.actor}"


class Standing(models.Model):
    """Where a person stands now; derived from the ledger in the same transaction, read by the gate."""

    contact_id = models.BigIntegerField(primary_key=True)
    # No index of its own (see contacts.models.Contact).
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, db_constraint=False)
    # Empty: no basis for that category.
    marketing_basis = models.CharField(max_length=16, blank=True)
    utility_basis = models.CharField(max_length=16, blank=True)
    opted_out_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "consent_standing"

    def __str__(self) -> str:
        return f"standing of {self.contact_id}"


class HashKey(models.Model):
    """The workspace's key for the hashes of people who were erased; encrypted, so that a copy of the tables is no list."""

    workspace = models.OneToOneField(Workspace, primary_key=True, on_delete=models.CASCADE)
    key_encrypted = models.BinaryField()

    class Meta:
        db_table = "consent_hashkey"

    def __str__(self) -> str:
        return f"hash key of workspace {self.workspace_id}"


class Suppression(models.Model):
    """Somebody who was erased and may not be written to, known by nothing but the hash of a number."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False)
    hash = models.BinaryField(max_length=32)
    # When and how they opted out; an erasure without an opt-out counts as one.
    opted_out_at = models.DateTimeField()
    source = models.CharField(max_length=255)
    erased_at = models.DateTimeField()

    class Meta:
        db_table = "consent_suppression"
        constraints = [models.UniqueConstraint(fields=["workspace", "hash"], name="consent_suppression_once")]

    def __str__(self) -> str:
        return f"suppressed since {self.opted_out_at:%Y-%m-%d}"
