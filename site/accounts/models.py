"""The people who sign in, and the mails that leave for them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user; without a password they sign in by mailed code only."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, **{**fields, "is_superuser": True})

    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email__iexact=email or "")


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """Somebody who can sign in. Supporters use a mailed code; staff a password and a second factor."""

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_user_per_address",
                violation_error_message="Somebody already signs in with this e-mail address.",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email

    @property
    def is_staff(self) -> bool:
        """Staff are those whom a group or superuser right lets into the staff pages."""
        return self.has_perm("wagtailadmin.access_admin")


class OutgoingMail(models.Model):
    """A rendered mail on its way: it commits or vanishes with the booking that wrote it."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        CANCELLED = "cancelled"

    # Which kind of mail it is (`mail_kinds.MailKind.key`).
    kind = models.CharField(max_length=100, blank=True)
    to = models.EmailField()
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    # When it may be tried (again); while sending, when the attempt counts as lost.
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    # The kind of error only: a mail server's answer quotes the address.
    last_error = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "due_at"], name="mail_due"),
            models.Index(Lower("to"), name="mail_by_address"),
        ]
        permissions = [
            ("resend_outgoingmail", "Can send a mail again that could not be delivered"),
            ("view_mail_address", "Can see to whom mails went"),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk} ({self.state})"


class MailChoice(models.Model):
    """Whether an address wants mail of one purpose, since when, and how that was said. See ``accounts.choices``."""

    class How(models.TextChoices):
        ACCOUNT = "account", "In the account"
        FORM = "form", "In a form"
        LINK = "link", "By a link in a mail"
        ADDRESS = "address", "Taken along to a new address"
        STAFF = "staff", "Told to staff"
        ERASED = "erased", "The person was erased"

    # Lowercase; of somebody who was erased a keyed digest, so that the refusal outlives the address.
    email = models.CharField(max_length=254)
    purpose = models.CharField(max_length=20)
    wanted = models.BooleanField()
    how = models.CharField(max_length=10, choices=How)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email", "purpose"], name="one_choice_per_address_and_purpose"),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="a_mail_choice_is_lowercase"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {'yes' if self.wanted else 'no'}"


class StaffReminder(models.Model):
    """A reminder that went to staff, so that it goes once. See ``accounts.reminders``."""

    key = models.CharField(max_length=100)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["key"], name="staff_are_reminded_of_a_thing_once")]

    def __str__(self) -> str:
        return self.key


class MailWording(models.Model):
    """Staff's own words for one kind of mail in one language. What they were before is in Wagtail's log."""

    kind = models.CharField(max_length=100)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    body = models.TextField(max_length=20_000)
    # Back to the default wording keeps the row, so that its log goes on.
    is_in_use = models.BooleanField(default=True)
    updated_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ("change",)
        constraints = [models.UniqueConstraint(fields=["kind", "language"], name="one_wording_per_kind_and_language")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"
