from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class Return(models.Model):
    """What a customer asks to send back, and what came of it."""

    class State(models.TextChoices):
        ASKED = "asked", "Asked for"
        ACCEPTED = "accepted", "On its way back"
        DECLINED = "declined", "Declined"
        RECEIVED = "received", "Came back"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey("shop.Order", on_delete=models.PROTECT, related_name="returns")
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    reason = models.CharField(max_length=500, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    # What was paid for it, once somebody who may has given it back.
    money_back = models.OneToOneField("shop.MoneyBack", on_delete=models.PROTECT, null=True, related_name="back")

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(state__in=["asked", "accepted"]), name="one_open_return_per_order"
            ),
        ]

    def __str__(self) -> str:
        return f"Return of {self.order_id}"


class ReturnLine(models.Model):
    back = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey("shop.OrderLine", on_delete=models.PROTECT, related_name="return_lines")
    quantity = models.PositiveIntegerField()
    # Of those that came back: how many can be sold again.
    restocked = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_return_line_has_units"),
            models.UniqueConstraint(fields=["back", "line"], name="a_return_names_a_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.line_id}"
