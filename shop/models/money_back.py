"""Money of an order that goes back by itself. Written with what caused it; the refund is asked for after the commit."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class MoneyBack(models.Model):
    """A payment's money for some units, and for the sending where ``with_shipping``. Who has ``refund`` was heard."""

    class Reason(models.TextChoices):
        SOLD_OUT = "sold_out", "Sold out before it was paid"
        CANCELLED = "cancelled", "Cancelled before it was sent"
        RETURNED = "returned", "Came back"
        PAID_TWICE = "paid_twice", "Paid twice"

    # The customer got nothing for it, so nothing of it is kept.
    WHOLE = (Reason.SOLD_OUT, Reason.PAID_TWICE)

    order = models.ForeignKey("shop.Order", on_delete=models.PROTECT, related_name="money_back")
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason)
    with_shipping = models.BooleanField(default=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    refund = models.OneToOneField("payments.Refund", on_delete=models.PROTECT, null=True, related_name="+")
    # Taken by whoever asks Stripe just now: two who ask at once would give back twice.
    taken_at = models.DateTimeField(null=True)
    # Asked for, or there was nothing left to give back; until then the clock tries again.
    settled_at = models.DateTimeField(null=True)
    # Why Stripe would not: a sentence for staff, who then give it back themselves.
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "order"],
                condition=Q(reason__in=["sold_out", "paid_twice"]),
                name="what_was_not_filled_goes_back_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: order {self.order_id}"

    @property
    def is_whole(self) -> bool:
        return self.reason in self.WHOLE

    @property
    def mark(self) -> str:
        """What its refund gives as the reason, and is found again by: there is one for each, whatever broke off."""
        return f"{self.get_reason_display()} (order {self.order.number}, {self.pk})"


class MoneyBackLine(models.Model):
    money_back = models.ForeignKey(MoneyBack, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey("shop.OrderLine", on_delete=models.PROTECT, related_name="money_back_lines")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="money_back_is_for_units"),
            models.UniqueConstraint(fields=["money_back", "line"], name="money_back_names_a_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.line_id}"
