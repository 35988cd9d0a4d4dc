"""Every call to Stripe. Nothing else in the project talks to it.

Functions take our values and answer Stripe's objects, freshly read. They raise ``StripeUnavailable`` when trying
again later may help, ``StripeRefused`` when it won't, and ``NoSuchObject`` when Stripe does not know the id.
Amounts are minor units, as in Stripe's API. None of them may be called inside a database transaction.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import stripe
from django.conf import settings

from payments.intervals import recurring

# On by default in the SDK: writes a file under $HOME and fails every call where there is none.
stripe.enable_telemetry = False

API_VERSION = "2026-10-28.endive"
# Seconds to connect, and to wait for an answer; the SDK's own default would hold a visitor for 80.
TIMEOUT = (4, 25)
# How long somebody who waits for a page is kept, about, before Stripe is asked once more when it was too busy.
BREATH = 0.5

log = logging.getLogger(__name__)
T = TypeVar("T")


class StripeProblem(Exception):
    """Stripe did not do what was asked. ``code`` is Stripe's own word for why, where it gave one."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class StripeUnavailable(StripeProblem):
    """No answer, too many requests, or an error on Stripe's side: later may help."""


class StripeBusy(StripeUnavailable):
    """Too many requests at once (``rate_limit``), or another one holds the object (``lock_timeout``)."""


class StripeFailed(StripeUnavailable):
    """Stripe answered with an error of its own and keeps that answer under the key: later needs another key."""


class StripeRefused(StripeProblem):
    """Stripe understood and said no."""


class KeyReused(StripeRefused):
    """Stripe knows the idempotency key with other contents: the call needs another key, and somebody a word."""


class NoSuchObject(StripeRefused):
    """Stripe does not know the id (or it belongs to another mode or account)."""


@cache
def client() -> stripe.StripeClient:
    """The one client of this process: pinned version, retries and time-outs set, telemetry off."""
    sandbox: Any = {"api": settings.STRIPE_SANDBOX_URL} if settings.STRIPE_MODE == "sandbox" else None
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        stripe_version=API_VERSION,
        max_network_retries=2,
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
        **({"base_addresses": sandbox} if sandbox else {}),
    )


def call(action: Callable[..., T], *args: Any) -> T:
    """Do one call and turn Stripe's errors into ours. The log line names the code, never what was sent."""
    try:
        return action(*args)
    except stripe.InvalidRequestError as error:
        refusal = NoSuchObject if error.code == "resource_missing" else StripeRefused
        raise refusal(str(error.user_message or error), error.code or "") from error
    except stripe.IdempotencyError as error:
        raise KeyReused(str(error.user_message or error), error.code or "idempotency") from error
    except stripe.CardError as error:
        raise StripeRefused(str(error.user_message or error), error.code or "") from error
    except stripe.StripeError as error:
        code = _code_of(error)
        log.warning("Stripe did not answer: %s %s", type(error).__name__, code or error.http_status or "")
        raise _trouble(error)("Stripe could not be reached.", code) from error


def _trouble(error: stripe.StripeError) -> type[StripeUnavailable]:
    if isinstance(error, stripe.RateLimitError):
        return StripeBusy
    return StripeFailed if (error.http_status or 0) >= 500 else StripeUnavailable


def _code_of(error: stripe.StripeError) -> str:
    """Stripe's word for why; some of the SDK's errors carry it only in the answer's body."""
    return str(error.code or getattr(error.error, "code", None) or "")


def call_patiently(action: Callable[..., T], *args: Any) -> T:
    """A call that somebody waits for: once more when Stripe was too busy. The SDK does not, and a worker backs off."""
    try:
        return call(action, *args)
    except StripeBusy:
        time.sleep(BREATH * random.uniform(0.5, 1.5))  # noqa: S311 - spreading, not secrecy
        return call(action, *args)


# -- Writing: each with a key, so that doing it twice does it once -------------------------------------------


def create_customer(*, name: str, email: str, reference: str, key: str) -> str:
    """Create a customer and return its id. ``reference`` is the payer's public id."""
    params: Any = {"name": name, "email": email, "metadata": _metadata(reference)}
    return call_patiently(client().v1.customers.create, params, {"idempotency_key": key}).id


