"""The smallest thing that can be sold, for the tests of payments: they must pass with every real offering deleted.

It counts what it is told, so that a test can say "fulfilled once".
"""

from __future__ import annotations

import dataclasses

from django.db import models
from django.db.models import F

from payments.goods import NotAvailable
from payments.models import Plan, PlanTerms
from payments.payables import Line
from receipts.chart import Account
from receipts.models import Fund, Transaction


class Offering(models.Model):
    name = models.CharField(max_length=60, default="A gift")
    account = models.CharField(max_length=24, default=Account.GIFTS)
    amount = models.BigIntegerField(default=5000)
    currency = models.CharField(max_length=3, default="USD")
    interval = models.CharField(max_length=7, blank=True)
    advantages = models.JSONField(default=list)
    # What each line has that differs from the one line it otherwise is: for something of several lines.
    parts = models.JSONField(default=list)

    # As a thing in a basket: how many are left (None: any number), and what an order is one of.
    left = models.IntegerField(null=True)
    quantity = models.IntegerField(default=1)
    of = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="orders")

    pending_count = models.IntegerField(default=0)
    paid_count = models.IntegerField(default=0)
    refunded_count = models.IntegerField(default=0)
    refund_failed_count = models.IntegerField(default=0)
    released_count = models.IntegerField(default=0)
    changed_count = models.IntegerField(default=0)
    recovered_count = models.IntegerField(default=0)
    plan_status = models.CharField(max_length=60, blank=True)
    paid_until = models.DateTimeField(null=True)
    # [attempt, is_last] of every failed renewal, in the order it was told.
    failures = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.name

    def lines(self) -> list[Line]:
        line = Line(
            account=self.account,
            fund=Fund.unrestricted(),
            amount=self.amount,
            currency=self.currency,
            description=self.name,
            advantages=tuple(self.advantages),
        )
        parts = [{**part, "taxes": tuple(part.get("taxes", ()))} for part in self.parts]
        return [dataclasses.replace(line, **part) for part in parts] or [line]

    def pending(self) -> None:
        if self.of and self.of.left is not None:
            left = Offering.objects.filter(pk=self.of.pk, left__gte=self.quantity)
            if not left.update(left=F("left") - self.quantity):
                raise NotAvailable(f"{self.name} is sold out.")
        self._count("pending_count")

    def paid(self, transaction: Transaction | None) -> None:
        self._count("paid_count")

    def refunded(self, transaction: Transaction) -> None:
        self._count("refunded_count")

    def refund_failed(self, transaction: Transaction) -> None:
        self._count("refund_failed_count")

    def released(self) -> None:
        if self.of:
            Offering.objects.filter(pk=self.of.pk, left__isnull=False).update(left=F("left") + self.quantity)
        self._count("released_count")

    def plan_changed(self, plan: Plan) -> None:
        Offering.objects.filter(pk=self.pk).update(plan_status=plan.status, paid_until=plan.paid_until)

    def renewal_failed(self, plan: Plan, *, attempt: int, is_last: bool) -> None:
        self.refresh_from_db()
        self.failures = [*self.failures, [attempt, is_last]]
        self.save(update_fields=["failures"])

    def lines_at(self, *, amount: int, interval: str) -> list[Line]:
        return [dataclasses.replace(self.lines()[0], amount=amount)]

    def terms_changed(self, plan: Plan, terms: PlanTerms) -> None:
        Offering.objects.filter(pk=self.pk).update(amount=terms.amount, interval=terms.interval)
        self._count("changed_count")

    def terms_dropped(self, plan: Plan, terms: PlanTerms) -> None:
        """Nothing was promised yet."""

    def renewal_recovered(self, plan: Plan) -> None:
        self._count("recovered_count")

    def _count(self, field: str) -> None:
        Offering.objects.filter(pk=self.pk).update(**{field: F(field) + 1})
