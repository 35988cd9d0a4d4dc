"""Objects of others on the same Stripe account, and ours with their marks rubbed off."""

from __future__ import annotations

import pytest
from django.utils import timezone

from payments import balance, gateway, repair, worker
from payments.models import BalanceLine, Event, Issue, Payment, Payout
from receipts import ledger
from receipts.chart import Account
from receipts.models import Payer, Transaction
from tests.faults.road import Road, event, post_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def foreign_sale(road: Road) -> str:
    """Somebody else's paid checkout on our account. Returns its session id."""
    session = gateway.client().v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "line_items": [
                {
                    "price_data": {
                        "currency": "usd",
                        "unit_amount": 900,
                        "recurring": {"interval": "month"},
                        "product_data": {"name": "A magazine"},
                    },
                    "quantity": 1,
                }
            ],
            "metadata": {"app": "a-magazine", "ref": "42"},
            "success_url": "https://example.org/",
        }
    )
    road.sandbox.complete(session.id)
    return session.id


class TestF52ForeignObjects:
    def test_they_are_answered_put_aside_and_make_nobody(self, road: Road, foreign_sale: str) -> None:
        people = Payer.objects.count()
        road.deliver_and_work_off()
        assert set(Event.objects.values_list("status", flat=True)) == {Event.Status.IGNORED}
        assert Payer.objects.count() == people
        assert not Payment.objects.exists() and not Transaction.objects.exists()

    def test_their_money_is_named_apart_and_the_rest_still_agrees(self, road: Road, foreign_sale: str) -> None:
        road.start_and_pay()
        road.deliver_and_work_off()
        assert repair.reconcile() == 0
        assert BalanceLine.objects.filter(state=BalanceLine.State.FOREIGN).count() == 1
        assert repair.differences() == []


def test_a_line_taken_for_foreign_too_early_is_booked_when_its_payment_comes(road: Road) -> None:
    road.start_and_pay()
    repair.read_new_lines()
    BalanceLine.objects.update(state=BalanceLine.State.FOREIGN)
    road.deliver_and_work_off()
    repair.reconcile()
    assert BalanceLine.objects.get().state == BalanceLine.State.BOOKED
    assert repair.differences() == []


def test_what_stripe_charges_by_itself_is_booked_as_its_fee(road: Road) -> None:
    line = BalanceLine.objects.create(
        line_id="txn_own", type="stripe_fee", amount=-250, fee=0, net=-250, currency="USD", created=timezone.now()
    )
    balance.book_own_fees([line])
    balance.explain_lines()
    line.refresh_from_db()
    assert line.state == BalanceLine.State.BOOKED
    assert ledger.account_balance(Account.STRIPE_FEES, currency="USD") == 250


class TestF54MetadataGone:
    """Somebody removed our mark in Stripe's dashboard."""

    def rub_off(self, road: Road, *kinds: str) -> None:
        for kind in kinds:
            for name in road.sandbox.ids(kind):
                road.sandbox.control("POST", f"/_sandbox/metadata/{name}", metadata={})

    def test_what_we_know_by_its_id_is_still_found(self, road: Road) -> None:
        payment = road.start_and_pay(interval="month")
        self.rub_off(road, "checkout.session", "subscription")
        road.deliver_and_work_off()
        assert road.offering(payment).paid_count == 1
        road.sandbox.advance(32 * 86400)
        road.deliver_and_work_off()
        assert road.offering(payment).paid_count == 2
        assert road.books_agree()

    def test_money_that_nothing_names_is_never_unseen(self, road: Road) -> None:
        payment = road.start_and_pay()
        self.rub_off(road, "checkout.session", "payment_intent")
        # Our own note of the session is lost too.
        Payment.objects.filter(pk=payment.pk).update(session_id=None)
        road.deliver_and_work_off()
        repair.reconcile()
        assert not Transaction.objects.exists()
        assert BalanceLine.objects.get().state == BalanceLine.State.FOREIGN, "counted apart, and listed for staff"
        assert repair.differences() == []


def test_money_of_ours_that_no_event_told_is_booked_by_reconciliation(road: Road) -> None:
    payment = road.start_and_pay()
    road.drop()
    assert repair.reconcile() == 0
    assert road.offering(payment).paid_count == 1
    assert repair.differences() == []


def test_a_difference_of_one_cent_is_named(road: Road) -> None:
    road.start_and_pay()
    road.deliver_and_work_off()
    assert repair.differences() == []
    ledger.record_fee(reference="a-cent", amount=1, currency="USD", occurred_at=timezone.now())
    assert "1 apart" in repair.differences()[0]
    assert Issue.objects.filter(kind="balance_differs", closed_at__isnull=True).exists()


class TestPayouts:
    def test_a_payout_is_booked_itemised_and_adds_up(self, road: Road) -> None:
        for _ in range(3):
            road.start_and_pay()
        road.deliver_and_work_off()
        road.sandbox.advance(10 * 86400)
        road.sandbox.control("POST", "/_sandbox/payouts")
        road.deliver_and_work_off()
        payout = Payout.objects.get()
        assert payout.difference == 0 and payout.balance_lines.count() >= 3
        assert ledger.account_balance(Account.BANK, currency="USD") == payout.amount
        assert repair.reconcile() == 0 and repair.differences() == []

    def test_a_failed_payout_comes_back(self, road: Road) -> None:
        road.start_and_pay()
        road.deliver_and_work_off()
        road.sandbox.advance(10 * 86400)
        road.sandbox.control("POST", "/_sandbox/payouts")
        road.deliver_and_work_off()
        road.sandbox.control("POST", f"/_sandbox/payouts/{Payout.objects.get().payout_id}/fail")
        road.deliver_and_work_off()
        assert ledger.account_balance(Account.BANK, currency="USD") == 0
        assert repair.reconcile() == 0 and repair.differences() == []


def test_an_event_about_an_object_that_stripe_does_not_know_is_parked(road: Road) -> None:
    post_event(event(data={"object": {"id": "in_unknown", "object": "invoice"}}))
    road.work_off()
    one = Event.objects.get()
    assert one.status == Event.Status.PARKED and one.attempts == worker.ATTEMPTS
