from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from membership.models.campaigns import Campaign
from receipts.amounts import StoredAmountField


class MatchPoolQuerySet(models.QuerySet["MatchPool"]):
    def open(self, at: datetime) -> MatchPoolQuerySet:
        """Those that promise to match a gift of this moment, spent ones too; the oldest promise comes first."""
        not_ended = Q(ends_at=None) | Q(ends_at__gt=at)
        return self.filter(not_ended, is_open=True, starts_at__lte=at).order_by("pk")

    def take(self, pool: MatchPool, wanted: int) -> int:
        """Take up to ``wanted`` of what is left, whoever else takes of it at the same time; returns what was taken."""
        while (part := min(wanted, self.left_in(pool))) > 0:
            # Condition and change are one statement: what somebody took since our look makes it find no row.
            if self.filter(pk=pool.pk, matched__lte=F("cap") - part).update(matched=F("matched") + part):
                return part
        return 0

    def left_in(self, pool: MatchPool) -> int:
        row = self.filter(pk=pool.pk).values_list("cap", "matched").get()
        return row[0] - row[1]

    def put_back(self, pool: MatchPool, amount: int) -> None:
        self.filter(pk=pool.pk).update(matched=F("matched") - amount)


class MatchPool(models.Model):
    """What a sponsor promised: to add to every gift of a campaign, up to a cap that is never passed."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="pools")
    sponsor = models.ForeignKey("receipts.Payer", on_delete=models.PROTECT, related_name="match_pools")
    shown_as = models.CharField(max_length=100, help_text="How the sponsor is named in public.")
    cap = StoredAmountField("adds at most", validators=[MinValueValidator(1)])
    percent = models.PositiveSmallIntegerField(
        "percent of each gift",
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text="100 doubles every gift, 50 adds half of it.",
    )
    per_gift_most = StoredAmountField(
        "at most for one gift", null=True, blank=True, validators=[MinValueValidator(1)], help_text="Empty: no limit."
    )
    starts_at = models.DateTimeField("from", default=timezone.now)
    ends_at = models.DateTimeField("until", null=True, blank=True)
    is_open = models.BooleanField("open", default=True, help_text="A pool that is not open matches no new gifts.")
    # Sums of `Match.amount`, and of what the sponsor has paid: changed by conditional updates alone.
    matched = models.BigIntegerField(default=0, editable=False)
    paid = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MatchPoolQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(cap__gt=0), name="match_pool_cap_is_above_zero"),
            models.CheckConstraint(
                condition=Q(matched__gte=0) & Q(matched__lte=F("cap")), name="a_pool_never_matches_more_than_its_cap"
            ),
            models.CheckConstraint(
                condition=Q(paid__gte=0) & Q(paid__lte=F("cap")), name="no_sponsor_pays_more_than_was_promised"
            ),
            models.CheckConstraint(condition=Q(percent__gt=0), name="match_pool_adds_something"),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="match_pool_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shown_as} for {self.campaign}"

    @property
    def currency(self) -> str:
        return self.campaign.currency

    @property
    def left(self) -> int:
        return self.cap - self.matched

    @property
    def owed(self) -> int:
        """What was matched and the sponsor has not paid yet."""
        return max(self.matched - self.paid, 0)

    def due_for(self, given: int) -> int:
        """What the sponsor adds to a gift while enough is left, in whole minor units, rounded down."""
        due = given * self.percent // 100
        return due if self.per_gift_most is None else min(due, self.per_gift_most)

    def clean(self) -> None:
        if self.cap is not None and self.cap < self.matched:
            raise ValidationError({"cap": "More than this was matched already."})


class MatchNeverChanged(Exception):
    """What was matched is added to, never edited."""


class Match(models.Model):
    """What a sponsor adds to one gift, or takes back of it when the gift went back. The sum of a gift's rows counts.

    A row with 0 says that nothing was left: money that is freed later goes to later gifts, and nobody is told another
    story than the thank-you told.
    """

    pool = models.ForeignKey(MatchPool, on_delete=models.PROTECT, related_name="matches")
    # The gift as it was booked, and what made this row: the gift itself, its refund, or the refund's reversal.
    payment = models.ForeignKey("receipts.Transaction", on_delete=models.PROTECT, related_name="matches")
    because = models.OneToOneField("receipts.Transaction", on_delete=models.PROTECT, related_name="match_row")
    amount = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "matches"

    def __str__(self) -> str:
        return f"{self.amount:+} for {self.payment_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise MatchNeverChanged("What was matched is added to, never edited.")
        super().save(*args, **kwargs)


class SponsorPayment(models.Model):
    """What a sponsor paid of what a pool had matched, as it was booked; and how that was taken back, if it was."""

    pool = models.ForeignKey(MatchPool, on_delete=models.PROTECT, related_name="payments")
    transaction = models.OneToOneField("receipts.Transaction", on_delete=models.PROTECT, related_name="sponsor_payment")
    amount = models.BigIntegerField()
    undone_by = models.OneToOneField("receipts.Transaction", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="sponsor_payment_is_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} for pool {self.pool_id}"
