"""What other terms do to access, to the books and to what may be paid back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from membership import dues, revenue
from membership.models import Membership, Tier
from membership.states import State
from payments import changing, checkout
from payments.models import Event, Payment, PlanTerms
from payments.refunding import request_refund
from receipts.checks import books_problems
from tests.membership.way import Way

pytestmark = pytest.mark.django_db


@pytest.fixture
def small(way: Way, client: Client, alice: User, friend: Tier) -> Membership:
    """Alice, signed in, who has just paid for a month as a friend."""
    client.force_login(alice)
    way.join(friend, email=alice.email, name=alice.name)
    way.pay()
    return Membership.objects.get()


def change(
    way: Way, membership: Membership, tier: Tier, amount: int, *, at_once: bool = False, **detail: Any
) -> PlanTerms:
    plan = membership.plan()
    assert plan
    asked = changing.change(
        plan,
        lines=[dues.line_of(tier, interval="month", amount=amount)],
        interval="month",
        detail={"tier": tier.pk, **detail},
        origin="supporter",
        moment=way.sandbox.now() if at_once else None,
    )
    way.deliver()
    membership.refresh_from_db()
    return asked


def pay_back(way: Way, payment: Payment) -> None:
    request_refund(payment, amount=payment.amount, reason="", by=None)
    way.deliver()


def nothing_waits() -> bool:
    return not Event.objects.exclude(status__in=[Event.Status.DONE, Event.Status.IGNORED]).exists()


def test_paying_the_difference_back_leaves_the_month_that_was_paid(way: Way, small: Membership, guardian: Tier) -> None:
    way.advance(days=10)
    change(way, small, guardian, 10000, at_once=True)
    first, difference = Payment.objects.order_by("pk")
    assert 0 < difference.amount < 10000
    pay_back(way, difference)
    small.refresh_from_db()
    assert small.is_live()
    pay_back(way, first)
    small.refresh_from_db()
    assert not small.is_live() and small.is_refunded


def test_paying_a_renewal_back_ends_it_though_the_month_before_stays_paid(way: Way, small: Membership) -> None:
    way.advance(days=32)
    pay_back(way, Payment.objects.latest("pk"))
    small.refresh_from_db()
    assert Payment.objects.paid().count() == 2 and not small.is_live()


def test_another_tier_for_the_same_money_opens_its_pages_at_once(
    way: Way, member: Membership, friend: Tier, alice: User
) -> None:
    change(way, member, friend, member.amount)
    assert [group.membership_tier for group in alice.groups.all()] == [friend]


def test_a_lower_tier_that_waits_begins_also_after_a_change_in_the_dashboard(
    way: Way, member: Membership, friend: Tier
) -> None:
    change(way, member, friend, 1500, at_next_payment=True)
    way.sandbox.change_subscription(member.plan().subscription_id, amount=1700)
    way.deliver()
    member.refresh_from_db()
    assert (member.next_tier, member.amount) == (friend, 1700)
    way.advance(days=32)
    member.refresh_from_db()
    assert (member.tier, member.next_tier) == (friend, None)


def test_a_membership_made_free_in_the_dashboard_is_followed_and_may_cost_again(way: Way, member: Membership) -> None:
    subscription_id = member.plan().subscription_id
    way.sandbox.change_subscription(subscription_id, amount=0)
    way.advance(days=32)
    member.refresh_from_db()
    assert nothing_waits() and member.amount == 0 and member.is_live()
    assert revenue.live().get("USD", 0) == 0 and not list(revenue.problems())
    way.sandbox.change_subscription(subscription_id, amount=1200)
    way.advance(days=32)
    member.refresh_from_db()
    assert Payment.objects.paid().latest("pk").amount == member.amount == 1200
    assert revenue.live() == {"USD": 14400} and not list(revenue.problems()) and not books_problems()


def test_a_second_membership_may_be_paid_in_part_by_credit_at_stripe(
    way: Way, member: Membership, tiers: list[Tier]
) -> None:
    change(way, member, member.tier, member.amount - 1500, at_once=True)
    way.join(tiers[1], email=member.payer.email, name=member.payer.name)
    payment = way.pay()
    credit = (tiers[1].price_of("month") or 0) - payment.amount
    assert payment.status == Payment.Status.PAID and 0 < credit <= 1500, payment.problem
    assert sum(line.amount for line in payment.lines.all()) == payment.amount
    assert payment.payables()[0].is_live() and not books_problems()


def test_what_another_tab_has_paid_meanwhile_is_not_begun_anew(way: Way, member: Membership) -> None:
    as_it_was = Membership.objects.get(pk=member.pk)
    as_it_was.state, as_it_was.started_at, as_it_was.amount = State.INCOMPLETE, None, 99900
    with pytest.raises(checkout.AlreadyPaid):
        checkout.start(payer=member.payer, payables=[as_it_was], interval="month", cancel_path="/")
    member.refresh_from_db()
    assert (member.state, member.amount) == (State.ACTIVE, 10000) and member.started_at
    assert Payment.objects.count() == 1 and not list(revenue.problems())


def test_a_change_that_was_given_up_and_paid_all_the_same_gives_what_it_was_for(
    way: Way, small: Membership, guardian: Tier, friend: Tier
) -> None:
    subscription_id = small.plan().subscription_id
    way.sandbox.next_outcome(subscription_id, "insufficient_funds", times=1)
    asked = change(way, small, guardian, 10000, at_once=True)
    assert asked.state == PlanTerms.State.WAITING
    way.sandbox.fault("POST /v1/subscriptions/{subscription_exposed_id}", "drop_before", times=9)
    with pytest.raises(changing.ChangeUnavailable):
        change(way, small, friend, 2500)
    way.sandbox.clear_faults()
    way.sandbox.pay_invoice(way.sandbox.client.v1.subscriptions.retrieve(subscription_id).latest_invoice)
    way.deliver()
    small.refresh_from_db()
    assert nothing_waits() and small.tier == guardian and small.plan().terms_in_force() == asked
