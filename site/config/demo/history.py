"""Two years of an NGO's income, lived through in a minute.

Nothing here writes a booking. It moves the sandbox's clock, lets supporters join, fail, cancel and dispute there, and
then re-reads and works off Stripe's events with the site's own code: every amount arrived as a real one would.

What can be joined is the offerings' affair: each gives its part through the hook ``demo_offering``, a function that
returns ``(prepare, start)``; ``prepare()`` makes what is offered, ``start(person, dice)`` begins a checkout of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from django.db.models import F
from django.utils import timezone
from wagtail import hooks

from config.demo.people import Person, supporter
from config.demo.sandbox_control import control, move_clock, start_clock
from payments import changing, gateway, terms
from payments.models import Event, Payment, Plan, PlanTerms
from payments.repair import reconcile, reread_events
from payments.worker import work_off

Start = Callable[[Person, Random], Payment]

MONTH = timedelta(days=30, hours=10)
# How often in a month the site hears of it: a payment that fails and one that recovers are days apart.
STEPS = 8
TELLING = timedelta(hours=2)
# Where a supporter's path may lead, out of a hundred supporter-months.
CANCELS, FAILS_ONCE, FAILS_FOR_GOOD, REFUNDED, DISPUTED = 2.0, 3, 1.0, 0.8, 0.5
GIVES_MORE, GIVES_AS_BEFORE, PAUSES = 2.0, 0.5, 1.0
DECLINED_FIRST = 8


def prepared_offerings() -> list[Start]:
    """Make what every offering offers; returns how each begins a checkout. Whoever has nothing to offer says False."""
    starts = []
    for give in hooks.get_hooks("demo_offering"):
        prepare, start = give()
        if prepare() is not False:
            starts.append(start)
    return starts


@dataclass
class History:
    """Lives ``months`` months that end now, with about ``people`` people joining on the way."""

    people: int
    months: int
    starts: list[Start]
    # Takes everything that is offered first, and stays.
    member: Person
    tell: Callable[[float], None]
    dice: Random = field(default_factory=lambda: Random(20240601))

    def live(self) -> None:
        # The sandbox's clock goes on while we tell this story, and must not overtake the real one.
        begun = timezone.now() - self.months * MONTH - TELLING
        start_clock(begun)
        # A month and what leads up to it is read at once, which is longer than Stripe keeps events.
        control("settings", automatic_payouts=True, after_last_attempt="cancel", event_days=60)
        for month in range(self.months):
            self._live_month(month, begun + month * MONTH)
            self.tell((month + 1) / self.months)
        move_clock(timezone.now())
        self._catch_up(timezone.now() - 2 * MONTH)
        reconcile()
        _date_payments()
        # All of it was re-read; nothing waits to be delivered.
        control("deliveries/drop_all")

    def _live_month(self, month: int, start: datetime) -> None:
        joiners = [supporter(month * 1000 + number, self.dice) for number in range(self._joiners(month))]
        if month == 0:
            # Somebody who can sign in has something of everything to look at.
            for offered in self.starts:
                self._pay(offered(self.member, self.dice))
        for person in joiners:
            self._join(person)
        self._catch_up(start - timedelta(days=2))
        self._let_things_happen(start)
        # What people do is told the same day; what the month brings, at its end.
        self._catch_up(start - timedelta(days=2))
        for step in range(1, STEPS + 1):
            move_clock(start + step * MONTH / STEPS)
            self._catch_up(start + (step - 1) * MONTH / STEPS - timedelta(days=2))

    def _joiners(self, month: int) -> int:
        """A steady flow, and a campaign at each year's end."""
        if not self.starts:
            return 0
        already, due = month * self.people // self.months, (month + 1) * self.people // self.months
        return due - already + (2 if month % 12 == 6 else 0)

    def _join(self, person: Person) -> None:
        if not self.starts:
            return
        self._pay(self.dice.choice(self.starts)(person, self.dice))

    def _pay(self, payment: Payment) -> None:
        if self._happens(DECLINED_FIRST):
            control(f"checkout/{payment.session_id}/complete", outcome="declined")
        control(f"checkout/{payment.session_id}/complete", outcome="paid")

    def _let_things_happen(self, now: datetime) -> None:
        plans = Plan.objects.running().filter(cancel_at_period_end=False).order_by("pk")
        for plan in plans.exclude(payer__email=self.member["email"]):
            if self._happens(CANCELS):
                control(f"subscriptions/{plan.subscription_id}/cancel", at_period_end=True)
            elif self._happens(GIVES_MORE):
                self._give(plan, plan.amount + plan.amount // 4)
            elif self._happens(GIVES_AS_BEFORE):
                self._give(plan, plan.first_payment.amount)
            elif self._happens(PAUSES):
                until = now + self.dice.randint(1, 3) * MONTH
                gateway.pause_subscription(plan.subscription_id, resumes_at=int(until.timestamp()))
            elif self._happens(FAILS_ONCE):
                control(f"subscriptions/{plan.subscription_id}/next_outcome", outcome="insufficient_funds", times=1)
            elif self._happens(FAILS_FOR_GOOD):
                control(f"subscriptions/{plan.subscription_id}/next_outcome", outcome="declined", times=9)
            else:
                self._money_back(plan)

    def _give(self, plan: Plan, amount: int) -> None:
        """From the next payment on another amount, as the supporter would ask for it in the account."""
        payable = plan.payable()
        if payable is None or amount == plan.amount or not plan.amount:
            return
        lines = payable.lines_at(amount=amount, interval=plan.interval)
        asked = terms.ask(plan, lines=lines, interval=plan.interval, detail={}, origin=PlanTerms.Origin.SUPPORTER)
        changing.tell_stripe(plan, asked, lines, moment=None)

    def _money_back(self, plan: Plan) -> None:
        payment = plan.payments.filter(transaction__isnull=False).order_by("-paid_at").first()
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
