"""A checkout session from its making to its end."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.sandbox_client import DAY, Sandbox
from tests.stripe_sandbox.shop import RETURN, Shop, refused


def test_a_gift_is_paid(shop: Shop) -> None:
    session = shop.open_gift(2500, client_reference_id="ref-1", metadata={"kind": "gift"})
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    shop.sandbox.complete(session.id, email="bob@example.org")
    paid = shop.api.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge", "line_items"]})
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert paid.customer_details.email == "bob@example.org"
    assert paid.payment_intent.latest_charge.amount == paid.line_items.data[0].amount_total == 2500


def test_metadata_of_the_session_does_not_reach_the_intent(shop: Shop) -> None:
    charge = shop.give(metadata={"a": "1"}, payment_intent_data={"metadata": {"b": "2"}})
    assert charge.metadata.to_dict() == {"b": "2"}


def test_a_guest_gets_a_customer_only_when_asked(shop: Shop) -> None:
    assert shop.give().customer is None
    assert shop.give(customer_creation="always", customer_email="bob@example.org").customer.startswith("cus_")


def test_a_membership_comes_to_be_when_it_is_paid(shop: Shop) -> None:
    session = shop.open_membership(subscription_data={"metadata": {"ref": "r"}})
    assert (session.subscription, session.invoice) == (None, None)
    assert shop.sandbox.ids("subscription") == []
    shop.sandbox.complete(session.id)
    paid = shop.api.checkout.sessions.retrieve(session.id, {"expand": ["subscription.latest_invoice"]})
    subscription = paid.subscription
    invoice = shop.api.invoices.retrieve(paid.invoice, {"expand": ["payments.data.payment.payment_intent"]})
    assert (subscription.status, subscription.metadata["ref"]) == ("active", "r")
    assert subscription.latest_invoice.id == invoice.id
    assert (invoice.status, invoice.billing_reason, invoice.amount_paid) == ("paid", "subscription_create", 1000)
    assert invoice.parent.subscription_details.subscription == subscription.id
    assert invoice.parent.subscription_details.metadata["ref"] == "r"
    (payment,) = invoice.payments.data
    assert (payment.status, payment.payment.payment_intent.status) == ("paid", "succeeded")
    assert invoice.lines.data[0].pricing.price_details.price == shop.monthly.id


def test_an_intent_leads_to_its_invoice(shop: Shop) -> None:
    subscription = shop.join()
    invoice = shop.api.invoices.retrieve(subscription.latest_invoice, {"expand": ["payments"]})
    intent = invoice.payments.data[0].payment.payment_intent
    found = shop.api.invoice_payments.list({"payment": {"type": "payment_intent", "payment_intent": intent}})
    assert [each.invoice for each in found.data] == [invoice.id]


@pytest.mark.parametrize("outcome", ["declined", "insufficient_funds"])
def test_a_declined_payment_leaves_the_session_open_and_no_subscription(shop: Shop, outcome: str) -> None:
    session = shop.open_membership()
    shop.sandbox.complete(session.id, outcome)
    again = shop.api.checkout.sessions.retrieve(session.id)
    assert (again.status, again.subscription) == ("open", None)
    assert shop.sandbox.ids("subscription") == shop.sandbox.ids("invoice") == []
    assert "payment_intent.payment_failed" in shop.told()
    assert "payment_method.attached" not in shop.told()


def test_a_second_try_pays_the_same_intent_once(shop: Shop) -> None:
    session = shop.open_gift()
    shop.sandbox.complete(session.id, "declined")
    shop.sandbox.complete(session.id, "paid")
    assert shop.sandbox.count("payment_intent") == 1
    succeeded = [charge for charge in shop.sandbox.money()["charges"].values() if charge["status"] == "succeeded"]
    assert len(succeeded) == 1


def test_abandoning_changes_nothing(shop: Shop) -> None:
    session = shop.open_gift()
    before = shop.told()
    shop.sandbox.complete(session.id, "abandon")
    assert shop.api.checkout.sessions.retrieve(session.id).status == "open"
    assert shop.told() == before


def test_a_coupon_of_all_needs_no_payment(shop: Shop) -> None:
    coupon = shop.api.coupons.create({"percent_off": 100, "duration": "once"})
    session = shop.open_gift(discounts=[{"coupon": coupon.id}])
    assert (session.amount_subtotal, session.amount_total) == (2500, 0)
    shop.sandbox.complete(session.id)
    done = shop.api.checkout.sessions.retrieve(session.id)
    assert (done.status, done.payment_status, done.payment_intent) == ("complete", "no_payment_required", None)
    assert shop.sandbox.money()["charges"] == {}


def test_a_free_first_month_is_followed_by_a_paid_one(shop: Shop) -> None:
    coupon = shop.api.coupons.create({"percent_off": 100, "duration": "once"})
    subscription = shop.join(discounts=[{"coupon": coupon.id}])
    assert [invoice.amount_paid for invoice in shop.invoices(subscription)] == [0]
    shop.sandbox.advance(days=32)
    assert [invoice.amount_paid for invoice in shop.invoices(subscription)] == [1000, 0]


def test_a_debit_is_processing_first_and_paid_later(shop: Shop) -> None:
    charge = shop.give(outcome="sepa_paid_later")
    session = shop.api.checkout.sessions.list().data[0]
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert (charge.status, charge.balance_transaction) == ("pending", None)
    shop.sandbox.advance(days=6)
    assert shop.api.checkout.sessions.retrieve(session.id).payment_status == "paid"
    assert shop.told("checkout.session") == ["checkout.session.completed", "checkout.session.async_payment_succeeded"]
    assert shop.sandbox.money()["charges"][charge.id]["fee"] > 0


def test_a_debit_that_fails_later_is_never_paid(shop: Shop) -> None:
    charge = shop.give(outcome="sepa_fails_later")
    shop.sandbox.advance(days=6)
    assert shop.told("checkout.session")[-1] == "checkout.session.async_payment_failed"
    assert shop.sandbox.money()["charges"][charge.id]["status"] == "failed"
    assert shop.sandbox.money()["balance"] == {}


def test_a_session_expires_by_the_clock(shop: Shop) -> None:
    session = shop.open_gift(expires_at=int(time.time()) + 1800)
    shop.sandbox.advance(1700)
    assert shop.api.checkout.sessions.retrieve(session.id).status == "open"
    shop.sandbox.advance(200)
    assert shop.api.checkout.sessions.retrieve(session.id).status == "expired"
    assert shop.told("checkout.session") == ["checkout.session.expired"]


def test_an_expiry_by_the_callers_own_clock_counts_when_the_sandbox_is_elsewhere(shop: Shop) -> None:
    shop.sandbox.advance(days=300)
    session = shop.open_gift(expires_at=int(time.time()) + 3600)
    assert 3500 < session.expires_at - shop.sandbox.now() <= 3601


def test_expiring_is_for_open_sessions_only(shop: Shop) -> None:
    session = shop.open_gift()
    shop.sandbox.complete(session.id)
    error = refused(shop.api.checkout.sessions.expire, session.id)
    assert "status of complete" in str(error)
    other = shop.open_gift()
    assert shop.api.checkout.sessions.expire(other.id).status == "expired"


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"expires_at": 1}, "expires_at"),
        ({"line_items": []}, "line_items"),
        ({"customer": "cus_nobody"}, "customer"),
        ({"customer_email": "not an address"}, "customer_email"),
        ({"success_url": "thanks.html"}, "success_url"),
        ({"subscription_data": {"description": "x"}}, "subscription_data"),
        ({"discounts": [{"coupon": "none"}]}, "discounts[0][coupon]"),
    ],
)
def test_a_session_that_makes_no_sense_is_refused(shop: Shop, change: dict[str, Any], param: str) -> None:
    line = {"price_data": {"currency": "usd", "unit_amount": 900, "product_data": {"name": "x"}}, "quantity": 1}
    params = {"mode": "payment", "success_url": RETURN, "line_items": [line], **change}
    assert refused(shop.api.checkout.sessions.create, params).param == param  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("amount", "code"), [(49, "amount_too_small"), (-1, "parameter_invalid_integer"), (10**9, "amount_too_large")]
)
def test_an_amount_beyond_the_limits_is_refused(shop: Shop, amount: int, code: str) -> None:
    assert refused(shop.open_gift, amount).code == code


def test_a_recurring_price_needs_the_subscription_mode(shop: Shop) -> None:
    line = {"price": shop.monthly.id, "quantity": 1}
    params = {"mode": "payment", "line_items": [line], "success_url": RETURN}
    assert "recurring price" in str(refused(shop.api.checkout.sessions.create, params))


def test_an_archived_price_sells_no_more(shop: Shop) -> None:
    subscription = shop.join()
    shop.sandbox.control("POST", f"prices/{shop.monthly.id}/archive")
    assert "inactive" in str(refused(shop.open_membership))
    shop.sandbox.advance(days=32)
    assert len(shop.invoices(subscription)) == 2


def test_a_deleted_customer_buys_no_more_and_their_subscriptions_end(shop: Shop) -> None:
    subscription = shop.join()
    shop.sandbox.control("POST", f"customers/{shop.customer.id}/delete")
    assert shop.subscription(subscription).status == "canceled"
    gone = shop.api.customers.retrieve(shop.customer.id)
    assert gone.to_dict() == {"id": shop.customer.id, "object": "customer", "deleted": True}
    assert refused(shop.open_membership).code == "resource_missing"


def test_events_come_in_a_believable_order(shop: Shop) -> None:
    shop.join()
    assert shop.told("customer.subscription", "invoice", "checkout", "charge", "payment_intent") == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "invoice_payment.paid",
        "invoice.paid",
        "invoice.payment_succeeded",
        "checkout.session.completed",
    ]


def test_the_clock_may_go_back_only_before_anything_was_sold(sandbox: Sandbox) -> None:
    long_ago = int(time.time()) - 700 * DAY
    sandbox.control("POST", "clock/set", to=long_ago)
    shop = Shop(sandbox)
    charge = shop.give()
    assert 0 <= charge.created - long_ago < 10
    with pytest.raises(Exception, match="goes back only"):
        sandbox.control("POST", "clock/set", to=long_ago - DAY)


def test_a_member_without_a_customer_becomes_one_even_after_a_declined_try(shop: Shop) -> None:
    session = shop.open_membership(customer_email="bob@example.org")
    shop.sandbox.complete(session.id, "declined")
    shop.sandbox.complete(session.id)
    paid = shop.api.checkout.sessions.retrieve(session.id, {"expand": ["customer"]})
    assert paid.customer.email == "bob@example.org"
    assert shop.sandbox.count("customer") == 1
