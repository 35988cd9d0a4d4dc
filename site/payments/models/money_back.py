"""Money that goes back: refunds that we or Stripe's dashboard made, disputes that a bank opened, warnings of them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class Refund(models.Model):
    """One refund. Ours exist before the call; those from Stripe's dashboard appear when Stripe tells of them."""

    class Status(models.TextChoices):
        REQUESTED = "requested", "Requested"
        PENDING = "pending", "On its way"
        SUCCEEDED = "succeeded", "Done"
        FAILED = "failed", "Failed"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="refunds")
    refund_id = models.CharField(max_length=255, unique=True, null=True)
    amount = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    reason = models.CharField(max_length=200, blank=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    transaction = models.OneToOneField(
        "receipts.Transaction", on_delete=models.PROTECT, null=True, related_name="refund"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_is_positive"),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(status="requested"), name="one_requested_refund_per_payment"
            ),
        ]

    def __str__(self) -> str:
        return self.refund_id or f"Refund {str(self.public_id)[:8]}"


class RefundLine(models.Model):
    """What a refund was asked to give back of one line. What it came to, the books say (``refund_parts.parts_of``).

    ``amount`` is net; it and ``tax`` are minor units of the payment's currency. Written under the payment's lock:
    of all refunds that did not fail, no line gives back more than was paid for it.
    """

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey("payments.PaymentLine", on_delete=models.PROTECT, related_name="refund_lines")
    amount = models.BigIntegerField()
    tax = models.BigIntegerField(default=0)
    # How many things come back, or are not sent; none where only money goes back.
    quantity = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["refund", "line"], name="a_refund_names_a_line_once"),
            models.CheckConstraint(condition=Q(amount__gte=0, tax__gte=0), name="refund_line_is_not_negative"),
            models.CheckConstraint(
                condition=Q(amount__gt=0) | Q(tax__gt=0) | Q(quantity__gt=0), name="refund_line_takes_something_back"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.line}"


class Dispute(models.Model):
    """A bank's dispute of one of our charges, with Stripe's own status word."""

    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="disputes")
    dispute_id = models.CharField(max_length=255, unique=True)
    amount = models.BigIntegerField()
    status = models.CharField(max_length=60)
    reason = models.CharField(max_length=60, blank=True)
    opened_at = models.DateTimeField()
    synced_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.dispute_id


class FraudWarning(models.Model):
    """A card issuer's early warning about one of our charges. ``actionable`` until it is refunded whole or disputed."""

    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="fraud_warnings")
    warning_id = models.CharField(max_length=255, unique=True)
    fraud_type = models.CharField(max_length=60)
    actionable = models.BooleanField()
    warned_at = models.DateTimeField()
    synced_at = models.DateTimeField()
    # When it was refunded without staff, or could not be: it is tried once.
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.warning_id

    @property
    def why(self) -> str:
        """Stripe's word, as words: "made with stolen card"."""
        return self.fraud_type.replace("_", " ")
