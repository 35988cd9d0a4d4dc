"""Faults in the life of a plan: renewals that fail, recover, end; and periods that cost nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from payments import gateway
from payments.models import Payment, Plan, RenewalFailure
from receipts.models import Receipt
from tests.faults.road import Road

pytestmark = pytest.mark.django_db

DAY = 86400


@pytest.fixture
def member(road: Road) -> Payment:
    payment = road.start_and_pay(interval="month", amount=1500)
    road.deliver_and_work_off()
    return payment


def fail_next(road: Road, payment: Payment, times: int) -> None:
    plan = road.plan(payment)
    path = f"/_sandbox/subscriptions/{plan.subscription_id}/next_outcome"
    road.sandbox.control("POST", path, outcome="declined", times=times)


def test_every_renewal_is_a_payment_of_its_own(road: Road, member: Payment) -> None:
    road.sandbox.advance(95 * DAY)
    road.deliver_and_work_off()
    assert Payment.objects.paid().count() == 4
    assert len(road.bookings()) == road.offering(member).paid_count == 4
    assert Receipt.objects.count() == 4
    assert all(payment.lines.get().amount == 1500 for payment in Payment.objects.all())
    assert road.books_agree()


def test_f26_a_renewal_that_fails_three_times_and_then_succeeds(road: Road, member: Payment) -> None:
    fail_next(road, member, times=3)
    before = road.plan(member).paid_until
    road.sandbox.advance(32 * DAY)
    road.deliver_and_work_off(times=2)
    assert road.plan(member).status == "past_due"
    assert road.plan(member).paid_until == before, "only a paid period extends"
    for _ in range(10):
        road.sandbox.advance(2 * DAY)
        road.deliver_and_work_off(times=2)
    plan = road.plan(member)
    assert plan.status == "active" and before and plan.paid_until and plan.paid_until > before
    assert road.offering(member).failures == [[1, False], [2, False], [3, False]], "one notice an attempt"
    renewal = Payment.objects.exclude(pk=member.pk).get()
    issued = Receipt.objects.get(transaction=renewal.transaction)
    assert renewal.paid_at and issued.issued_on >= (renewal.paid_at - timedelta(days=1)).date(), "dated when paid"
    assert Receipt.objects.count() == 2
    assert road.books_agree()


@pytest.mark.parametrize(
    ("end_state", "status"),
    [("cancel", "canceled"), ("unpaid", "unpaid"), ("past_due", "past_due"), ("pause", "paused")],
)
def test_f27_a_renewal_that_fails_for_good_ends_as_the_account_says(
    road: Road, member: Payment, end_state: str, status: str
) -> None:
    road.sandbox.settings(after_last_attempt=end_state)
    fail_next(road, member, times=20)
    before = road.plan(member).paid_until
    for _ in range(30):
        road.sandbox.advance(2 * DAY)
        road.deliver_and_work_off()
    plan = road.plan(member)
    assert plan.status == status and plan.paid_until == before
    assert road.offering(member).failures[-1][1] is True, "the last attempt is told as the last"
    assert RenewalFailure.objects.count() == len(road.offering(member).failures)
    assert Payment.objects.paid().count() == Receipt.objects.count() == 1
    assert road.books_agree()


def test_f28_a_renewal_that_the_bank_asks_about_is_finished_on_stripe_s_page(road: Road, member: Payment) -> None:
    road.sandbox.next_outcome(road.plan(member).subscription_id, "authentication_required")
    road.sandbox.advance(32 * DAY)
    road.deliver_and_work_off(times=2)
    failure = RenewalFailure.objects.get()
    assert failure.reason == "authentication_required" and failure.pay_url.startswith(road.sandbox.url)
    assert road.plan(member).status == "past_due" and Receipt.objects.count() == 1
    road.sandbox.pay_invoice(failure.invoice_id)
    road.deliver_and_work_off(times=2)
    failure.refresh_from_db()
    assert road.plan(member).status == "active" and failure.settled_as == "paid"
    assert road.offering(member).paid_count == Receipt.objects.count() == 2
    assert len(road.offering(member).failures) == 1 and road.books_agree()


def give_full_discount(payment: Payment) -> None:
    """Put the checkout's session in place of one with a coupon of 100 %."""
    stripe = gateway.client().v1
    coupon = stripe.coupons.create({"percent_off": 100, "duration": "once"})
    metadata = {"app": "steadfast", "ref": str(payment.public_id)}
    price = {
        "currency": "usd",
        "unit_amount": payment.amount,
        "recurring": {"interval": "month"},
        "product_data": {"name": "A membership"},
    }
    session = stripe.checkout.sessions.create(
        {
            "mode": "subscription",
            "line_items": [{"price_data": price, "quantity": 1}],  # type: ignore[list-item]
            "discounts": [{"coupon": coupon.id}],
            "metadata": metadata,
            "subscription_data": {"metadata": metadata},
            "success_url": "https://example.org/",
        }
    )
    payment.session_id = session.id
    payment.save()


def test_f43_a_full_discount_fulfils_without_money_or_receipt(road: Road) -> None:
    payment = road.start(interval="month", amount=1500)
    give_full_discount(payment)
    road.pay(payment)
    road.deliver_and_work_off()
    payment.refresh_from_db()
    assert (payment.status, payment.amount, payment.transaction) == (Payment.Status.PAID, 0, None)
    assert road.offering(payment).paid_count == 1
    assert not road.bookings() and not Receipt.objects.exists()
    assert Plan.objects.get().paid_until
    road.sandbox.advance(32 * DAY)
    road.deliver_and_work_off()
    assert [booked.entries.get().amount for booked in road.bookings()] == [1500], "the next period costs its price"
    assert road.books_agree()


def test_a_new_word_for_a_state_is_kept_and_shown(road: Road, member: Payment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Plan, "KNOWN", frozenset({"canceled"}))
    road.sandbox.advance(32 * DAY)
    road.deliver_and_work_off()
    assert road.plan(member).status == "unknown:active"
