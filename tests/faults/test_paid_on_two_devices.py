"""F17: two pages of one checkout were open, on two devices, and both were paid."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import OutgoingMail
from payments import gateway, repair, worker
from payments.models import Customer, Issue, Payment, Plan, Refund, SecondPlan
from payments.second_plans import settle_second_plans
from receipts import ledger
from receipts.chart import Account
from receipts.models import Receipt
from tests.faults.road import Road

pytestmark = pytest.mark.django_db


def second_page(payment: Payment) -> str:
    """Another open page of the same checkout, such as a call made whose answer was lost for days."""
    price = {
        "currency": "usd",
        "unit_amount": payment.amount,
        "recurring": {"interval": "month"},
        "product_data": {"name": "A gift"},
    }
    metadata = {"app": "steadfast", "ref": str(payment.public_id)}
    params: Any = {
        "mode": "subscription",
        "customer": Customer.objects.get().stripe_id,
        "line_items": [{"price_data": price, "quantity": 1}],
        "metadata": metadata,
        "subscription_data": {"metadata": metadata},
        "success_url": "https://example.org/",
    }
    return gateway.client().v1.checkout.sessions.create(params).id


@pytest.fixture
def twice(road: Road) -> Payment:
    payment = road.start(interval="month", amount=1500)
    other = second_page(payment)
    road.pay(payment)
    road.sandbox.complete(other)
    return payment


@pytest.fixture(params=[False, True], ids=["in order", "backwards"])
def seen_twice(request: pytest.FixtureRequest, road: Road, twice: Payment) -> Payment:
    road.deliver(backwards=request.param)
    road.work_off()
    return twice


def twice_mails() -> list[OutgoingMail]:
    return [mail for mail in OutgoingMail.objects.all() if "on two pages" in mail.text]


def test_f17_it_is_seen_and_nothing_is_lost(road: Road, seen_twice: Payment) -> None:
    assert Plan.objects.running().count() == 2 and SecondPlan.objects.count() == 1
    assert [plan.payments.paid().count() for plan in Plan.objects.all()] == [1, 1]
    assert Issue.objects.filter(kind="duplicate_plan", closed_at=None).count() == 1
    assert ledger.account_balance(Account.GIFTS, currency="USD") == -3000
    assert road.books_agree()


def test_f17_reading_the_first_again_opens_no_second_issue(road: Road, seen_twice: Payment) -> None:
    for plan in Plan.objects.order_by("-pk"):
        worker.sync("subscription", plan.subscription_id)
    assert Issue.objects.get(kind="duplicate_plan").subject == SecondPlan.objects.get().plan.subscription_id


def test_f17_the_second_ends_its_money_goes_back_and_the_donor_is_told(road: Road, seen_twice: Payment) -> None:
    assert settle_second_plans() == 1
    road.deliver_and_work_off(times=2)
    second = SecondPlan.objects.get()
    assert (second.plan.status, second.first.status) == ("canceled", "active")
    refund = Refund.objects.get()
    assert refund.payment.plan == second.plan and refund.amount == 1500
    assert Receipt.objects.live().get().transaction == second.first.payments.get().transaction
    (mail,) = twice_mails()
    assert mail.to == "bob@example.org" and "$15.00" in mail.text and "goes on" in mail.text
    assert not Issue.objects.filter(kind="duplicate_plan", closed_at=None).exists()
    assert ledger.account_balance(Account.GIFTS, currency="USD") == -1500
    assert settle_second_plans() == 0 and len(twice_mails()) == 1
    assert road.books_agree() and repair.reconcile() == 0
    road.sandbox.advance(days=32)
    road.deliver_and_work_off()
    assert ledger.account_balance(Account.GIFTS, currency="USD") == -3000, "only the first one renews"


def test_f17_the_second_stays_where_staff_have_ended_the_first(road: Road, twice: Payment) -> None:
    road.deliver_and_work_off()
    second = SecondPlan.objects.get()
    road.sandbox.cancel_subscription(second.first.subscription_id)
    road.deliver_and_work_off()
    assert settle_second_plans() == settle_second_plans() == 0
    assert Plan.objects.running().get() == second.plan
    assert not Refund.objects.exists() and not twice_mails()
    assert not Issue.objects.filter(kind="duplicate_plan", closed_at=None).exists()


@pytest.mark.parametrize("route", ["POST /v1/refunds", "DELETE /v1/subscriptions/{subscription_exposed_id}"])
def test_f17_stripe_away_is_waited_for(road: Road, twice: Payment, route: str) -> None:
    road.deliver_and_work_off()
    road.sandbox.fault(route, "drop_before", times=3)
    assert settle_second_plans() == 0 and not twice_mails()
    assert Issue.objects.filter(kind="duplicate_plan", closed_at=None).exists()
    assert settle_second_plans() == 1
    assert Refund.objects.count() == 1 and len(twice_mails()) == 1


def test_f17_what_stripe_refuses_stays_an_issue_and_nobody_is_told_a_tale(road: Road, twice: Payment) -> None:
    road.deliver_and_work_off()
    charge_id = SecondPlan.objects.get().plan.payments.get().charge_id
    road.sandbox.control("POST", f"/_sandbox/charges/{charge_id}/dispute")
    assert settle_second_plans() == settle_second_plans() == 0
    assert SecondPlan.objects.get().plan.is_over and not twice_mails()
    assert Issue.objects.filter(kind="duplicate_plan", closed_at=None).exists()


def test_a_second_checkout_on_purpose_is_only_warned_of(road: Road) -> None:
    first = road.start_and_pay(interval="month", amount=1500)
    road.deliver_and_work_off()
    again = road.start_again(road.offering(first))
    road.pay(again)
    road.deliver_and_work_off()
    assert not SecondPlan.objects.exists() and Plan.objects.running().count() == 2
    assert Issue.objects.filter(kind="duplicate_plan", closed_at=None).exists()
    assert settle_second_plans() == 0 and not Refund.objects.exists()
