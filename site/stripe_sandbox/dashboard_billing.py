"""The Dashboard's buttons for subscriptions and invoices: staff change them without asking the website."""

from __future__ import annotations

from stripe_sandbox import cancelling, collecting, dunning, invoice_routes, pausing, resuming, subscription_changes
from stripe_sandbox.account import Account
from stripe_sandbox.catalogue import make_price
from stripe_sandbox.control import control
from stripe_sandbox.errors import ApiError
from stripe_sandbox.routing import Call
from stripe_sandbox.store import Json

PRORATE = "proration_behavior"


@control("POST", "/subscriptions/{id}/change")
def change_subscription(account: Account, order: Json, identifier: str) -> Json:
    """Another amount or interval of the first item, from the next period on unless told otherwise."""
    subscription = account.get("subscription", identifier)
    item = subscription["items"]["data"][0]
    now = item["price"]
    price = make_price(
        account,
        {
            "currency": now["currency"],
            "product": now["product"],
            "unit_amount": int(order.get("amount", now["unit_amount"])),
            "recurring": {
                "interval": str(order.get("interval", now["recurring"]["interval"])),
                "interval_count": int(order.get("interval_count", now["recurring"]["interval_count"])),
            },
        },
    )
    asked = {"items": [{"id": item["id"], "price": price["id"]}], PRORATE: order.get(PRORATE, "none")}
    return subscription_changes.update(account, subscription, asked)


@control("POST", "/subscriptions/{id}/pause")
def pause_subscription(account: Account, order: Json, identifier: str) -> Json:
    subscription = account.get("subscription", identifier)
    pause = {"behavior": str(order.get("behavior", "void")), "resumes_at": order.get("resumes_at")}
    previous = pausing.pause_collection(account, subscription, pause)
    account.emit("customer.subscription.updated", subscription, previous)
    return subscription


@control("POST", "/subscriptions/{id}/resume")
def resume_subscription(account: Account, order: Json, identifier: str) -> Json:
    """Out of a payment holiday, or out of standing still after failed payments."""
    subscription = account.get("subscription", identifier)
    if subscription["status"] == "paused":
        return resuming.resume(account, subscription)
    previous = pausing.pause_collection(account, subscription, "")
    account.emit("customer.subscription.updated", subscription, previous)
    return subscription


@control("POST", "/subscriptions/{id}/cancel")
def cancel_subscription(account: Account, order: Json, identifier: str) -> Json:
    subscription = account.get("subscription", identifier)
    if order.get("at_period_end"):
        previous = cancelling.cancel_at_period_end(account, subscription, True)
        account.emit("customer.subscription.updated", subscription, previous)
    else:
        dunning.end_subscription(account, subscription, reason="cancellation_requested")
    return subscription


@control("POST", "/subscriptions/{id}/keep")
def keep_subscription(account: Account, order: Json, identifier: str) -> Json:
    """The end that was planned is called off."""
    subscription = account.get("subscription", identifier)
    previous = cancelling.cancel_at_period_end(account, subscription, False)
    account.emit("customer.subscription.updated", subscription, previous)
    return subscription


# -- Invoices ----------------------------------------------------------------------------------------------


def open_invoice(account: Account, identifier: str) -> Json:
    invoice = account.get("invoice", identifier)
    if invoice["status"] != "open":
        raise ApiError(f"This invoice is {invoice['status']}.")
    return invoice


@control("POST", "/invoices/{id}/pay")
def pay_invoice(account: Account, order: Json, identifier: str) -> Json:
    """The customer pays an open invoice on its hosted page; or staff mark it paid out of band."""
    invoice = open_invoice(account, identifier)
    if order.get("out_of_band"):
        collecting.mark_paid(account, invoice, off_stripe=True)
    else:
        collecting.collect(account, invoice, automatic=False, outcome=str(order.get("outcome", "paid")))
    return invoice


@control("POST", "/invoices/{id}/overpay")
def overpay_invoice(account: Account, order: Json, identifier: str) -> Json:
    """The customer pays ``amount`` more than was asked, which becomes their credit."""
    invoice, extra = open_invoice(account, identifier), int(order["amount"])
    if extra < 1:
        raise ApiError("An overpayment is more than was asked.", param="amount")
    collecting.overpay(account, invoice, extra, off_stripe=bool(order.get("out_of_band")))
    return invoice


@control("POST", "/invoices/{id}/void")
def void_invoice(account: Account, order: Json, identifier: str) -> Json:
    return invoice_routes.void_invoice(account, Call({}, (identifier,), ""))


@control("POST", "/invoices/{id}/uncollectible")
def write_off_invoice(account: Account, order: Json, identifier: str) -> Json:
    return invoice_routes.mark_uncollectible(account, Call({}, (identifier,), ""))
