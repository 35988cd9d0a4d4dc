from __future__ import annotations

from django.db import models


class Customer(models.Model):
    """A payer as Stripe knows them, in one mode. The row exists before the call that creates it at Stripe."""

    payer = models.ForeignKey("receipts.Payer", on_delete=models.PROTECT, related_name="customers")
    livemode = models.BooleanField()
    stripe_id = models.CharField(max_length=255, unique=True, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payer", "livemode"], name="one_customer_per_payer_and_mode"),
        ]

    def __str__(self) -> str:
        return self.stripe_id or "not yet at Stripe"
