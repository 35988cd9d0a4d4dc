"""Two years of an NGO's income, lived through in half a minute.

Nothing here writes a booking. It moves the sandbox's clock, lets supporters join, fail, cancel and dispute there, and
then re-reads and works off Stripe's events with the site's own code: every amount arrived as a real one would.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.models import F
from django.utils import timezone

from config.demo.people import supporter
from config.demo.sandbox_control import control, move_clock, start_clock
from membership.joining import PayerDetails, begin
from membership.models import Membership, Tier
from payments.models import Event, Payment
from payments.repair import reconcile, reread_events
from payments.worker import work_off

MONTH = timedelta(days=30, hours=10)
TELLING = timedelta(hours=2)
# Where a supporter's path may lead, out of a hundred supporter-months.
CANCELS, FAILS_ONCE, FAILS_FOR_GOOD, REFUNDED, DISPUTED = 1.5, 3, 0.8, 0.6, 0.25
YEARLY, GIVES_MORE, DECLINED_FIRST = 30, 20, 8


@dataclass
class History:
    """Lives ``months`` months that end now, with about ``members`` people joining on the way."""

    members: int
    months: int
    tiers: list[Tier]
    member: PayerDetails
    tell: Callable[[float], None]
    dice: Random = field(default_factory=lambda: Random(20240601))

    def live(self) -> None:
        # The sandbox's clock goes on while we tell this story, and must not overtake the real one.
        begun = timezone.now() - self.months * MONTH - TELLING
        start_clock(begun)
        control("settings", automatic_payouts=True, after_last_attempt="cancel")
        self._join(self.member, tier=self.tiers[0], interval="month")
        for month in range(self.months):
            self._live_month(month, begun + month * MONTH)
            self.tell((month + 1) / self.months)
        move_clock(timezone.now())
        self._catch_up(timezone.now() - 2 * MONTH)
        reconcile()
        _date_payments()

    def _live_month(self, month: int, start: datetime) -> None:
        joiners = self._joiners(month)
        for number in range(joiners):
            self._join_as_people_do(supporter(month * 1000 + number, self.dice))
        self._catch_up(start - timedelta(days=2))
        self._let_things_happen(start)
        move_clock(start + MONTH)
        self._catch_up(start - timedelta(days=2))

    def _joiners(self, month: int) -> int:
        """A small start, a steady flow, and a campaign at each year's end."""
        already, due = month * self.members // self.months, (month + 1) * self.members // self.months
        return due - already + (2 if month % 12 == 6 else 0)

    def _join_as_people_do(self, person: PayerDetails) -> None:
        tier = self.dice.choices(self.tiers, weights=[6, 3, 1][: len(self.tiers)])[0]
        interval = "year" if self._happens(YEARLY) else "month"
        self._join(person, tier=tier, interval=interval)

    def _join(self, person: PayerDetails, *, tier: Tier, interval: str) -> None:
        price = tier.price_of(interval) or 0
        amount = price + price // 3 if self._happens(GIVES_MORE) else None
        payment = begin(payer_details=person, tier=tier, interval=interval, amount=amount, user=None, locale="en")
        if self._happens(DECLINED_FIRST):
            control(f"checkout/{payment.session_id}/complete", outcome="declined")
        control(f"checkout/{payment.session_id}/complete", outcome="paid")

    def _let_things_happen(self, at: datetime) -> None:
        for membership in Membership.objects.live(at).select_related("payer").order_by("pk"):
            plan = membership.plan()
            if plan is None or plan.is_over or membership.payer.email == self.member.email:
                continue
            if self._happens(CANCELS):
                control(f"subscriptions/{plan.subscription_id}/cancel", at_period_end=True)
            elif self._happens(FAILS_ONCE):
                control(f"subscriptions/{plan.subscription_id}/next_outcome", outcome="insufficient_funds", times=1)
            elif self._happens(FAILS_FOR_GOOD):
                control(f"subscriptions/{plan.subscription_id}/next_outcome", outcome="declined", times=9)
            else:
                self._money_back(membership)

    def _money_back(self, membership: Membership) -> None:
        payment = membership.payments().paid().exclude(charge_id=None).order_by("-paid_at").first()
        if payment is None or payment.refunded_amount or payment.disputes.exists():
            return
        if self._happens(REFUNDED):
            control(f"charges/{payment.charge_id}/refund")
        elif self._happens(DISPUTED):
            dispute = control(f"charges/{payment.charge_id}/dispute")
            control(f"disputes/{dispute['id']}/close", status=self.dice.choice(["won", "lost"]))

    def _happens(self, percent: float) -> bool:
        return self.dice.random() * 100 < percent

    def _catch_up(self, since: datetime) -> None:
        reread_events(since=since)
        while Event.objects.filter(status=Event.Status.RECEIVED).exists():
            Event.objects.filter(status=Event.Status.RECEIVED).update(next_attempt_at=timezone.now())
            work_off()


def _date_payments() -> None:
    """Checkouts began when they were paid, not in the minute in which this history was made."""
    Payment.objects.filter(paid_at__isnull=False, session_id__isnull=False).update(created_at=F("paid_at"))


def as_details(login: Any) -> PayerDetails:
    return PayerDetails(
        name=login.name, email=login.email, line1="12 Lantern Court", city="Portland", region="ME", postcode="04101",
        country="US",
    )  # fmt: skip
