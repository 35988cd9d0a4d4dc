from __future__ import annotations

from django.db import models


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