def update_customer(customer_id: str, *, name: str, email: str, address: dict[str, str]) -> None:
    """Give a customer another name and address; an empty text takes away what was there."""
    params: Any = {"name": name, "email": email, "address": address}
    call(client().v1.customers.update, customer_id, params)


def delete_customer(customer_id: str) -> None:
    """Delete a customer with their cards. Payments stay at Stripe, without a name."""
    call(client().v1.customers.delete, customer_id)


def create_session(
    *,
    reference: str,
    customer: str,
    lines: list[tuple[str, int]],
    currency: str,
    interval: str,
    success_url: str,
    cancel_url: str,
    locale: str,
    key: str,
    expires_at: datetime | None = None,
) -> stripe.checkout.Session:
    """Create a hosted checkout for lines of (description, amount); recurring when there is an ``interval``.

    Stripe takes an ``expires_at`` between half an hour and a day away.
    """
    params: dict[str, Any] = {
        "mode": "subscription" if interval else "payment",
        "customer": customer,
        "client_reference_id": reference,
        "metadata": _metadata(reference),
        "line_items": [_line_item(name, amount, currency, interval) for name, amount in lines],
        "success_url": success_url,
        "cancel_url": cancel_url,
        "locale": locale,
        # The receipt's currency must be ours, whatever the shopper's country.
        "adaptive_pricing": {"enabled": False},
    }
    if expires_at:
        params["expires_at"] = int(expires_at.timestamp())
    # A session's metadata does not travel on, so what it creates carries its own.
    carrier = "subscription_data" if interval else "payment_intent_data"
    params[carrier] = {"metadata": _metadata(reference)}
    # Stripe takes it for one-off payments alone, and never another descriptor for a card.
    if settings.STATEMENT_SUFFIX and not interval:
        params[carrier]["statement_descriptor_suffix"] = settings.STATEMENT_SUFFIX
    return call_patiently(client().v1.checkout.sessions.create, params, {"idempotency_key": key})


def price_data(amount: int, currency: str, interval: str, *, product: str) -> dict[str, Any]:
    """The price of an item of a subscription that runs."""
    return {
        "currency": currency.lower(),
        "unit_amount": amount,
        "recurring": recurring(interval),
        "product": product,
    }


def _line_item(name: str, amount: int, currency: str, interval: str) -> dict[str, Any]:
    price: dict[str, Any] = {
        "currency": currency.lower(),
        "unit_amount": amount,
        "product_data": {"name": name},
    }
    if interval:
        price["recurring"] = recurring(interval)
    return {"price_data": price, "quantity": 1}


def expire_session(session_id: str) -> stripe.checkout.Session:
    return call_patiently(client().v1.checkout.sessions.expire, session_id)


def create_refund(*, payment_intent: str, amount: int, reference: str, key: str) -> stripe.Refund:
    params: Any = {"payment_intent": payment_intent, "amount": amount, "metadata": _metadata(reference)}
    return call_patiently(client().v1.refunds.create, params, {"idempotency_key": key})


def set_cancel_at_period_end(subscription_id: str, *, cancel: bool) -> stripe.Subscription:
    return call_patiently(client().v1.subscriptions.update, subscription_id, {"cancel_at_period_end": cancel})


def create_product(*, name: str, key: str) -> str:
    """What a changed subscription is called on Stripe's invoices; a price of it needs a product of its own."""
    return call(client().v1.products.create, {"name": name}, {"idempotency_key": key}).id


def change_subscription(
    subscription_id: str,
    *,
    items: list[dict[str, Any]],
    proration_date: int | None,
    trial_end: int | None = None,
    key: str,
) -> stripe.Subscription:
    """Give a subscription other items. With a ``trial_end`` the next payment is due then, and not before.

    With a ``proration_date`` the difference is charged now, and the change takes effect only when that is paid; without
    one the next period costs the new price and nothing is charged.
    """
    params: dict[str, Any] = {"items": items, "proration_behavior": "none"}
    if trial_end is not None:
        params["trial_end"] = trial_end
    if proration_date is not None:
        params.update(
            proration_behavior="always_invoice",
            proration_date=proration_date,
            payment_behavior="pending_if_incomplete",
        )
    return call(client().v1.subscriptions.update, subscription_id, params, {"idempotency_key": key})


