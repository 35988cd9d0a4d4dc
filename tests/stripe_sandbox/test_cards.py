"""Cards: what they look like, why they are declined, and how people mend a payment that failed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.sandbox_client import DAY, ControlError
from tests.stripe_sandbox.shop import Shop, refused

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DEFAULT_CARD = {"expand": ["invoice_settings.default_payment_method"]}
HARD = ("lost_card", "stolen_card", "pickup_card", "fraudulent", "incorrect_number", "transaction_not_allowed")


def card_of(shop: Shop, subscription: Any) -> Any:
    found = shop.api.subscriptions.retrieve(subscription.id, {"expand": ["default_payment_method"]})
    return found.default_payment_method


def post(shop: Shop, url: str, outcome: str) -> tuple[int, dict[str, str], str]:
    return shop.sandbox.request("POST", url.removeprefix(shop.sandbox.url), urlencode({"outcome": outcome}), FORM)


def overdue(shop: Shop, outcome: str) -> tuple[Any, Any]:
    """A subscription whose renewal failed, and its invoice."""
    subscription = shop.join()
    shop.sandbox.next_outcome(subscription.id, outcome)
    shop.sandbox.advance(days=31)
    return subscription, shop.invoices(subscription)[0]


def intent_of(shop: Shop, invoice: Any) -> Any:
    payments = shop.api.invoice_payments.list({"invoice": invoice.id}).data
    return shop.api.payment_intents.retrieve(payments[0].payment.payment_intent, {"expand": ["latest_charge"]})


# -- What a card looks like --------------------------------------------------------------------------------


def test_a_card_from_the_checkout_has_a_brand_and_expires_years_later(shop: Shop) -> None:
    card = card_of(shop, shop.join()).card
    assert (card.brand, card.last4, card.funding) == ("visa", "4242", "credit")
    year = 1970 + shop.sandbox.now() // (365.2425 * DAY)
    assert year + 3 <= card.exp_year <= year + 5 and 1 <= card.exp_month <= 12


def test_a_checkout_may_be_paid_with_a_card_to_order(shop: Shop) -> None:
    session = shop.open_membership()
    shop.sandbox.complete(session.id, "paid", card="amex")
    subscription = shop.api.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]}).subscription
    assert (card_of(shop, subscription).card.brand, card_of(shop, subscription).card.last4) == ("amex", "0005")
    with pytest.raises(ControlError):
        shop.sandbox.complete(shop.open_membership().id, "paid", card="none")


def test_a_card_paid_with_once_may_say_no_from_then_on(shop: Shop) -> None:
    session = shop.open_membership()
    shop.sandbox.complete(session.id, "paid", card="insufficient_funds")
    subscription = shop.api.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]}).subscription
    assert subscription.status == "active"
    shop.sandbox.advance(days=31)
    assert shop.subscription(subscription).status == "past_due"
    assert intent_of(shop, shop.invoices(subscription)[0]).last_payment_error.decline_code == "insufficient_funds"


def test_an_expired_card_is_declined_for_that(shop: Shop) -> None:
    subscription = shop.join()
    shop.sandbox.set_card_expiry(card_of(shop, subscription).id, month=1, year=2020)
    assert shop.told("payment_method.automatically_updated")
    shop.sandbox.advance(days=31)
    invoice = shop.invoices(subscription)[0]
    assert intent_of(shop, invoice).last_payment_error.code == "expired_card"
    shop.sandbox.set_card_expiry(card_of(shop, subscription).id, month=1, year=2040, silent=True)
    shop.sandbox.advance(days=3)
    assert shop.subscription(subscription).status == "active"
    assert len(shop.told("payment_method.automatically_updated")) == 1


# -- Another card ------------------------------------------------------------------------------------------


def test_the_portal_changes_the_customers_card_and_no_subscription(shop: Shop) -> None:
    subscription = shop.join()
    before, told = card_of(shop, subscription).id, len(shop.told("customer.subscription"))
    url = shop.api.billing_portal.sessions.create({"customer": shop.customer.id, "return_url": "https://a.org/"}).url
    assert "Visa •••• 4242" in shop.sandbox.request("GET", url.removeprefix(shop.sandbox.url))[2]
    assert post(shop, url, "mastercard")[0] == 303
    method = shop.api.customers.retrieve(shop.customer.id, DEFAULT_CARD).invoice_settings.default_payment_method
    assert (method.card.brand, method.card.last4, method.customer) == ("mastercard", "4444", shop.customer.id)
    assert shop.api.payment_methods.retrieve(method.id).card.last4 == "4444"
    assert card_of(shop, subscription).id == before
    assert shop.told("payment_method.attached", "customer.updated")[-2:] == [
        "payment_method.attached",
        "customer.updated",
    ]
    assert len(shop.told("customer.subscription")) == told


def test_a_card_that_is_refused_at_once_changes_nothing(shop: Shop) -> None:
    shop.join()
    url = shop.api.billing_portal.sessions.create({"customer": shop.customer.id}).url
    status, _, text = post(shop, url, "refused")
    assert status == 402 and "Your card was declined." in text
    assert post(shop, url, "nonsense")[0] == 422
    assert shop.api.customers.retrieve(shop.customer.id).invoice_settings.default_payment_method is None
    assert shop.sandbox.count("payment_method") == 1


def test_a_card_of_the_portal_expires_when_it_says(shop: Shop) -> None:
    subscription = shop.join()
    card = shop.sandbox.new_card(shop.customer.id, "expires_next_month")
    shop.api.subscriptions.update(subscription.id, {"default_payment_method": card})
    shop.sandbox.advance(days=63)
    assert shop.subscription(subscription).status == "past_due"
    assert intent_of(shop, shop.invoices(subscription)[0]).last_payment_error.decline_code == "expired_card"


def test_a_subscription_takes_only_its_customers_cards(shop: Shop) -> None:
    subscription = shop.join()
    stranger = shop.api.customers.create({"email": "charlie@example.org"})
    card = shop.sandbox.new_card(stranger.id)
    error = refused(shop.api.subscriptions.update, subscription.id, {"default_payment_method": card})
    assert (error.code, error.param) == ("resource_missing", "default_payment_method")
    assert refused(shop.api.customers.update, shop.customer.id, {"invoice_settings": {"default_payment_method": card}})


def test_what_was_ordered_for_a_card_does_not_follow_to_the_next(shop: Shop) -> None:
    subscription = shop.join()
    shop.sandbox.next_outcome(subscription.id, "declined", times=9)
    shop.sandbox.advance(days=31)
    card = shop.sandbox.new_card(shop.customer.id, "mastercard")
    shop.api.subscriptions.update(subscription.id, {"default_payment_method": card})
    assert shop.api.invoices.pay(shop.invoices(subscription)[0].id).status == "paid"


# -- Why a card is declined --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "code", "reason", "kind"),
    [
        ("declined", "card_declined", "generic_decline", "issuer_declined"),
        ("do_not_honor", "card_declined", "do_not_honor", "issuer_declined"),
        ("insufficient_funds", "card_declined", "insufficient_funds", "issuer_declined"),
        ("lost_card", "card_declined", "lost_card", "issuer_declined"),
        ("stolen_card", "card_declined", "stolen_card", "issuer_declined"),
        ("fraudulent", "card_declined", "fraudulent", "issuer_declined"),
        ("expired_card", "expired_card", "expired_card", "issuer_declined"),
        ("processing_error", "processing_error", "processing_error", "issuer_declined"),
        ("incorrect_number", "incorrect_number", "incorrect_number", "invalid"),
    ],
)
def test_a_decline_says_why(shop: Shop, outcome: str, code: str, reason: str, kind: str) -> None:
    _, invoice = overdue(shop, outcome)
    intent = intent_of(shop, invoice)
    error, charge = intent.last_payment_error, intent.latest_charge
    assert (intent.status, error.type) == ("requires_payment_method", "card_error")
    assert (error.code, error.decline_code, error.payment_method.card.last4) == (code, reason, "4242")
    assert (charge.failure_code, charge.outcome.reason, charge.outcome.type) == (code, reason, kind)
    assert (charge.status, charge.failure_message) == ("failed", error.message)


def test_the_checkout_knows_every_decline(shop: Shop) -> None:
    session = shop.open_gift()
    for outcome in ("lost_card", "expired_card", "processing_error"):
        shop.sandbox.complete(session.id, outcome)
        session = shop.api.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
        assert (session.status, session.payment_intent.last_payment_error.decline_code) == ("open", outcome)
    status, _, text = post(shop, session.url, "abandon")
    assert status == 200
    assert "Card is reported stolen" in shop.sandbox.request("GET", session.url.removeprefix(shop.sandbox.url))[2]


def test_a_charge_without_the_payer_that_needs_them_says_so(shop: Shop) -> None:
    _, invoice = overdue(shop, "authentication_required")
    intent = intent_of(shop, invoice)
    assert intent.status == "requires_action"
    assert intent.last_payment_error.code == intent.last_payment_error.decline_code == "authentication_required"


@pytest.mark.parametrize("outcome", HARD)
def test_a_hopeless_card_is_not_tried_again(shop: Shop, outcome: str) -> None:
    subscription, invoice = overdue(shop, outcome)
    assert (invoice.next_payment_attempt, invoice.attempt_count) == (None, 1)
    shop.sandbox.advance(invoice.created + 4 * DAY - shop.sandbox.now())
    assert shop.subscription(subscription).status == "past_due"
    passed = shop.api.invoices.retrieve(invoice.id)
    assert (passed.next_payment_attempt, passed.attempt_count, shop.sandbox.count("charge")) == (None, 2, 2)
    assert len(shop.told("invoice.payment_failed")) == 1
    shop.sandbox.advance(days=4)
    assert shop.subscription(subscription).status == "canceled"
    assert shop.sandbox.count("charge") == 2


def test_another_card_is_tried_on_the_next_day_of_the_schedule(shop: Shop) -> None:
    subscription, invoice = overdue(shop, "stolen_card")
    card = shop.sandbox.new_card(shop.customer.id)
    shop.api.subscriptions.update(subscription.id, {"default_payment_method": card})
    shop.sandbox.advance(days=3)
    assert shop.subscription(subscription).status == "active"
    assert shop.api.invoices.retrieve(invoice.id).status == "paid"


# -- Mending -----------------------------------------------------------------------------------------------


def test_an_open_invoice_is_paid_with_a_card_to_choose(shop: Shop) -> None:
    subscription, invoice = overdue(shop, "declined")
    card = shop.sandbox.new_card(shop.customer.id, "mastercard")
    paid = shop.api.invoices.pay(invoice.id, {"payment_method": card})
    assert (paid.status, paid.attempt_count, shop.subscription(subscription).status) == ("paid", 1, "active")
    assert intent_of(shop, invoice).latest_charge.payment_method_details.card.brand == "mastercard"
    assert refused(shop.api.invoices.pay, invoice.id).code == "invoice_already_paid"


def test_paying_with_a_bad_card_names_the_decline(shop: Shop) -> None:
    _, invoice = overdue(shop, "declined")
    card = shop.sandbox.new_card(shop.customer.id, "lost_card")
    error = refused(shop.api.invoices.pay, invoice.id, {"payment_method": card})
    assert (error.http_status, error.code) == (402, "card_declined")
    assert '"decline_code": "lost_card"' in str(error.http_body)
    stranger = shop.api.customers.create({"email": "charlie@example.org"})
    theirs = shop.sandbox.new_card(stranger.id)
    assert refused(shop.api.invoices.pay, invoice.id, {"payment_method": theirs}).param == "payment_method"


def test_a_bank_is_asked_and_approves_on_the_page_of_the_invoice(shop: Shop) -> None:
    subscription, invoice = overdue(shop, "authentication_required")
    url = invoice.hosted_invoice_url
    text = shop.sandbox.request("GET", url.removeprefix(shop.sandbox.url))[2]
    assert "Approve at the bank" in text and "asks the payer" in text
    status, _, text = post(shop, url, "refuse")
    assert status == 402 and "has failed authentication" in text and "Pay $10.00" in text
    status, _, text = post(shop, url, "authentication_required")
    assert status == 200 and "Approve at the bank" in text
    assert ": paid" in post(shop, url, "approve")[2]
    assert shop.subscription(subscription).status == "active"
    assert intent_of(shop, invoice).latest_charge.paid is True
    assert ": paid" in post(shop, url, "approve")[2]
    assert [each["status"] for each in shop.sandbox.money()["charges"].values()] == ["succeeded"] * 2


def test_another_card_pays_on_the_page_of_the_invoice_and_is_the_default_of_nothing(shop: Shop) -> None:
    subscription, invoice = overdue(shop, "stolen_card")
    before = card_of(shop, subscription).id
    assert post(shop, invoice.hosted_invoice_url, "declined")[0] == 402
    assert ": paid" in post(shop, invoice.hosted_invoice_url, "new_card")[2]
    assert intent_of(shop, invoice).latest_charge.payment_method_details.card.last4 == "4444"
    assert card_of(shop, subscription).id == before
    assert shop.api.customers.retrieve(shop.customer.id).invoice_settings.default_payment_method is None
