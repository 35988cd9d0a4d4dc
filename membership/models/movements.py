from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone


class NeverChanged(Exception):
    """The log is added to, never edited."""


class Movement(models.Model):
    """Recurring revenue went up or down, or was in danger: what happened to one subscription, when, and why.

    The log is append-only. Every ``before`` is the ``after`` of the movement before it of the same subscription (or 0),
    so that the sum of all changes up to a moment is the recurring revenue at that moment.
    """

    class Kind(models.TextChoices):
        NEW = "new", "New"
        RETURNED = "returned", "Came back"
        UPGRADE = "upgrade", "Gives more"
        DOWNGRADE = "downgrade", "Gives less"
        PAUSE = "pause", "Paused"
        RESUME = "resume", "Resumed"
        BEHIND = "behind", "Payment failed"
        RECOVERY = "recovery", "Payment recovered"
        LOSS = "loss", "Lost"
        KEPT = "kept", "Cancellation taken back"

    kind = models.CharField(max_length=9, choices=Kind)
    # When it happened at Stripe, and when we wrote it down.
    at = models.DateTimeField(db_index=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    payer = models.ForeignKey("receipts.Payer", on_delete=models.PROTECT, related_name="movements")
    subscription_kind = models.CharField(max_length=60)
    subscription_id = models.BigIntegerField()
    # What the subscription brings in a year, before and after, in minor units: exact for every interval.
    before = models.BigIntegerField()
    after = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # A word, never free text: "asked", "payment_failed", "insufficient_funds", "supporter", "staff", "outside", …
    reason = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["subscription_kind", "subscription_id"], name="movement_subscription")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(before__gte=0, after__gte=0), name="movement_amounts_are_not_negative"
            ),
        ]
        permissions = [("export_movement", "Can export whose payments changed")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.change:+} {self.currency} a year"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise NeverChanged("What happened to a subscription is added, never edited.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise NeverChanged("What happened to a subscription is never deleted.")

    @property
    def change(self) -> int:
        return self.after - self.before