def preview_change(subscription_id: str, *, items: list[dict[str, Any]], proration_date: int) -> stripe.Invoice:
    """The invoice that ``change_subscription`` would make at that moment."""
    details = {"items": items, "proration_behavior": "always_invoice", "proration_date": proration_date}
    params: Any = {"subscription": subscription_id, "subscription_details": details}
    return call(client().v1.invoices.create_preview, params)


def pause_subscription(subscription_id: str, *, resumes_at: int) -> stripe.Subscription:
    """No payments until then (epoch seconds): what falls due meanwhile is voided."""
    params: Any = {"pause_collection": {"behavior": "void", "resumes_at": resumes_at}}
    return call(client().v1.subscriptions.update, subscription_id, params)


def resume_stopped(subscription_id: str) -> stripe.Subscription:
    """Take up what Stripe stopped (``paused``) after its payments failed: a period begins and is billed."""
    return call(client().v1.subscriptions.resume, subscription_id)


def resume_subscription(subscription_id: str) -> stripe.Subscription:
    params: Any = {"pause_collection": ""}
    return call(client().v1.subscriptions.update, subscription_id, params)


def move_next_payment(subscription_id: str, *, to: int) -> stripe.Subscription:
    """The next payment falls due then (epoch seconds), and the following ones count from there."""
    params: Any = {"trial_end": to, "proration_behavior": "none"}
    return call(client().v1.subscriptions.update, subscription_id, params)


def cancel_now(subscription_id: str) -> stripe.Subscription:
    return call_patiently(client().v1.subscriptions.cancel, subscription_id)


def card_change_url(*, customer: str, return_url: str) -> str:
    """The customer portal's page that changes a card and does nothing else."""
    params: Any = {"customer": customer, "return_url": return_url, "flow_data": {"type": "payment_method_update"}}
    return call_patiently(client().v1.billing_portal.sessions.create, params).url


def set_card(subscription_id: str, payment_method_id: str) -> stripe.Subscription:
    """Let a subscription be paid with this card. The portal only changes its customer's, which it does not follow."""
    return call(client().v1.subscriptions.update, subscription_id, {"default_payment_method": payment_method_id})


def pay_invoice(invoice_id: str, *, key: str) -> stripe.Invoice:
    """Try to collect an open invoice now, with its subscription's card."""
    return call(client().v1.invoices.pay, invoice_id, {}, {"idempotency_key": key})


def create_webhook_endpoint(*, url: str, events: list[str]) -> stripe.WebhookEndpoint:
    """Create the endpoint with the version this code is written for. Its ``secret`` is told only this once."""
    params: Any = {"url": url, "enabled_events": events, "api_version": API_VERSION}
    return call_patiently(client().v1.webhook_endpoints.create, params)


def list_webhook_endpoints() -> list[stripe.WebhookEndpoint]:
    return list(_each(client().v1.webhook_endpoints.list, {"limit": 100}))


# -- Reading ------------------------------------------------------------------------------------------------


def read_session(session_id: str) -> stripe.checkout.Session:
    return call(client().v1.checkout.sessions.retrieve, session_id)


def open_sessions_of(customer_id: str) -> list[stripe.checkout.Session]:
    """The sessions that a customer could still pay."""
    return list(_each(client().v1.checkout.sessions.list, {"customer": customer_id, "status": "open", "limit": 100}))


def read_customer(customer_id: str) -> stripe.Customer:
    return call(client().v1.customers.retrieve, customer_id)


def card_of_customer(customer_id: str) -> stripe.PaymentMethod | None:
    """The card that the customer's portal keeps as theirs."""
    expand: Any = {"expand": ["invoice_settings.default_payment_method"]}
    customer = call(client().v1.customers.retrieve, customer_id, expand)
    settings_ = getattr(customer, "invoice_settings", None)
    return settings_.default_payment_method if settings_ else None


