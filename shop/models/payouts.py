"""Paying makers: a batch is drawn up, looked at, and then said to be paid. Amounts are minor units of its currency."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from receipts.chart import Account


class MakerPayout(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", "To be paid"
        PAID = "paid", "Paid"

    class Method(models.TextChoices):
        BANK = Account.BANK.value, "Bank transfer"
        CASH = Account.CASH.value, "Cash"

    state = models.CharField(max_length=5, choices=State, default=State.DRAFT)
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    method = models.CharField(max_length=4, choices=Method, blank=True)
    paid_on = models.DateField(null=True)
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    transaction = models.OneToOneField(
        "receipts.Transaction", on_delete=models.PROTECT, null=True, related_name="maker_payout"
    )

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        permissions = [("pay_makers", "Can draw up payouts to makers and say that they are paid")]
        constraints = [
            models.UniqueConstraint(
                fields=["currency"], condition=Q(state="draft"), name="one_open_maker_payout_per_currency"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", transaction=None, paid_on=None, method="")
                | Q(state="paid", transaction__isnull=False, paid_on__isnull=False, method__in=["bank", "cash"]),
                name="a_paid_maker_payout_says_when_and_how",
            ),
        ]

    def __str__(self) -> str:
        return f"Payout {self.pk}"

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines.all())


class MakerPayoutLine(models.Model):
    """What one maker gets: the sum of what was earned and not paid before."""

    payout = models.ForeignKey(MakerPayout, on_delete=models.CASCADE, related_name="lines")
    maker = models.ForeignKey("shop.Maker", on_delete=models.PROTECT, related_name="payout_lines")
    amount = models.BigIntegerField()

    class Meta:
        ordering = ["maker__alias"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["payout", "maker"], name="a_maker_is_in_a_payout_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_maker_is_paid_more_than_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.maker} in {self.payout}"


class SettledEntry(models.Model):
    """One entry of the books that a payout pays for: something sold, or something that came back."""

    line = models.ForeignKey(MakerPayoutLine, on_delete=models.CASCADE, related_name="settled")
    entry = models.OneToOneField("receipts.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        # The OneToOneField is the promise: nothing is paid for twice, whoever draws up two payouts at once.

    def __str__(self) -> str:
        return f"{self.entry_id} in {self.line_id}"
