from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from payments.intervals import MONTHS, first_due_from, yearly
from payments.models.lines import LineFields
from payments.payables import find_payable

if TYPE_CHECKING:
    from datetime import datetime

    from payments.payables import Recurring


class PlanQuerySet(models.QuerySet["Plan"]):
    def running(self) -> PlanQuerySet:
        return self.exclude(status__in=Plan.OVER)

    def of_payable(self, kind: str, pk: int) -> PlanQuerySet:
        return self.filter(payable_kind=kind, payable_id=pk)


class Plan(models.Model):
    """One Stripe subscription, as Stripe last described it, and the payable it keeps paid."""

    payer = models.ForeignKey("receipts.Payer", on_delete=models.PROTECT, related_name="plans")
    payable_kind = models.CharField(max_length=60)
    payable_id = models.BigIntegerField()
    # The checkout that began it.
    first_payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="+")
    subscription_id = models.CharField(max_length=255, unique=True)
    livemode = models.BooleanField()
    # Stripe's own word; a word that we do not know yet is kept as "unknown:…" and shown, never a crash.
    status = models.CharField(max_length=60)
    # One payment, in minor units, and how often: what Stripe will ask for next.
    amount = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="")
    interval = models.CharField(max_length=7, blank=True)
    cancel_at_period_end = models.BooleanField(default=False)
    # A payment holiday: Stripe makes no payments until then, or until somebody resumes it (None).
    is_paused = models.BooleanField(default=False)
    resumes_at = models.DateTimeField(null=True)
    # A change that its first payment has not confirmed yet is dropped by Stripe at this moment.
    pending_until = models.DateTimeField(null=True)
    current_period_end = models.DateTimeField(null=True)
    # The end of the last period that was paid: only this extends what the payer gets.
    paid_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Stripe's word for why it ended: "cancellation_requested", "payment_failed", "payment_disputed".
    end_reason = models.CharField(max_length=60, blank=True)
    # The card (or bank account) that the next payment is taken from. Never more than what a receipt may show.
    payment_method_id = models.CharField(max_length=255, blank=True)
    card_brand = models.CharField(max_length=30, blank=True)
    card_last4 = models.CharField(max_length=4, blank=True)
    # The last day on which it works.
    card_expires = models.DateField(null=True)
    synced_at = models.DateTimeField()
    # When it last changed at Stripe, as far as Stripe told us.
    changed_at = models.DateTimeField(default=timezone.now)

    objects = PlanQuerySet.as_manager()

    KNOWN = frozenset(
        {"incomplete", "incomplete_expired", "trialing", "active", "past_due", "canceled", "unpaid", "paused"}
    )
    OVER = frozenset({"canceled", "incomplete_expired"})

    class Meta:
        indexes = [models.Index(fields=["payable_kind", "payable_id"])]

    def __str__(self) -> str:
        return self.subscription_id

    @property
    def is_over(self) -> bool:
        return self.status in self.OVER

    @property
    def next_payment_at(self) -> datetime | None:
        """When the next payment is due; None when there will be none. In a pause, the first one after it."""
        if self.is_over or self.cancel_at_period_end or self.status in ("paused", "unpaid"):
            return None
        if not self.is_paused:
            return self.current_period_end
        if self.resumes_at is None or self.current_period_end is None:
            return None
        if self.interval not in MONTHS:
            return max(self.resumes_at, self.current_period_end)
        # The days stay what they were: nothing is taken on the day of the end itself.
        return first_due_from(self.current_period_end, self.interval, self.resumes_at)

    def payable(self) -> Recurring | None:
        return find_payable(self.payable_kind, self.payable_id)  # type: ignore[return-value]

    def terms_in_force(self) -> PlanTerms:
        """What one payment is now. A plan has had terms since it was first seen."""
        return self.terms.get(state=PlanTerms.State.IN_FORCE)

    def asked_terms(self) -> PlanTerms | None:
        """A change that was asked for and that Stripe has not confirmed yet."""
        return self.terms.filter(state__in=PlanTerms.OPEN).first()


class PlanTerms(models.Model):
    """What one payment of a plan is, and from when: the next terms take these ones' place, nothing is edited.

    A change is a row before Stripe is asked, and comes into force when Stripe's own subscription says so.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Asked for"
        WAITING = "waiting", "Waits for its payment"
        IN_FORCE = "in_force", "In force"
        REPLACED = "replaced", "Replaced"
        DROPPED = "dropped", "Dropped"

    class Origin(models.TextChoices):
        CHECKOUT = "checkout", "When it began"
        SUPPORTER = "supporter", "The supporter"
        STAFF = "staff", "Staff"
        OUTSIDE = "outside", "Outside this site"

    OPEN = (State.ASKED, State.WAITING)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="terms")
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    origin = models.CharField(max_length=9, choices=Origin)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    interval = models.CharField(max_length=7)
    # What the payable needs to know when this comes into force (such as the tier); ours alone, never at Stripe.
    detail = models.JSONField(default=dict)
    asked_at = models.DateTimeField(default=timezone.now)
    since = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan"], condition=Q(state="in_force"), name="one_terms_in_force_per_plan"),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(state__in=["asked", "waiting"]), name="one_change_at_a_time_per_plan"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="plan_terms_amount_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} a {self.interval}"

    @property
    def yearly_amount(self) -> int:
        return yearly(self.amount, self.interval)

    def says(self, *, amount: int, interval: str) -> bool:
        return (self.amount, self.interval) == (amount, interval)


class PlanLine(LineFields):
    """One line of what a payment of the plan is."""

    terms = models.ForeignKey(PlanTerms, on_delete=models.CASCADE, related_name="lines")


class RenewalFailure(models.Model):
    """One failed attempt to collect a renewal; the row is what keeps us from writing twice about it."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="failures")
    invoice_id = models.CharField(max_length=255)
    attempt = models.PositiveIntegerField()
    # Stripe's word for why: "expired_card", "insufficient_funds", "authentication_required", …
    reason = models.CharField(max_length=60, blank=True)
    amount = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="")
    # Stripe's page on which the payer can pay this invoice or approve it at their bank.
    pay_url = models.TextField(blank=True)
    failed_at = models.DateTimeField(default=timezone.now)
    next_attempt_at = models.DateTimeField(null=True)
    # When Stripe gave up, or the invoice was paid, voided or written off after all.
    settled_at = models.DateTimeField(null=True)
    # "paid", "void", "uncollectible", or empty while it is open.
    settled_as = models.CharField(max_length=13, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice_id", "attempt"], name="one_notice_per_failed_attempt"),
        ]
        permissions = [("mend_renewalfailure", "Can try a failed payment again and send its link")]

    def __str__(self) -> str:
        return f"attempt {self.attempt} of {self.invoice_id}"
