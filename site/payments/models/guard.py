"""What the guard against card testing remembers, for a day at most. Keys are keyed hashes, never an address."""

from __future__ import annotations

from datetime import datetime

from django.db import models


class Tally(models.Model):
    """How often something was done in the current and in the previous window of time, for one key."""

    scope = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    # The number of the window: seconds since 1970 by the length of one.
    window = models.BigIntegerField(default=0)
    count = models.PositiveIntegerField(default=0)
    before = models.PositiveIntegerField(default=0)
    # Tries that were refused: the work that is asked for grows with them.
    over = models.PositiveIntegerField(default=0)
    used_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="one_tally_per_scope_and_key")]

    def __str__(self) -> str:
        return f"{self.scope}: {self.count}"


class SafeMode(models.Model):
    """The one row that says whether checkouts go on by a mailed link only, and until when."""

    ONLY = 1

    on_since = models.DateTimeField(null=True)
    on_until = models.DateTimeField(null=True)
    by_staff = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_safe_mode")]
        default_permissions = ("change",)

    def __str__(self) -> str:
        return "Safe mode"

    def is_on(self, now: datetime) -> bool:
        return self.on_until is not None and self.on_until > now


class HeldForm(models.Model):
    """What somebody typed, sealed with the token that only the mail to them has. Deleted when it is used."""

    token_hash = models.CharField(max_length=64, unique=True)
    path = models.CharField(max_length=500)
    sealed = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"Held form {self.pk}"


class SpentProof(models.Model):
    """A proof of work that was accepted, so that it is not accepted twice."""

    salt = models.CharField(max_length=64, unique=True)
    spent_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"Proof {self.pk}"


class CheckoutStart(models.Model):
    """From which address (as a keyed hash) a checkout was started: its declined cards count against that one."""

    payment = models.OneToOneField("payments.Payment", on_delete=models.CASCADE, related_name="guard_start")
    address_key = models.CharField(max_length=64)
    started_at = models.DateTimeField(db_index=True)
    # The newest charge that was counted: the same news may come twice.
    last_failed = models.CharField(max_length=255, blank=True)

    def __str__(self) -> str:
        return f"Start of {self.payment_id}"
