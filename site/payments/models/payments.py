"""A payment: one checkout or one invoice of a plan, what it pays for, and the amounts fixed when it began."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q, Sum
from django.utils import timezone

from payments.models.lines import LineFields
from payments.payables import find_payable
from receipts import ledger

if TYPE_CHECKING:
    from payments.payables import Payable


class PaymentQuerySet(models.QuerySet["Payment"]):
    def open(self) -> PaymentQuerySet:
        return self.filter(status__in=Payment.OPEN)

    def paid(self) -> PaymentQuerySet:
        return self.filter(status=Payment.Status.PAID)

    def for_staff(self) -> PaymentQuerySet:
        """All that a listing shows, in one query."""
        return self.select_related("payer", "transaction", "plan").order_by("-created_at")


class Payment(models.Model):
    """One checkout, or one paid invoice of a plan. ``amount`` is in the minor unit of ``currency``."""

    class Status(models.TextChoices):
        CREATED = "created", "Not yet at Stripe"
        OPEN = "open", "Waiting for the payer"
        PROCESSING = "processing", "Bank is processing"
        PAID = "paid", "Paid"
        FAILED = "failed", "Failed"
        EXPIRED = "expired", "Expired"
        PARKED = "parked", "Needs a look"

    OPEN = (Status.CREATED, Status.OPEN)
    # Nothing was paid, and nothing is on its way.
    CAME_TO_NOTHING = (*OPEN, Status.FAILED, Status.EXPIRED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    payer = models.ForeignKey("receipts.Payer", on_delete=models.PROTECT, related_name="payments")
    plan = models.ForeignKey("payments.Plan", on_delete=models.PROTECT, null=True, related_name="payments")
    status = models.CharField(max_length=10, choices=Status, default=Status.CREATED)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # What was paid beyond the amount; it is the payer's credit at Stripe.
    overpaid_amount = models.BigIntegerField(default=0)
    # A word of ``payments.intervals``, or empty for a payment made once.
    interval = models.CharField(max_length=7, blank=True)
    # A fingerprint of the lines: a second start with other terms must not reuse the first one's session.
    terms = models.CharField(max_length=64)
    livemode = models.BooleanField()

    # Stripe keeps its answer to a key, an error too. After a definite error the next try is another attempt.
    attempt = models.PositiveSmallIntegerField(default=1)
    idempotency_key = models.CharField(max_length=255, unique=True)
    session_id = models.CharField(max_length=255, unique=True, null=True)
    invoice_id = models.CharField(max_length=255, unique=True, null=True)
    payment_intent_id = models.CharField(max_length=255, unique=True, null=True)
    charge_id = models.CharField(max_length=255, unique=True, null=True)
    checkout_url = models.TextField(blank=True)
    expires_at = models.DateTimeField(null=True)

    transaction = models.OneToOneField(
        "receipts.Transaction", on_delete=models.PROTECT, null=True, related_name="payment"
    )
    # Stripe tells the fee only after it has processed the charge; a job comes back for it.
    fee_known = models.BooleanField(default=False)
    # Where the charge settled in another currency: what arrived, and the rate in Stripe's own words.
    settled_amount = models.BigIntegerField(null=True)
    settled_currency = models.CharField(max_length=3, blank=True)
    exchange_rate = models.CharField(max_length=40, blank=True)
    # Where Stripe showed the payer another currency than ours: what they paid there.
    presented_amount = models.BigIntegerField(null=True)
    presented_currency = models.CharField(max_length=3, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_amount_is_not_negative"),
            models.CheckConstraint(
                condition=~Q(status="paid", amount__gt=0) | Q(transaction__isnull=False),
                name="paid_payment_is_in_the_ledger",
            ),
        ]
        indexes = [models.Index(fields=["status", "created_at"])]
        permissions = [("refund_payment", "Can refund a payment"), ("export_payment", "Can export who paid what")]

    def __str__(self) -> str:
        return f"Payment {str(self.public_id)[:8]}"

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def expected_amount(self) -> int:
        """What Stripe must have taken, to the cent."""
        return self.amount + self.overpaid_amount

    @property
    def was_paid_outside(self) -> bool:
        """Whether staff marked it as paid at Stripe, where no charge of it exists."""
        return self.status == self.Status.PAID and self.transaction_id is not None and self.charge_id is None

    @property
    def refunded_amount(self) -> int:
        """What went back or is on its way back, in minor units."""
        return self.refunds.exclude(status="failed").aggregate(total=Sum("amount"))["total"] or 0

    @property
    def refundable_amount(self) -> int:
        """What may still be given back: booked, not taken back, and not on its way back."""
        if self.transaction is None:
            return 0
        waiting = self.refunds.filter(transaction=None).exclude(status="failed")
        return ledger.unrefunded(self.transaction) - (waiting.aggregate(total=Sum("amount"))["total"] or 0)

    def payables(self, items: Collection[int] | None = None) -> list[Payable]:
        """What this pays for (or these items of it); an offering whose code or row is gone is left out."""
        wanted = [item for item in self.items.all() if items is None or item.pk in items]
        found = (find_payable(item.payable_kind, item.payable_id) for item in wanted)
        return [payable for payable in found if payable is not None]

    def describe(self) -> str:
        return ", ".join(line.counted for line in self.lines.all())


class PaymentItem(models.Model):
    """One payable inside a payment. ``is_open`` while the payer may still pay it."""

    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="items")
    payable_kind = models.CharField(max_length=60)
    payable_id = models.BigIntegerField()
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payable_kind", "payable_id"],
                condition=Q(is_open=True),
                name="one_open_checkout_per_payable",
            ),
        ]
        indexes = [models.Index(fields=["payable_kind", "payable_id"])]

    def __str__(self) -> str:
        return f"{self.payable_kind} {self.payable_id}"


class PaymentLine(LineFields):
    """What ``Payable.lines()`` answered when the checkout started. Booking, refunds and receipts read these rows."""

    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(PaymentItem, on_delete=models.CASCADE, related_name="lines")
