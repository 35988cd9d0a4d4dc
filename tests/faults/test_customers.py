"""F30: a customer is deleted in Stripe's dashboard, or gets another card there."""

from __future__ import annotations

import pytest

from payments import gateway, worker
from payments.mirror.ours import NotOurs
from payments.models import Customer, Event, Issue, Payment, Plan
from receipts.models import Payer, Receipt
from tests.faults.road import Road

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(road: Road) -> Payment:
    payment = road.start_and_pay(interval="month", amount=1500)
    road.deliver_and_work_off()
    return payment


def delete_customer(road: Road) -> str:
    stripe_id = Customer.objects.get().stripe_id or ""
    road.sandbox.control("POST", f"/_sandbox/customers/{stripe_id}/delete")
    return stripe_id


class TestF30DeletedInTheDashboard:
    def test_plans_end_and_history_stays(self, road: Road, member: Payment) -> None:
        delete_customer(road)
        road.deliver_and_work_off(times=2)
        plan = road.plan(member)
        assert plan.status == "canceled" and plan.ended_at
        member.refresh_from_db()
        assert (member.status, member.payer) == (Payment.Status.PAID, road.payer)
        assert Payer.objects.get() == road.payer and Receipt.objects.get().is_live
        assert road.offering(member).paid_count == 1 and road.books_agree()
        assert not Event.objects.filter(status=Event.Status.PARKED).exists() and not Issue.objects.exists()

    @pytest.mark.parametrize("told", ["customer.deleted", "customer.subscription.deleted"])
    def test_one_of_the_events_is_enough_for_the_plan(self, road: Road, member: Payment, told: str) -> None:
        delete_customer(road)
        road.deliver_and_work_off(types=(told,))
        road.drop()
        assert road.plan(member).status == "canceled"

    def test_the_next_purchase_makes_a_new_customer(self, road: Road, member: Payment) -> None:
        gone = delete_customer(road)
        road.deliver_and_work_off()
        assert Customer.objects.get().stripe_id is None
        again = road.start_and_pay(amount=700)
        road.deliver_and_work_off()
        again.refresh_from_db()
        assert again.status == Payment.Status.PAID
        assert Customer.objects.get().stripe_id not in {None, gone}
        assert road.books_agree()

    def test_a_late_event_about_the_old_one_leaves_the_new_one_alone(self, road: Road, member: Payment) -> None:
        delete_customer(road)
        # The purchase finds out by itself, before the event comes.
        again = road.start_and_pay(interval="month", amount=700)
        new = Customer.objects.get().stripe_id
        road.deliver_and_work_off()
        assert Customer.objects.get().stripe_id == new
        assert (road.plan(member).status, road.plan(again).status) == ("canceled", "active")

    def test_a_subscription_whose_customer_is_a_stub_is_still_read(self, road: Road, member: Payment) -> None:
        delete_customer(road)
        remote = gateway.read_subscription(road.plan(member).subscription_id)
        assert getattr(remote.customer, "deleted", False) and not hasattr(remote.customer, "email")
        worker.sync("subscription", remote.id)
        assert road.plan(member).status == "canceled"


def test_another_card_of_the_customer_is_seen_on_every_plan(road: Road, member: Payment) -> None:
    second = road.start_and_pay(interval="year", amount=9000)
    road.deliver_and_work_off()
    # Plans without a card of their own are paid with the customer's.
    for plan in Plan.objects.all():
        gateway.client().v1.subscriptions.update(plan.subscription_id, {"default_payment_method": ""})
    road.drop()
    road.sandbox.new_card(Customer.objects.get().stripe_id or "", "mastercard")
    road.deliver_and_work_off(types=("customer.updated",))
    assert {road.plan(payment).card_last4 for payment in (member, second)} == {"4444"}


def test_a_card_that_the_bank_renewed_is_seen_on_its_plan(road: Road, member: Payment) -> None:
    road.sandbox.set_card_expiry(road.plan(member).payment_method_id, month=2, year=2032)
    road.deliver_and_work_off()
    assert str(road.plan(member).card_expires) == "2032-02-29"


def test_a_customer_of_another_integration_is_ignored(road: Road) -> None:
    stranger = gateway.client().v1.customers.create({"email": "stranger@example.org"})
    gateway.client().v1.customers.update(stranger.id, {"name": "A stranger"})
    road.deliver_and_work_off()
    assert set(Event.objects.values_list("status", flat=True)) == {Event.Status.IGNORED}
    assert not Customer.objects.exists()
    with pytest.raises(NotOurs):
        worker.sync("customer", stranger.id)
