from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.inviting import invite
from membership import access, dues, mails
from membership.models.subscriptions import Subscription, SubscriptionQuerySet
from membership.models.tiers import Tier
from membership.recovery import telling
from membership.states import State
from payments.issues import close_issue, open_issue
from payments.lines_in_books import left_of_payable, payment_of
from payments.models import Payment, Plan, PlanTerms
from receipts.models import Payer

if TYPE_CHECKING:
    from payments.payables import Line
    from receipts.models import Transaction


class MembershipQuerySet(SubscriptionQuerySet):
    def live(self, at: datetime) -> MembershipQuerySet:
        return self.filter(access.live_at(at))

    def for_staff(self) -> MembershipQuerySet:
        """All that a listing shows, in one query."""
        return self.select_related("payer", "tier")


class Membership(Subscription):
    """One supporter's membership of one tier: what a Stripe subscription means to us."""

    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="memberships")
    # A lower tier that was chosen: it is theirs from the next payment on, and until then what was paid for.
    next_tier = models.ForeignKey(Tier, on_delete=models.PROTECT, null=True, related_name="+")

    objects = MembershipQuerySet.as_manager()

    class Meta(Subscription.Meta):
        constraints = [
            *Subscription.Meta.constraints,
            models.UniqueConstraint(
                fields=["payer", "tier"], condition=Q(state="incomplete"), name="one_open_checkout_per_payer_and_tier"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tier} of {self.payer}"

    def is_live(self, at: datetime | None = None) -> bool:
        return access.is_live(self.tier, state=self.state, paid_until=self.paid_until, at=at or timezone.now())

    @property
    def is_live_now(self) -> bool:
        return self.is_live()

    def lines_at(self, *, amount: int, interval: str) -> Sequence[Line]:
        return [dues.line_of(self.next_tier or self.tier, interval=interval, amount=amount)]

    def when_started(self) -> None:
        if self.payer.user is None and self.payer.email:
            invite(self.payer.email)
        mails.welcome(self, self.plan())

    def when_followed(self, plan: Plan) -> None:
        super().when_followed(plan)
        self._come_to_next_tier(plan)
        self._warn_of_second(plan)

    def when_access_changed(self) -> None:
        access.sync_groups(self.payer.current().user)

    def when_terms_changed(self, plan: Plan, terms: PlanTerms) -> list[str]:
        """A higher tier begins at once, a lower one with the next payment; ``terms.detail`` names it."""
        wanted = terms.detail.get("tier")
        if wanted is None:
            return []
        self.next_tier = None
        if terms.detail.get("at_next_payment"):
            self.next_tier_id = None if wanted == self.tier_id else wanted
        else:
            self.tier_id = wanted
        return ["tier", "next_tier"]

    def _come_to_next_tier(self, plan: Plan) -> None:
        """A payment under the new terms has been made: the period that they were waiting for has begun."""
        if self.next_tier is None:
            return
        terms = plan.terms_in_force()
        paid = plan.payments.filter(terms=terms.public_id.hex, status="paid").exists()
        # Terms that were changed in Stripe's dashboard name no tier: what waits, waits for their payment then.
        if paid and terms.detail.get("tier") in (None, self.next_tier_id):
            self.tier, self.next_tier = self.next_tier, None
            self.save(update_fields=["tier", "next_tier"])

    def paid(self, transaction: Transaction | None) -> None:
        super().paid(transaction)
        # Another period is paid for whole.
        close_issue("change_refunded", str(self.public_id))

    def refunded(self, transaction: Transaction) -> None:
        super().refunded(transaction)
        if self.paid_until is None:
            close_issue("change_refunded", str(self.public_id))
        elif difference := self._difference_taken_back_by(transaction):
            detail = f"Membership {self.public_id} goes on as it was changed; what that cost was paid back."
            open_issue("change_refunded", str(self.public_id), detail, payment=difference)

    def refund_failed(self, transaction: Transaction) -> None:
        super().refund_failed(transaction)
        close_issue("change_refunded", str(self.public_id))

    def _difference_taken_back_by(self, refund: Transaction) -> Payment | None:
        """What a higher tier or a longer interval cost in the midst of this period, if nothing is left of it."""
        payment, plan = payment_of(refund), self.plan()
        if payment is None or payment.transaction is None or plan is None:
            return None
        changes = plan.terms.exclude(origin=PlanTerms.Origin.CHECKOUT)
        is_difference = any(one.public_id.hex == payment.terms and one.amount != payment.amount for one in changes)
        is_of_now = is_difference and payment in self._payments_of_this_period()
        return payment if is_of_now and not left_of_payable(self, payment.transaction) else None

    def _warn_of_second(self, plan: Plan) -> None:
        """Paying twice for one tier is a fact and no error; a person must ask whether it was meant."""
        if self.state not in (State.ACTIVE, State.PAST_DUE):
            return
        others = Membership.objects.filter(tier=self.tier, state__in=(State.ACTIVE, State.PAST_DUE)).exclude(pk=self.pk)
        same = Q(payer__in=Payer.objects.same_as(self.payer))
        if self.payer.user_id:
            same |= Q(payer__user=self.payer.user_id)
        if self.payer.email:
            same |= Q(payer__email__iexact=self.payer.email)
        others = others.filter(same)
        if others.exists():
            telling.pays_twice(self, plan, others)
            detail = f"Membership {self.public_id} is a second one of its tier."
            open_issue("duplicate_plan", str(self.public_id), detail)
