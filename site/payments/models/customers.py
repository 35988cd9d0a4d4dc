from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class Customer(models.Model):
    """A payer as Stripe knows them, in one mode. The row exists before the call that creates it at Stripe."""

    class ToTell(models.TextChoices):
        NOTHING = "", "Nothing"
        UPDATE = "update", "Name and address changed"
        DELETE = "delete", "Delete the customer"

    payer = models.ForeignKey("receipts.Payer", on_delete=models.PROTECT, related_name="customers")
    livemode = models.BooleanField()
    stripe_id = models.CharField(max_length=255, unique=True, null=True)
    # What Stripe must still hear. The row is the promise: a lost task or a dead network only delays it.
    to_tell = models.CharField(max_length=10, choices=ToTell, default=ToTell.NOTHING, blank=True)
    to_tell_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payer", "livemode"], name="one_customer_per_payer_and_mode"),
        ]

    def __str__(self) -> str:
        return self.stripe_id or "not yet at Stripe"


class CardChange(models.Model):
    """Somebody was sent to Stripe's page to give another card, for one plan or for all of theirs.

    The page changes the customer's card only; the plans are told by us when the person is back, or by a job.
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting", "At Stripe's page"
        CHANGED = "changed", "Changed"
        UNCHANGED = "unchanged", "Nothing was changed"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="card_changes")
    # None: every plan of the customer that runs.
    plan = models.ForeignKey("payments.Plan", on_delete=models.CASCADE, null=True, related_name="+")
    method_before = models.CharField(max_length=255, blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome, default=Outcome.WAITING)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["outcome", "started_at"], name="card_changes_waiting")]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} ({str(self.public_id)[:8]})"
