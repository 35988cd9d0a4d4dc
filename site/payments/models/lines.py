"""One amount and what it is for: the same columns in a payment and in the terms of a plan."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q


class LineFields(models.Model):
    """What ``Payable.lines()`` answered, kept. ``amount`` and ``tax`` are minor units of the owner's currency."""

    account = models.CharField(max_length=24)
    fund = models.ForeignKey("receipts.Fund", on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    tax = models.BigIntegerField(default=0)
    # How many of one thing; ``amount`` and ``tax`` are for all of them.
    quantity = models.PositiveIntegerField(default=1)
    # What the tax is made of: dicts with name, rate (percent, as text) and amount. They sum to ``tax``, where any are.
    taxes = models.JSONField(default=list)
    description = models.CharField(max_length=200)
    # Each benefit: label, kind, fair_value, cost (minor units), bears_logo. Frozen here, judged by receipts/rules.
    advantages = models.JSONField(default=list)
    yearly_amount = models.BigIntegerField(null=True)
    # Short and opaque, such as "campaign:7": the ledger's entry carries it, so that sums need no key upward.
    subject = models.CharField(max_length=100, blank=True)

    class Meta:
        abstract = True
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0, tax__gte=0), name="%(class)s_amounts_are_not_negative"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="%(class)s_is_of_one_or_more"),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def counted(self) -> str:
        """With how many it is of, where it is more than one: "3 × Candle"."""
        return f"{self.quantity} × {self.description}" if self.quantity > 1 else self.description

    def values(self) -> dict[str, Any]:
        """All but the owner, for a copy."""
        names = [field.name for field in LineFields._meta.get_fields() if field.concrete]
        return {name: getattr(self, name) for name in names}