def customers_with(email: str) -> list[stripe.Customer]:
    return list(_each(client().v1.customers.list, {"email": email, "limit": 100}))


def read_subscription(subscription_id: str) -> stripe.Subscription:
    """The subscription with the card that pays it: its own, or its customer's."""
    expand: Any = {"expand": ["default_payment_method", "customer.invoice_settings.default_payment_method"]}
    return call(client().v1.subscriptions.retrieve, subscription_id, expand)


def read_invoice(invoice_id: str) -> stripe.Invoice:
    return call(client().v1.invoices.retrieve, invoice_id, {"expand": ["payments"]})


def read_payment_intent(payment_intent_id: str) -> stripe.PaymentIntent:
    """The intent with its last charge and that charge's balance transaction."""
    expand: Any = {"expand": ["latest_charge.balance_transaction"]}
    return call(client().v1.payment_intents.retrieve, payment_intent_id, expand)


def read_charge(charge_id: str) -> stripe.Charge:
    return call(client().v1.charges.retrieve, charge_id, {"expand": ["balance_transaction"]})


def invoice_of(payment_intent_id: str) -> str | None:
    """The invoice that an intent paid, or None for a payment made once."""
    params: Any = {"payment": {"type": "payment_intent", "payment_intent": payment_intent_id}, "limit": 1}
    found = call(client().v1.invoice_payments.list, params).data
    return _id_of(found[0].invoice) if found else None


def read_refund(refund_id: str) -> stripe.Refund:
    """The refund with its balance transactions."""
    expand: Any = {"expand": ["balance_transaction", "failure_balance_transaction"]}
    return call(client().v1.refunds.retrieve, refund_id, expand)


def refunds_of(charge_id: str) -> list[stripe.Refund]:
    return list(_each(client().v1.refunds.list, {"charge": charge_id, "limit": 100}))


def read_dispute(dispute_id: str) -> stripe.Dispute:
    return call(client().v1.disputes.retrieve, dispute_id)


def read_fraud_warning(warning_id: str) -> stripe.radar.EarlyFraudWarning:
    return call(client().v1.radar.early_fraud_warnings.retrieve, warning_id)


def read_payout(payout_id: str) -> stripe.Payout:
    return call(client().v1.payouts.retrieve, payout_id)


def read_balance() -> stripe.Balance:
    return call(client().v1.balance.retrieve)


def balance_lines(*, since: int | None = None, payout: str | None = None) -> Iterator[stripe.BalanceTransaction]:
    """Balance transactions, newest first: of one payout, or created at or after ``since`` (epoch seconds)."""
    params: dict[str, Any] = {"limit": 100}
    if since is not None:
        params["created"] = {"gte": since}
    if payout is not None:
        params["payout"] = payout
    return _each(client().v1.balance_transactions.list, params)


def events(*, since: int) -> Iterator[stripe.Event]:
    """Events created at or after ``since`` (epoch seconds), newest first. Stripe keeps them for 30 days."""
    return _each(client().v1.events.list, {"limit": 100, "created": {"gte": since}})


def subscriptions() -> Iterator[stripe.Subscription]:
    """Every subscription, whatever its state."""
    return _each(client().v1.subscriptions.list, {"status": "all", "limit": 100})


def _each(lister: Callable[..., Any], params: dict[str, Any]) -> Iterator[Any]:
    """Every row of a list, page by page."""
    page = call(lister, params)
    while page.data:
        yield from page.data
        if not page.has_more:
            return
        page = call(lister, {**params, "starting_after": page.data[-1].id})


def _metadata(reference: str) -> dict[str, str]:
    """What marks an object as this installation's. Never a name, an address or a story."""
    return {"app": settings.STRIPE_APP_NAME, "ref": reference}


def reference_of(metadata: Any) -> str | None:
    """Our reference in an object's metadata, or None when it is not marked as ours."""
    # Stripe's objects answer attributes, not .get().
    if getattr(metadata, "app", None) != settings.STRIPE_APP_NAME:
        return None
    return getattr(metadata, "ref", None)


def _id_of(value: Any) -> str:
    return value if isinstance(value, str) else value.id
