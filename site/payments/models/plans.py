from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from payments.payables import find_payable

if TYPE_CHECKING:
    from payments.payables import Recurring


class Plan(models.Model):
    """One Stripe subscription, as Stripe last described it, and the payable it keeps paid."""

    payer = models.ForeignKey("receipts.Payer", on_delete=models.PROTECT, related_name="plans")
    payable_kind = models.CharField(max_length=60)
    payable_id = models.BigIntegerField()
    # The payment whose lines every renewal repeats.
    terms = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="+")
    subscription_id = models.CharField(max_length=255, unique=True)
    livemode = models.BooleanField()
    # Stripe's own word; a word that we do not know yet is kept as "unknown:…" and shown, never a crash.
    status = models.CharField(max_length=60)
    cancel_at_period_end = models.BooleanField(default=False)
    current_period_end = models.DateTimeField(null=True)
    # The end of the last period that was paid: only this extends what the payer gets.
    paid_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    synced_at = models.DateTimeField()

    KNOWN = frozenset(
        {"incomplete", "incomplete_expired", "trialing", "active", "past_due", "canceled", "unpaid", "paused"}
    )
    OVER = frozenset({"canceled", "incomplete_expired"})

    class Meta:
        indexes = [models.Index(fields=["payable_kind", "payable_id"])]

    def __str__(self) -> str:
        return self.subscription_id

    @property
    def is_over(self) -> bool:
        return self.status in self.OVER

    def payable(self) -> Recurring | None:
        return find_payable(self.payable_kind, self.payable_id)  # type: ignore[return-value]


class RenewalFailure(models.Model):
    """One failed attempt to collect a renewal; the row is what keeps us from writing twice about it."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="failures")
    invoice_id = models.CharField(max_length=255)
    attempt = models.PositiveIntegerField()
    next_attempt_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice_id", "attempt"], name="one_notice_per_failed_attempt"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.attempt} of {self.invoice_id}"
