from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.inviting import invite
from membership import access, dues, mails
from membership.models.tiers import Interval, Tier
from membership.states import BEGUN, OF_PLAN, State
from payments.issues import open_issue
from payments.models import Payment, Plan
from receipts import ledger

if TYPE_CHECKING:
    from payments.payables import Line
    from receipts.models import Transaction

KIND = "membership.membership"
# What a plan's change may change; never more, so that two workers do not undo each other's other fields.
FOLLOWED = ["unknown_status", "state", "paid_until", "ended_at", "cancel_requested_at", "cancel_reason"]


class MembershipQuerySet(models.QuerySet["Membership"]):
    def live(self, at: datetime) -> MembershipQuerySet:
        return self.filter(access.live_at(at))

    def begun(self) -> MembershipQuerySet:
        """Those that were paid at least once, also when they have ended."""
        return self.filter(state__in=BEGUN)

    def of_user(self, user: object) -> MembershipQuerySet:
        return self.filter(payer__user=user)

    def for_staff(self) -> MembershipQuerySet:
        """All that a listing shows, in one query."""
        return self.select_related("payer", "tier")


class Membership(models.Model):
    """One supporter's membership of one tier: what a Stripe subscription means to us."""

    State = State

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    payer = models.ForeignKey("receipts.Payer", on_delete=models.PROTECT, related_name="memberships")
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="memberships")
    interval = models.CharField(max_length=5, choices=Interval)
    # Per interval, in minor units; at least the tier's price on the day it began.
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=14, choices=State, default=State.INCOMPLETE)
    # Stripe's word where it is one that we do not know: staff see it, and access stays as it was.
    unknown_status = models.CharField(max_length=60, blank=True)
    # The end of the last period that was paid, and kept: only this gives access.
    paid_until = models.DateTimeField(null=True)
    # Periods up to here were paid back and give nothing, whatever Stripe says of the subscription.
    refunded_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    cancel_reason = models.TextField(max_length=500, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["payer", "tier"], condition=Q(state="incomplete"), name="one_open_checkout_per_payer_and_tier"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="membership_amount_is_above_zero"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="membership_state_is_known"),
        ]
        indexes = [models.Index(fields=["state", "paid_until"], name="membership_state_paid_until")]

    def __str__(self) -> str:
        return f"{self.tier} of {self.payer}"

    def is_live(self, at: datetime | None = None) -> bool:
        return access.is_live(self.tier, state=self.state, paid_until=self.paid_until, at=at or timezone.now())

    @property
    def per(self) -> str:
        return Interval(self.interval).per

    @property
    def is_live_now(self) -> bool:
        return self.is_live()

    @property
    def is_refunded(self) -> bool:
        return self.paid_until is None and self.refunded_until is not None

    def payments(self) -> models.QuerySet[Payment]:
        return Payment.objects.filter(items__payable_kind=KIND, items__payable_id=self.pk)

    def plans(self) -> models.QuerySet[Plan]:
        return Plan.objects.filter(payable_kind=KIND, payable_id=self.pk)

    def plan(self) -> Plan | None:
        """The subscription that keeps it paid: one that runs, else the last that ran."""
        plans = list(self.plans().order_by("-pk"))
        return next((plan for plan in plans if not plan.is_over), plans[0] if plans else None)

    # -- What payments asks and tells (payments.payables.Recurring) -----------------------------------------

    def lines(self) -> Sequence[Line]:
        return [dues.line_of(self.tier, interval=self.interval, amount=self.amount)]

    def pending(self) -> None:
        """Keep the terms together with the checkout that was made for them. One that was given up is taken up again."""
        if self.started_at is None:
            self.state = State.INCOMPLETE
            self.save(update_fields=["state", "interval", "amount", "currency"])

    def paid(self, transaction: Transaction | None) -> None:
        if self.started_at is None:
            self._start(transaction.occurred_at if transaction else timezone.now())
        access.sync_groups(self.payer.user)

    def _start(self, at: datetime) -> None:
        self.state, self.started_at = State.ACTIVE, at
        self.save(update_fields=["state", "started_at"])
        if self.payer.user is None and self.payer.email:
            invite(self.payer.email)
        mails.welcome(self, self.plan())

    def plan_changed(self, plan: Plan) -> None:
        if plan.is_over and self.plans().exclude(pk=plan.pk).exclude(status__in=Plan.OVER).exists():
            # It was paid twice, and one of the two subscriptions has ended: the other one speaks.
            return
        if plan.paid_until and self.started_at is None:
            self._start(timezone.now())
        self._follow(plan)
        self._warn_of_second()
        access.sync_groups(self.payer.user)

    def _follow(self, plan: Plan) -> None:
        self.unknown_status = "" if plan.status in OF_PLAN else plan.status
        self.state = self._state_by(plan)
        self.paid_until = self._paid_until_by(plan)
        self.ended_at = plan.ended_at
        if self.state == State.ACTIVE:
            self.cancel_requested_at, self.cancel_reason = None, ""
        self.save(update_fields=FOLLOWED)

    def _state_by(self, plan: Plan) -> str:
        state = OF_PLAN.get(plan.status, self.state)
        if self.started_at is None:
            # Nothing was paid: a subscription that ended ends the checkout, any other changes nothing.
            return State.ABANDONED if plan.is_over else self.state
        if state == State.ACTIVE and plan.cancel_at_period_end:
            return State.CANCEL_AT_END
        return state if state in BEGUN else self.state

    def _paid_until_by(self, plan: Plan) -> datetime | None:
        known = [moment for moment in (self.paid_until, plan.paid_until) if moment]
        kept = [moment for moment in known if self.refunded_until is None or moment > self.refunded_until]
        return max(kept, default=None)

    def _warn_of_second(self) -> None:
        """Paying twice for one tier is a fact and no error; a person must ask whether it was meant."""
        if self.state not in (State.ACTIVE, State.PAST_DUE):
            return
        others = Membership.objects.filter(tier=self.tier, state__in=(State.ACTIVE, State.PAST_DUE)).exclude(pk=self.pk)
        same = Q(payer=self.payer)
        if self.payer.user_id:
            same |= Q(payer__user=self.payer.user_id)
        if self.payer.email:
            same |= Q(payer__email__iexact=self.payer.email)
        if others.filter(same).exists():
            detail = f"Membership {self.public_id} is a second one of its tier."
            open_issue("duplicate_plan", str(self.public_id), detail)

    def renewal_failed(self, plan: Plan, *, attempt: int, is_last: bool) -> None:
        failure = plan.failures.filter(attempt=attempt).order_by("-pk").first()
        mails.renewal_failed(self, next_attempt_at=failure.next_attempt_at if failure else None, is_last=is_last)

    def refunded(self, transaction: Transaction) -> None:
        """Access ends when nothing is left of the last payment; older ones bought time that has passed."""
        paid = self.payments().filter(status=Payment.Status.PAID)
        last = paid.exclude(transaction=None).order_by("-paid_at", "-pk").first()
        if last is None or last.transaction is None or ledger.unrefunded(last.transaction):
            return
        if self.paid_until:
            self.refunded_until, self.paid_until = self.paid_until, None
            self.save(update_fields=["refunded_until", "paid_until"])
        access.sync_groups(self.payer.user)

    def refund_failed(self, transaction: Transaction) -> None:
        """The money stayed here after all, and so does what it paid for."""
        if self.refunded_until and (self.paid_until is None or self.paid_until < self.refunded_until):
            self.paid_until, self.refunded_until = self.refunded_until, None
            self.save(update_fields=["refunded_until", "paid_until"])
        access.sync_groups(self.payer.user)

    def released(self) -> None:
        if self.started_at is None:
            self.state = State.ABANDONED
            self.save(update_fields=["state"])
