"""Money that goes back by itself. Written with what caused it; the refund is asked for after the commit."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q


def new_mark() -> str:
    return secrets.token_hex(4)


class OwedRefund(models.Model):
    """Parts of a payment that are to go back, and how far that has come. Who has ``refund`` was heard by Stripe."""

    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="owed_refunds")
    # Why, in the offering's words for staff; without anybody's name.
    reason = models.CharField(max_length=100)
    # What it is owed for, as the offering knows it, such as "enrolment:7:cancelled": there is one for each.
    cause = models.CharField(max_length=100, unique=True)
    code = models.CharField(max_length=8, unique=True, default=new_mark, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    refund = models.OneToOneField("payments.Refund", on_delete=models.PROTECT, null=True, related_name="owed_refund")
    # Taken by whoever asks Stripe just now: two who ask at once would give back twice.
    taken_at = models.DateTimeField(null=True)
    # Asked for, or there was nothing left to give back; until then the clock tries again.
    settled_at = models.DateTimeField(null=True)
    # Why Stripe would not: a sentence for staff, who then give it back themselves.
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["id"], condition=Q(settled_at=None), name="owed_refunds_waiting")]

    def __str__(self) -> str:
        return self.mark

    @property
    def mark(self) -> str:
        """What its refund gives as the reason, and is found again by, whatever broke off."""
        return f"{self.reason} ({self.code})"


class OwedRefundLine(models.Model):
    """A line of the payment: how many of its things, and what part of what was paid for them."""

    owed = models.ForeignKey(OwedRefund, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey("payments.PaymentLine", on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(default=1)
    percent = models.PositiveSmallIntegerField(default=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owed", "line"], name="an_owed_refund_names_a_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="an_owed_refund_is_for_something"),
            models.CheckConstraint(condition=Q(percent__range=(1, 100)), name="an_owed_refund_is_a_part"),
        ]

    def __str__(self) -> str:
        return f"{self.percent} % of {self.quantity} x {self.line_id}"
