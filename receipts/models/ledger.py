from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from receipts.chart import FUNDED, INCOME, SALES, Account, in_order
from receipts.models.funds import Fund
from receipts.models.payers import Payer

MONTH_IS_A_MONTH = Q(month__gte=190001) & Q(month__lte=299912)


class NeverChanged(Exception):
    """The books are added to, never edited. A correction is a new transaction."""


class AddedOnly(models.Model):
    """A row of the books. Database triggers refuse a change too, from whatever program it comes."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise NeverChanged("The books are never changed: reverse the transaction instead.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise NeverChanged("Nothing is deleted from the books: reverse the transaction instead.")


class Transaction(AddedOnly):
    """Something happened to money. Its entries say what moved. Written by `receipts.ledger` alone."""

    reference = models.CharField(max_length=200, unique=True)
    occurred_at = models.DateTimeField(help_text="When the payer paid: receipts and tax years use it.")
    recorded_at = models.DateTimeField(db_index=True, help_text="When it was written: reports as of a date use it.")
    month = models.PositiveIntegerField(help_text="The accounting month, such as 202611: the first open one.")
    payer = models.ForeignKey(Payer, null=True, blank=True, on_delete=models.PROTECT, related_name="transactions")
    memo = models.CharField(max_length=200, blank=True, help_text="Holds no personal data.")
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")

    class Meta:
        ordering = ["-occurred_at", "-pk"]
        indexes = [models.Index(fields=["-occurred_at", "-id"], name="transaction_by_time")]
        constraints = [
            models.CheckConstraint(condition=MONTH_IS_A_MONTH, name="transaction_month_is_a_month"),
            models.CheckConstraint(
                condition=Q(reverses=None) | ~Q(reverses=F("pk")), name="no_transaction_reverses_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class EntryQuerySet(models.QuerySet["Entry"]):
    def between(self, start_month: int, end_month: int) -> EntryQuerySet:
        """Entries of the accounting months from `start_month` up to, but not including, `end_month`."""
        return self.filter(month__gte=start_month, month__lt=end_month)

    def recorded_by(self, moment: Any) -> EntryQuerySet:
        return self.filter(transaction__recorded_at__lte=moment) if moment else self

    def income(self) -> EntryQuerySet:
        return self.filter(credit__in=in_order(INCOME))

    def income_taken_back(self) -> EntryQuerySet:
        return self.filter(debit__in=in_order(INCOME))


class Entry(AddedOnly):
    """One amount from one account to another: debit and credit on one row, so the books cannot be out of balance."""

    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="entries")
    debit = models.CharField(max_length=20, choices=Account)
    credit = models.CharField(max_length=20, choices=Account)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # A copy of the transaction's month, so that a report reads one index and nothing else.
    month = models.PositiveIntegerField()
    fund = models.ForeignKey(Fund, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    # The fair value of what the payer got back: a fact. Whether the rest is receiptable is judged by receipts.rules.
    advantage = models.BigIntegerField(default=0)
    advantages = models.JSONField(default=list, blank=True)
    # What the payer gives in a year, where a rule asks for it (a monthly membership).
    yearly_amount = models.BigIntegerField(null=True, blank=True)
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    # Short and opaque (`maker:…`, `plan:…`, `payout:…`): a sub-ledger needs no key upward.
    subject = models.CharField(max_length=100, blank=True)
    description = models.CharField(max_length=200, blank=True)
    term_start = models.DateField(null=True, blank=True)
    term_end = models.DateField(null=True, blank=True)
    reporting_amount = models.BigIntegerField(null=True, blank=True)
    rate_source = models.CharField(max_length=100, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        ordering = ["pk"]
        indexes = [
            # Covering: every sum by account and month is read from these alone.
            models.Index(fields=["credit", "month", "currency", "debit", "amount"], name="entry_credits"),
            models.Index(fields=["debit", "month", "currency", "credit", "amount"], name="entry_debits"),
            models.Index(fields=["subject"], condition=~Q(subject=""), name="entry_subjects"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="entry_amount_is_above_zero"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="entry_moves_between_two_accounts"),
            models.CheckConstraint(condition=MONTH_IS_A_MONTH, name="entry_month_is_a_month"),
            models.CheckConstraint(
                condition=Q(advantage__gte=0) & Q(advantage__lte=F("amount")),
                name="entry_advantage_is_part_of_the_amount",
            ),
            models.CheckConstraint(
                condition=Q(fund__isnull=False) | ~(Q(debit__in=in_order(FUNDED)) | Q(credit__in=in_order(FUNDED))),
                name="entry_of_income_or_cost_names_its_fund",
            ),
            models.CheckConstraint(
                condition=~Q(credit__in=in_order(SALES))
                | Q(debit=Account.DEFERRED.value)
                | Q(corrects__isnull=False)
                | Q(advantage=F("amount")),
                name="a_sale_is_never_receiptable",
            ),
            models.CheckConstraint(
                condition=Q(term_start=None, term_end=None) | Q(term_end__gt=F("term_start")),
                name="entry_term_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_debit_display()} ← {self.get_credit_display()} {self.amount} {self.currency}"


class ClosedMonth(AddedOnly):
    """Closing a month closes every month before it too. A closed month takes no new entries."""

    month = models.PositiveIntegerField(unique=True, help_text="Such as 202611.")
    closed_at = models.DateTimeField(auto_now_add=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-month"]
        constraints = [models.CheckConstraint(condition=MONTH_IS_A_MONTH, name="closed_month_is_a_month")]

    def __str__(self) -> str:
        return f"{self.month // 100}-{self.month % 100:02d}"
