"""What Stripe says happened to its balance, and every difference that a person must look at."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class BalanceLine(models.Model):
    """One Stripe balance transaction. Amounts in the minor unit of the settlement currency."""

    class State(models.TextChoices):
        BOOKED = "booked", "In the books"
        FOREIGN = "foreign", "Not ours"
        UNEXPLAINED = "unexplained", "Unexplained"

    line_id = models.CharField(max_length=255, unique=True)
    type = models.CharField(max_length=60)
    reporting_category = models.CharField(max_length=60, blank=True)
    source_id = models.CharField(max_length=255, blank=True, db_index=True)
    amount = models.BigIntegerField()
    fee = models.BigIntegerField()
    net = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # In Stripe's own words, where the money came in another currency than it settled in.
    exchange_rate = models.CharField(max_length=40, blank=True)
    created = models.DateTimeField(db_index=True)
    payout = models.ForeignKey("payments.Payout", on_delete=models.SET_NULL, null=True, related_name="balance_lines")
    state = models.CharField(max_length=12, choices=State, default=State.UNEXPLAINED)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(net=F("amount") - F("fee")), name="net_is_amount_less_fee"),
        ]

    def __str__(self) -> str:
        return self.line_id


class Payout(models.Model):
    """Money that Stripe sent to the bank, and whether its lines add up to it."""

    payout_id = models.CharField(max_length=255, unique=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=60)
    automatic = models.BooleanField(default=True)
    arrival_at = models.DateTimeField(null=True)
    created = models.DateTimeField()
    # Sum of its lines, once Stripe can itemise it; a manual payout never can be.
    lines_total = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.payout_id

    @property
    def difference(self) -> int | None:
        """What its lines do not explain, in minor units; None while they are not known."""
        return None if self.lines_total is None else self.amount - self.lines_total


class Issue(models.Model):
    """Something about money or events that a person must look at. One open row a cause, counted."""

    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=255)
    detail = models.TextField()
    count = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(auto_now=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    payment = models.ForeignKey("payments.Payment", on_delete=models.CASCADE, null=True, related_name="issues")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(closed_at__isnull=True), name="one_open_issue_per_cause"
            ),
        ]
        ordering = ["-last_seen_at"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}"
