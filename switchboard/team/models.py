"""Workspaces, people who sign in, who may do what where, and the keys of programs."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Finds people by their e-mail address."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the person whose address this is, whatever its case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail address; belongs to workspaces as a member."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"

    def __str__(self) -> str:
        return self.name or self.email


class Workspace(models.Model):
    """One customer organisation; every other row belongs to one."""

    name = models.CharField(max_length=150)
    time_zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=10, default="en")
    country = models.CharField(max_length=2, default="JP")
    quiet_from = models.TimeField(default="22:00")
    quiet_until = models.TimeField(default="08:00")
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "team_workspace"

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member may do; rights grow from agent to owner."""

    AGENT = "agent", _("Agent")
    MARKETER = "marketer", _("Marketer")
    SUPERVISOR = "supervisor", _("Supervisor")
    OWNER = "owner", _("Owner")


class Member(models.Model):
    """A person's place in a workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.AGENT)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "team_member"
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="team_member_once")]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class ApiKey(models.Model):
    """What a program shows to be let in. The secret itself is kept nowhere: whoever lost it makes another."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="keys")
    # What people call it; it stands in the ledger beside whatever the program does.
    name = models.CharField(max_length=60)
    # How the secret begins, to tell one key from another.
    prefix = models.CharField(max_length=12)
    # SHA-256 of the secret: 256 random bits cannot be guessed, so nothing slower is needed.
    hash = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.CharField(max_length=32))
    created_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "team_apikey"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
