"""Faults around money that goes back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import OutgoingMail
from payments import repair
from payments.booking import Settled, settle
from payments.models import Dispute, Issue, Payment, Refund
from payments.refunding import RefundRefused, request_refund
from receipts import ledger
from receipts.chart import Account
from receipts.models import Receipt
from tests.faults.road import Road

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(road: Road) -> Payment:
    payment = road.start_and_pay()
    road.deliver_and_work_off()
    payment.refresh_from_db()
    assert Receipt.objects.get().state == Receipt.State.ISSUED
    return payment


def test_f33_a_full_refund_at_stripe_takes_the_income_back_and_voids_the_receipt(road: Road, paid: Payment) -> None:
    road.sandbox.control("POST", f"/_sandbox/charges/{paid.charge_id}/refund")
    road.deliver_and_work_off(times=2)
    refund = Refund.objects.get()
    assert (refund.status, refund.amount) == (Refund.Status.SUCCEEDED, 5000)
    assert ledger.account_balance(Account.GIFTS, currency="USD") == 0
    assert Receipt.objects.get().state == Receipt.State.VOID
    assert road.offering(paid).refunded_count == 1
    assert road.books_agree()
    mail = OutgoingMail.objects.get(subject="About your payment")
    assert f"Receipt {Receipt.objects.get().label} is void" in mail.text and "$50.00" in mail.text


def test_f33_refund_told_before_its_payment_waits_for_it(road: Road) -> None:
    payment = road.start_and_pay()
    charge_id = next(iter(road.sandbox.money()["charges"]))
    road.sandbox.control("POST", f"/_sandbox/charges/{charge_id}/refund")
    road.deliver(backwards=True)
    road.work_off()
    assert road.offering(payment).refunded_count == 1
    assert Receipt.objects.get().state == Receipt.State.VOID
    assert road.books_agree()


def test_a_part_refund_voids_the_receipt_and_asks_for_a_new_one(road: Road, paid: Payment) -> None:
    request_refund(paid, amount=1000, reason="a mistake", by=None)
    road.deliver_and_work_off()
    assert Receipt.objects.get().state == Receipt.State.VOID
    assert Issue.objects.filter(kind="refund_partial", payment=paid).exists()
    assert ledger.account_balance(Account.GIFTS, currency="USD") == -4000


def test_more_than_was_paid_is_never_refunded(road: Road, paid: Payment) -> None:
    request_refund(paid, amount=3000, reason="", by=None)
    with pytest.raises(RefundRefused, match="more than what is left"):
        request_refund(paid, amount=2001, reason="", by=None)
    assert road.sandbox.count("refund") == 1


def test_a_refund_that_fails_later_is_booked_back(road: Road, paid: Payment) -> None:
    refund = request_refund(paid, amount=5000, reason="", by=None)
    road.sandbox.control("POST", f"/_sandbox/refunds/{refund.refund_id}/fail")
    road.deliver_and_work_off()
    assert Refund.objects.get().status == Refund.Status.FAILED
    assert ledger.unrefunded(paid.transaction) == 5000  # type: ignore[arg-type]
    assert Issue.objects.filter(kind="refund_failed").exists()
    assert road.books_agree()


def test_a_refund_that_is_pending_and_then_fails_is_told_and_undone(road: Road, paid: Payment) -> None:
    road.sandbox.settings(pending_refunds=True)
    refund = request_refund(paid, amount=5000, reason="", by=None)
    assert refund.status == Refund.Status.PENDING
    assert road.books_agree(), "the money has left Stripe's balance already"
    road.sandbox.control("POST", f"/_sandbox/refunds/{refund.refund_id}/fail")
    road.deliver_and_work_off()
    assert Refund.objects.get().status == Refund.Status.FAILED
    assert Issue.objects.filter(kind="refund_failed").exists()
    assert road.offering(paid).refund_failed_count == 1
    assert road.books_agree()
    assert repair.reconcile() == 0


def test_a_refund_asked_for_again_after_a_day_is_looked_for_first(road: Road, paid: Payment) -> None:
    road.sandbox.fault("POST /v1/refunds", "drop_after", times=3)
    with pytest.raises(RefundRefused):
        request_refund(paid, amount=2000, reason="", by=None)
    Refund.objects.update(created_at=timezone.now() - timedelta(days=2), attempt=2)
    request_refund(paid, amount=2000, reason="", by=None)
    assert road.sandbox.count("refund") == 1


class TestAnAmountThatDiffers:
    @pytest.fixture
    def parked(self, road: Road) -> Payment:
        payment = road.start(amount=5000)
        Payment.objects.filter(pk=payment.pk).update(amount=4000)
        road.pay(payment)
        road.deliver_and_work_off()
        payment.refresh_from_db()
        return payment

    def test_it_is_neither_income_nor_fulfilled_and_still_in_the_books(self, road: Road, parked: Payment) -> None:
        assert parked.status == Payment.Status.PARKED
        assert road.offering(parked).paid_count == 0 and not Receipt.objects.exists()
        assert ledger.account_balance(Account.UNEXPLAINED, currency="USD") == -5000
        assert Issue.objects.filter(kind="amount_differs", closed_at__isnull=True).exists()
        assert road.books_agree()

    def test_refunded_it_stays_over_whatever_is_told_of_its_charge(self, road: Road, parked: Payment) -> None:
        request_refund(parked, amount=5000, reason="", by=None)
        road.deliver_and_work_off(times=2)
        parked.refresh_from_db()
        assert parked.status == Payment.Status.FAILED
        assert not Issue.objects.filter(kind="amount_differs", closed_at=None).exists()

    def test_refunded_it_is_over_and_can_be_started_anew(self, road: Road, parked: Payment) -> None:
        assert parked.refundable_amount == 5000
        request_refund(parked, amount=5000, reason="", by=None)
        parked.refresh_from_db()
        assert parked.status == Payment.Status.FAILED
        assert road.offering(parked).released_count == 1
        assert not Issue.objects.filter(kind="amount_differs", closed_at__isnull=True).exists()
        assert road.books_agree()
        assert road.start_again(road.offering(parked)).pk != parked.pk


def test_a_second_charge_of_one_payment_is_named_and_takes_no_place(road: Road, paid: Payment) -> None:
    second = Settled(
        charge_id="ch_second", payment_intent_id="pi_second", amount=5000, currency="USD",
        occurred_at=timezone.now(), fee=30, fee_currency="USD",
    )  # fmt: skip
    assert settle(paid, second) is False
    paid.refresh_from_db()
    assert paid.charge_id != "ch_second"
    assert Issue.objects.get(kind="paid_twice").subject == "ch_second"


class TestDisputes:
    def test_money_in_dispute_is_held_apart_and_comes_back_when_won(self, road: Road, paid: Payment) -> None:
        road.sandbox.control("POST", f"/_sandbox/charges/{paid.charge_id}/dispute")
        road.deliver_and_work_off(times=2)
        assert ledger.account_balance(Account.DISPUTED, currency="USD") == 5000
        assert road.books_agree()
        road.sandbox.control("POST", f"/_sandbox/disputes/{Dispute.objects.get().dispute_id}/close", status="won")
        road.deliver_and_work_off(times=2)
        assert ledger.account_balance(Account.DISPUTED, currency="USD") == 0
        assert Receipt.objects.get().state == Receipt.State.ISSUED
        assert not Issue.objects.filter(kind="dispute_open", closed_at__isnull=True).exists()
        assert road.books_agree()

    def test_a_lost_one_takes_the_income_back_and_voids_the_receipt(self, road: Road, paid: Payment) -> None:
        road.sandbox.control("POST", f"/_sandbox/charges/{paid.charge_id}/dispute")
        road.deliver_and_work_off()
        road.sandbox.control("POST", f"/_sandbox/disputes/{Dispute.objects.get().dispute_id}/close", status="lost")
        road.deliver_and_work_off(times=2)
        assert ledger.account_balance(Account.GIFTS, currency="USD") == 0
        assert ledger.account_balance(Account.DISPUTED, currency="USD") == 0
        assert Receipt.objects.get().state == Receipt.State.VOID
        assert road.books_agree()

    def test_an_inquiry_moves_no_money(self, road: Road, paid: Payment) -> None:
        road.sandbox.control("POST", f"/_sandbox/charges/{paid.charge_id}/dispute", inquiry=True)
        road.deliver_and_work_off()
        assert Dispute.objects.get().status.startswith("warning_")
        assert ledger.account_balance(Account.DISPUTED, currency="USD") == 0
        assert road.books_agree()
