"""What staff do at Stripe's Dashboard, and what Stripe does of itself when it gives up."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox_client import DAY, ControlError
from tests.stripe_sandbox.shop import Shop, refused


def overdue(shop: Shop, times: int = 1) -> tuple[Any, Any]:
    """A subscription whose renewal failed, and its invoice."""
    subscription = shop.join()
    shop.sandbox.next_outcome(subscription.id, "declined", times=times)
    shop.sandbox.advance(days=31)
    return subscription, shop.invoices(subscription)[0]


# -- Subscriptions -----------------------------------------------------------------------------------------


def test_staff_change_amount_and_interval(shop: Shop) -> None:
    subscription = shop.join()
    shop.sandbox.change_subscription(subscription.id, amount=1700)
    assert shop.told()[-1] == "customer.subscription.updated"
    price = shop.subscription(subscription).items.data[0].price
    assert (price.unit_amount, price.recurring.interval, price.product) == (1700, "month", shop.product.id)
    assert len(shop.invoices(subscription)) == 1
    shop.sandbox.advance(days=32)
    assert shop.invoices(subscription)[0].amount_paid == 1700
    shop.sandbox.change_subscription(subscription.id, amount=4500, interval_count=3)
    assert shop.invoices(subscription)[0].amount_paid == 4500
    item = shop.subscription(subscription).items.data[0]
    assert item.current_period_end - item.current_period_start > 80 * DAY


def test_staff_pause_and_resume(shop: Shop) -> None:
    subscription = shop.join()
    shop.sandbox.pause_subscription(subscription.id, resumes_at=shop.sandbox.now() + 90 * DAY)
    assert shop.subscription(subscription).pause_collection.behavior == "void"
    shop.sandbox.resume_subscription(subscription.id)
    assert shop.subscription(subscription).pause_collection is None
    assert shop.told()[-2:] == ["customer.subscription.updated"] * 2


def test_staff_end_a_subscription_or_call_it_off(shop: Shop) -> None:
    subscription = shop.join()
    shop.sandbox.cancel_subscription(subscription.id, at_period_end=True)
    assert shop.subscription(subscription).cancel_at_period_end is True
    shop.sandbox.keep_subscription(subscription.id)
    kept = shop.subscription(subscription)
    assert (kept.cancel_at_period_end, kept.cancel_at, kept.status) == (False, None, "active")
    shop.sandbox.cancel_subscription(subscription.id)
    assert shop.subscription(subscription).status == "canceled"


def test_deleting_a_customer_ends_what_they_pay(shop: Shop) -> None:
    subscription = shop.join()
    shop.sandbox.delete_customer(shop.customer.id)
    assert shop.subscription(subscription).status == "canceled"
    assert shop.api.customers.retrieve(shop.customer.id).to_dict() == {
        "id": shop.customer.id,
        "object": "customer",
        "deleted": True,
    }


# -- Standing still after failed payments ------------------------------------------------------------------


def stands_still(shop: Shop) -> Any:
    shop.sandbox.settings(after_last_attempt="pause")
    subscription, _ = overdue(shop, times=4)
    shop.sandbox.advance(days=8)
    return subscription


def test_failed_payments_may_pause_it_and_nothing_is_billed(shop: Shop) -> None:
    subscription = stands_still(shop)
    paused = shop.subscription(subscription)
    assert (paused.status, paused.pause_collection) == ("paused", None)
    assert paused.status_details.paused.subscription.type == "final_payment_failure"
    assert shop.told("customer.subscription.paused")
    billed = len(shop.invoices(subscription))
    shop.sandbox.advance(days=93)
    assert (shop.subscription(subscription).status, len(shop.invoices(subscription))) == ("paused", billed)


def test_paying_what_is_open_does_not_resume_it(shop: Shop) -> None:
    subscription = stands_still(shop)
    shop.sandbox.pay_invoice(shop.invoices(subscription)[0].id)
    assert shop.subscription(subscription).status == "paused"


def test_resuming_starts_a_period_and_bills_it(shop: Shop) -> None:
    subscription = stands_still(shop)
    shop.sandbox.advance(days=93)
    resumed = shop.api.subscriptions.resume(subscription.id)
    assert (resumed.status, resumed.status_details) == ("active", None)
    assert resumed.items.data[0].current_period_start == resumed.billing_cycle_anchor
    assert shop.invoices(subscription)[0].status == "paid"
    assert shop.told("customer.subscription.resumed")
    shop.sandbox.advance(days=32)
    assert shop.invoices(subscription)[0].billing_reason == "subscription_cycle"
    assert refused(shop.api.subscriptions.resume, subscription.id).http_status == 400


def test_resuming_may_wait_for_the_money(shop: Shop) -> None:
    subscription = stands_still(shop)
    shop.sandbox.next_outcome(subscription.id, "declined")
    waits = {"payment_behavior": "resume_on_payment_success"}
    assert shop.api.subscriptions.resume(subscription.id, waits).status == "paused"
    shop.sandbox.pay_invoice(shop.invoices(subscription)[0].id)
    assert shop.subscription(subscription).status == "active"


def test_staff_resume_what_stands_still(shop: Shop) -> None:
    subscription = stands_still(shop)
    shop.sandbox.resume_subscription(subscription.id)
    assert shop.subscription(subscription).status == "active"


# -- Invoices ----------------------------------------------------------------------------------------------


def test_an_invoice_given_up_says_why_and_frees_the_subscription(shop: Shop) -> None:
    subscription, invoice = overdue(shop)
    shop.sandbox.write_off_invoice(invoice.id)
    given_up = shop.api.invoices.retrieve(invoice.id)
    assert (given_up.status, given_up.next_payment_attempt) == ("uncollectible", None)
    assert given_up.status_details.uncollectible.reason == "user_forgiven"
    assert shop.subscription(subscription).status == "active"
    assert shop.told("invoice.marked")
    shop.sandbox.advance(days=9)
    assert shop.api.invoices.retrieve(invoice.id).attempt_count == 1


def test_an_invoice_voided_is_owed_no_more(shop: Shop) -> None:
    subscription, invoice = overdue(shop)
    shop.sandbox.void_invoice(invoice.id)
    assert shop.api.invoices.retrieve(invoice.id).status == "void"
    assert shop.subscription(subscription).status == "active"
    with pytest.raises(ControlError):
        shop.sandbox.void_invoice(invoice.id)


def test_an_invoice_paid_outside_stripe_has_no_charge(shop: Shop) -> None:
    _, invoice = overdue(shop)
    shop.sandbox.pay_invoice(invoice.id, out_of_band=True)
    paid = shop.api.invoices.retrieve(invoice.id, {"expand": ["payments"]})
    assert (paid.status, paid.amount_paid, paid.amount_paid_off_stripe, paid.amount_overpaid) == ("paid", 1000, 1000, 0)
    assert [payment.status for payment in paid.payments.data] == ["open"]


@pytest.mark.parametrize("out_of_band", [False, True])
def test_what_is_overpaid_is_credit_for_the_next_invoice(shop: Shop, out_of_band: bool) -> None:
    subscription, invoice = overdue(shop)
    shop.sandbox.overpay_invoice(invoice.id, 300, out_of_band=out_of_band)
    paid = shop.api.invoices.retrieve(invoice.id)
    assert (paid.status, paid.amount_due, paid.amount_paid, paid.amount_overpaid) == ("paid", 1000, 1300, 300)
    assert paid.amount_paid_off_stripe == (1300 if out_of_band else None)
    taken = [each["amount"] for each in shop.sandbox.money()["charges"].values() if each["status"] == "succeeded"]
    assert taken == ([1000] if out_of_band else [1000, 1300])
    assert shop.api.customers.retrieve(shop.customer.id).balance == -300
    shop.sandbox.advance(days=31)
    lower = shop.invoices(subscription)[0]
    assert (lower.total, lower.starting_balance, lower.amount_paid) == (1000, -300, 700)
    assert shop.api.customers.retrieve(shop.customer.id).balance == 0
