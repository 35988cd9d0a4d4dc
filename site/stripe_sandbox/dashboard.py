"""Controls that act on objects: what visitors and their banks do, and the buttons of Stripe's Dashboard."""

from __future__ import annotations

from stripe_sandbox import cancelling, collecting, completion, customers, disputes, payouts, portal, radar, refunds
from stripe_sandbox.account import Account
from stripe_sandbox.catalogue import archive_price
from stripe_sandbox.catalogue import change as change_fields
from stripe_sandbox.control import control
from stripe_sandbox.declines import DECLINES
from stripe_sandbox.errors import ApiError
from stripe_sandbox.routing import Call
from stripe_sandbox.store import Json

RENEWAL_OUTCOMES = {"paid", "authentication_required", *DECLINES}


@control("POST", "/checkout/{id}/complete")
def complete_checkout(account: Account, order: Json, identifier: str) -> Json:
    details = {name: order[name] for name in ("email", "name", "address", "card") if order.get(name)}
    return completion.complete(account, identifier, str(order.get("outcome", "paid")), details)


@control("POST", "/subscriptions/{id}/next_outcome")
def order_outcome(account: Account, order: Json, identifier: str) -> Json:
    subscription = account.get("subscription", identifier)
    outcome = str(order.get("outcome"))
    if outcome not in RENEWAL_OUTCOMES:
        raise ApiError(f"No such outcome: {outcome}. Known: {', '.join(sorted(RENEWAL_OUTCOMES))}.", param="outcome")
    return {"outcomes": collecting.order_outcomes(account, subscription, outcome, int(order.get("times", 1)))}


@control("POST", "/customers/{id}/card")
def enter_card(account: Account, order: Json, identifier: str) -> Json:
    return portal.replace_card(account, identifier, str(order.get("card", "paid")))


@control("POST", "/payment_methods/{id}/expiry")
def set_expiry(account: Account, order: Json, identifier: str) -> Json:
    method = account.get("payment_method", identifier)
    month, year = int(order["month"]), int(order["year"])
    return customers.set_expiry(account, method, month=month, year=year, silent=bool(order.get("silent")))


@control("POST", "/charges/{id}/dispute")
def dispute_charge(account: Account, order: Json, identifier: str) -> Json:
    return disputes.open_dispute(
        account,
        identifier,
        amount=order.get("amount"),
        reason=str(order.get("reason", "fraudulent")),
        inquiry=bool(order.get("inquiry", False)),
    )


@control("POST", "/charges/{id}/fraud_warning")
def warn_of_fraud(account: Account, order: Json, identifier: str) -> Json:
    fraud_type = str(order.get("fraud_type", "made_with_stolen_card"))
    return radar.warn(account, account.get("charge", identifier), fraud_type)


@control("POST", "/disputes/{id}/close")
def close_dispute(account: Account, order: Json, identifier: str) -> Json:
    return disputes.close_dispute(account, identifier, str(order.get("status", "lost")))


@control("POST", "/disputes/{id}/escalate")
def escalate_dispute(account: Account, order: Json, identifier: str) -> Json:
    return disputes.escalate(account, identifier)


@control("POST", "/refunds/{id}/fail")
def fail_refund(account: Account, order: Json, identifier: str) -> Json:
    return refunds.fail_refund(account, identifier)


@control("POST", "/payouts/{id}/fail")
def fail_payout(account: Account, order: Json, identifier: str) -> Json:
    return payouts.fail_payout(account, identifier)


@control("POST", "/charges/{id}/refund")
def refund_charge(account: Account, order: Json, identifier: str) -> Json:
    asked = {name: order[name] for name in ("amount", "reason") if order.get(name) is not None}
    return refunds.refund_charge(account, account.get("charge", identifier), asked)


@control("POST", "/payouts")
def pay_out(account: Account, order: Json) -> list[Json]:
    return payouts.pay_out(account, automatic=not order.get("manual", False))


@control("POST", "/customers/{id}/delete")
def delete_customer(account: Account, order: Json, identifier: str) -> Json:
    return cancelling.delete_customer(account, Call({}, (identifier,), ""))


@control("POST", "/prices/{id}/archive")
def archive(account: Account, order: Json, identifier: str) -> Json:
    return archive_price(account, identifier)


@control("POST", "/metadata/{id}")
def edit_metadata(account: Account, order: Json, identifier: str) -> Json:
    """Somebody edits an object's metadata by hand: what is given replaces all of it."""
    subject = account.store.find(identifier)
    if subject is None:
        raise ApiError(f"No such object: {identifier}", status=404)
    change_fields(account, subject, {"metadata": order.get("metadata") or {}})
    return subject
