"""What memberships and gifts share: they are paid for at Stripe, again and again or once, and follow what it says."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from membership import change_mails, movements
from membership.models.tiers import Interval
from membership.recovery import telling
from membership.states import BEGUN, COUNTED, OF_PLAN, State
from payments.checkout import refuse_if_paid_meanwhile
from payments.intervals import PER_YEAR, yearly
from payments.lines_in_books import left_of_payable
from payments.models import Payment, Plan

if TYPE_CHECKING:
    from payments.models import PlanTerms
    from payments.payables import Line
    from receipts.models import Transaction

# No period is longer than that, and the one before it began earlier.
LONGEST = {word: timedelta(days=366 // times + 1) for word, times in PER_YEAR.items()}
# What a plan's change may change; never more, so that two workers do not undo each other's other fields.
FOLLOWED = ["unknown_status", "state", "paid_until", "ended_at", "cancel_requested_at", "cancel_reason"]


class SubscriptionQuerySet(models.QuerySet[Any]):
    def begun(self) -> Self:
        """Those that were paid at least once, also when they have ended."""
        return self.filter(state__in=BEGUN)

    def counted(self) -> Self:
        """Those that will ask for money again: they make up the recurring revenue."""
        return self.filter(state__in=COUNTED).exclude(interval="")

    def of_user(self, user: object) -> Self:
        return self.filter(Q(payer__user=user) | Q(payer__merged_into__user=user))


class Subscription(models.Model):
    """Something that a supporter pays, and what Stripe's subscription means for it. ``amount`` is one payment's."""

    State = State

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    payer = models.ForeignKey("receipts.Payer", on_delete=models.PROTECT, related_name="%(class)ss")
    interval = models.CharField(max_length=7, choices=Interval)
    # Per interval, in minor units.
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

    class Meta:
        abstract = True
        ordering = ["-created_at", "-pk"]
        constraints = [
            # None asks for nothing, but staff may make one free in Stripe's dashboard.
            models.CheckConstraint(condition=Q(amount__gte=0), name="%(class)s_amount_is_not_negative"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="%(class)s_state_is_known"),
        ]
        indexes = [models.Index(fields=["state", "paid_until"], name="%(class)s_state_paid_until")]

    @classmethod
    def kind(cls) -> str:
        """The name by which payments remembers it: ``membership.membership``."""
        return str(cls._meta.label_lower)

    @property
    def per(self) -> str:
        """ "a month", "a quarter", "a year"; empty for what is paid once."""
        return Interval(self.interval).per if self.interval else ""

    @property
    def yearly_amount(self) -> int:
        """What it brings in a year as it stands, in minor units: 0 when nothing will be asked for again."""
        return yearly(self.amount, self.interval) if self.interval and self.state in COUNTED else 0

    @property
    def is_refunded(self) -> bool:
        return self.paid_until is None and self.refunded_until is not None

    def payments(self) -> models.QuerySet[Payment]:
        return Payment.objects.filter(items__payable_kind=self.kind(), items__payable_id=self.pk)

    def plans(self) -> models.QuerySet[Plan]:
        return Plan.objects.of_payable(self.kind(), self.pk)

    def plan(self) -> Plan | None:
        """The subscription that keeps it paid: one that runs, else the last that ran."""
        plans = list(self.plans().order_by("-pk"))
        return next((plan for plan in plans if not plan.is_over), plans[0] if plans else None)

    # -- What each kind says for itself ---------------------------------------------------------------------

    def when_started(self) -> None:
        """The first payment is in the books: welcome, thank."""

    def when_followed(self, plan: Plan) -> None:
        """It was brought up to its plan."""
        telling.followed(self, plan)

    def when_access_changed(self) -> None:
        """A payment came or went back: what it gives may begin or end."""

    def when_terms_changed(self, plan: Plan, terms: PlanTerms) -> list[str]:
        """Take over what the change was about, besides amount and interval; returns the fields that changed."""
        return []

    def when_renewal_failed(self, plan: Plan, *, attempt: int, is_last: bool) -> None:
        """An attempt to collect a renewal failed: say so."""
        telling.renewal_failed(self, plan, attempt=attempt, is_last=is_last)

    def when_renewal_recovered(self, plan: Plan) -> None:
        """What had failed is paid after all."""
        telling.renewal_recovered(self, plan)

    # -- What payments asks and tells (payments.payables.Recurring) -----------------------------------------

    def lines(self) -> Sequence[Line]:
        return self.lines_at(amount=self.amount, interval=self.interval)

    def lines_at(self, *, amount: int, interval: str) -> Sequence[Line]:
        raise NotImplementedError

    def pending(self) -> None:
        """Keep the terms together with the checkout that was made for them. One that was given up is taken up again."""
        if self.started_at is None:
            refuse_if_paid_meanwhile(self)
            self.state = State.INCOMPLETE
            self.save()

    def paid(self, transaction: Transaction | None) -> None:
        if self.started_at is None:
            self._start(transaction.occurred_at if transaction else timezone.now())
        self.when_access_changed()

    def _start(self, at: datetime) -> None:
        self.state, self.started_at = (State.ACTIVE if self.interval else State.GIVEN), at
        self.save(update_fields=["state", "started_at"])
        movements.write_start(self, at)
        self.when_started()

    def plan_changed(self, plan: Plan) -> None:
        if plan.is_over and self.plans().exclude(pk=plan.pk).running().exists():  # type: ignore[attr-defined]
            # It was paid twice, and one of the two subscriptions has ended: the other one speaks.
            return
        if plan.paid_until and self.started_at is None:
            self._start(timezone.now())
        self._follow(plan)
        self.when_followed(plan)
        self.when_access_changed()

    def _follow(self, plan: Plan) -> None:
        before, state_before = self.yearly_amount, self.state
        self.unknown_status = "" if plan.status in OF_PLAN else plan.status
        self.state = self._state_by(plan)
        self.paid_until = self._paid_until_by(plan)
        self.ended_at = plan.ended_at
        if self.state == State.ACTIVE:
            self.cancel_requested_at, self.cancel_reason = None, ""
        self.save(update_fields=FOLLOWED)
        movements.write_state(self, plan, before=before, state_before=state_before)

    def _state_by(self, plan: Plan) -> str:
        state = OF_PLAN.get(plan.status, self.state)
        if self.started_at is None:
            # Nothing was paid: a subscription that ended ends the checkout, any other changes nothing.
            return State.ABANDONED if plan.is_over else self.state
        if state in (State.ACTIVE, State.PAST_DUE) and plan.is_paused:
            state = State.PAUSED
        if state in (State.ACTIVE, State.PAUSED) and plan.cancel_at_period_end:
            return State.CANCEL_AT_END
        return state if state in BEGUN else self.state

    def _paid_until_by(self, plan: Plan) -> datetime | None:
        known = [moment for moment in (self.paid_until, plan.paid_until) if moment]
        kept = [moment for moment in known if self.refunded_until is None or moment > self.refunded_until]
        return max(kept, default=None)

    def terms_changed(self, plan: Plan, terms: PlanTerms) -> None:
        before = self.yearly_amount
        self.amount, self.interval = terms.amount, terms.interval
        self.save(update_fields=["amount", "interval", *self.when_terms_changed(plan, terms)])
        movements.write_terms(self, plan, terms, before=before)
        self.when_access_changed()
        change_mails.tell_of_change(self, plan, terms)

    def terms_dropped(self, plan: Plan, terms: PlanTerms) -> None:
        change_mails.tell_of_dropping(self, plan, terms)

    def renewal_failed(self, plan: Plan, *, attempt: int, is_last: bool) -> None:
        movements.write_failure(self, plan)
        self.when_renewal_failed(plan, attempt=attempt, is_last=is_last)

    def renewal_recovered(self, plan: Plan) -> None:
        movements.write_recovery(self, plan)
        self.when_renewal_recovered(plan)

    def refunded(self, transaction: Transaction) -> None:
        """Access ends when nothing is left of what bought this period; older payments bought time that has passed."""
        bought = [payment.transaction for payment in self._payments_of_this_period() if payment.transaction]
        if not bought or any(left_of_payable(self, booked) for booked in bought):
            return
        if self.paid_until:
            self.refunded_until, self.paid_until = self.paid_until, None
            self.save(update_fields=["refunded_until", "paid_until"])
        self.when_access_changed()

    def _payments_of_this_period(self) -> list[Payment]:
        """The last payment, and what else was paid in its period: a change half-way costs the difference."""
        # Of two subscriptions that were paid by mistake, the one that goes on counts.
        plan = self.plan()
        paid = self.payments().filter(status=Payment.Status.PAID, **({"plan": plan} if plan else {}))
        booked = paid.exclude(transaction=None).select_related("transaction").order_by("-paid_at", "-pk")
        if plan is None or plan.current_period_end is None or plan.interval not in LONGEST:
            return list(booked[:1])
        return list(booked.filter(paid_at__gte=plan.current_period_end - LONGEST[plan.interval])) or list(booked[:1])

    def refund_failed(self, transaction: Transaction) -> None:
        """The money stayed here after all, and so does what it paid for."""
        if self.refunded_until and (self.paid_until is None or self.paid_until < self.refunded_until):
            self.paid_until, self.refunded_until = self.refunded_until, None
            self.save(update_fields=["refunded_until", "paid_until"])
        self.when_access_changed()

    def released(self) -> None:
        if self.started_at is None:
            self.state = State.ABANDONED
            self.save(update_fields=["state"])
