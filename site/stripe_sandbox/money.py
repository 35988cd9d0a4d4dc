"""Payment intents and charges: where money comes in, or does not."""

from __future__ import annotations

from typing import Any

from stripe_sandbox import declines
from stripe_sandbox.account import Account, due
from stripe_sandbox.balance import post, stripe_fee
from stripe_sandbox.catalogue import merged_metadata
from stripe_sandbox.customers import billing_details
from stripe_sandbox.exchange import presentment
from stripe_sandbox.expand import expandable_list
from stripe_sandbox.listing import page_of, whole_list
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json, new_id

TOLD = {
    "card": ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4"),
    "sepa_debit": ("bank_code", "branch_code", "country", "fingerprint", "last4"),
}


# -- Payment intents ---------------------------------------------------------------------------------------


def make_intent(account: Account, *, amount: int, currency: str, customer: Json | None, **fields: Any) -> Json:
    identifier = new_id("pi")
    intent = account.make(
        "payment_intent",
        "pi",
        id=identifier,
        amount=amount,
        amount_capturable=0,
        amount_received=0,
        capture_method="automatic_async",
        client_secret=f"{identifier}_secret_{new_id('', 24).strip('_')}",
        confirmation_method="automatic",
        currency=currency,
        customer=customer["id"] if customer else None,
        description=fields.get("description"),
        metadata=merged_metadata(None, fields.get("metadata")),
        payment_method_types=["card"],
        receipt_email=fields.get("receipt_email"),
        setup_future_usage=fields.get("setup_future_usage"),
        statement_descriptor_suffix=fields.get("statement_descriptor_suffix"),
        status="requires_payment_method",
    )
    account.emit("payment_intent.created", intent)
    return intent


def attempt(account: Account, intent: Json, method: Json | None, outcome: str) -> str:
    """Try to take the money; returns the intent's new status."""
    intent["payment_method"] = method["id"] if method else None
    if method:
        intent["payment_method_types"] = [method["type"]]
    if outcome in declines.DECLINES:
        decline(account, intent, method, outcome)
    elif outcome == "authentication_required":
        intent["last_payment_error"] = declines.authentication_error(method)
        ask_authentication(account, intent)
    elif outcome.startswith("sepa_"):
        intent["status"] = "processing"
        charge = make_charge(account, intent, method, "pending")
        account.store.put(intent)
        account.emit("charge.pending", charge)
        account.emit("payment_intent.processing", intent)
    else:
        if outcome == "authentication_required_then_paid":
            ask_authentication(account, intent)
        succeed(account, intent, make_charge(account, intent, method, "succeeded"))
    return str(intent["status"])


def ask_authentication(account: Account, intent: Json) -> None:
    intent["status"] = "requires_action"
    intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
    account.store.put(intent)
    account.emit("payment_intent.requires_action", intent)


def refuse_authentication(account: Account, intent: Json) -> None:
    """The payer did not approve it at their bank."""
    intent.update(
        status="requires_payment_method",
        next_action=None,
        last_payment_error={
            "code": "payment_intent_authentication_failure",
            "message": "The provided PaymentMethod has failed authentication.",
            "type": "card_error",
        },
    )
    account.store.put(intent)
    account.emit("payment_intent.payment_failed", intent)


def decline(account: Account, intent: Json, method: Json | None, outcome: str) -> None:
    said = declines.DECLINES[outcome]
    charge = make_charge(account, intent, method, "failed")
    charge.update(failure_code=said.code, failure_message=said.message)
    charge["outcome"].update(declines.charge_outcome(outcome))
    account.store.put(charge)
    intent.update(
        status="requires_payment_method",
        next_action=None,
        last_payment_error=declines.payment_error(outcome, charge["id"], method),
    )
    account.store.put(intent)
    account.emit("charge.failed", charge)
    account.emit("payment_intent.payment_failed", intent)


def succeed(account: Account, intent: Json, charge: Json) -> None:
    intent.update(amount_received=intent["amount"], status="succeeded", last_payment_error=None, next_action=None)
    charge.update(status="succeeded", paid=True, captured=True, amount_captured=charge["amount"])
    if account.settings["pending_balance_transactions"]:
        account.schedule(account.now() + 60, "book_charge", charge["id"])
    else:
        book(account, charge)
    account.store.put(charge)
    account.store.put(intent)
    account.emit("charge.succeeded", charge)
    account.emit("payment_intent.succeeded", intent)


def book(account: Account, charge: Json) -> None:
    kind = "charge" if charge["payment_method_details"]["type"] == "card" else "payment"
    row = post(
        account,
        kind=kind,
        category="charge",
        amount=charge["amount"],
        fee=stripe_fee(account, charge["amount"]),
        currency=charge["currency"],
        source=charge["id"],
        text=charge["description"] or "Payment",
    )
    charge["balance_transaction"] = row["id"]
    account.store.put(charge)


@due("book_charge")
def book_late(account: Account, identifier: str, at: int) -> None:
    """The balance transaction of a charge may come after the charge itself."""
    charge = account.get("charge", identifier)
    if charge["balance_transaction"] is None:
        book(account, charge)
        account.emit("charge.updated", charge, {"balance_transaction": None})


def fail_later(account: Account, intent: Json) -> None:
    """A debit that was processing comes back unpaid."""
    message = "The customer's bank account has insufficient funds."
    charge = account.get("charge", intent["latest_charge"])
    charge.update(status="failed", failure_code="insufficient_funds", failure_message=message)
    account.store.put(charge)
    intent.update(
        status="requires_payment_method",
        last_payment_error={
            "charge": charge["id"],
            "code": "payment_intent_payment_attempt_failed",
            "message": message,
            "type": "card_error",
        },
    )
    account.store.put(intent)
    account.emit("charge.failed", charge)
    account.emit("payment_intent.payment_failed", intent)


@route("GET", "/v1/payment_intents/{intent}")
def retrieve_intent(account: Account, call: Call) -> Json:
    call.params.pop("client_secret", None)
    return account.get("payment_intent", call.id)


@route("GET", "/v1/payment_intents")
def list_intents(account: Account, call: Call) -> Json:
    return page_of(call, account.store.newest_first("payment_intent"))


# -- Charges -----------------------------------------------------------------------------------------------


def descriptor_of(intent: Json) -> str:
    """What the statement of a card says: the account's own, and the suffix where one was given."""
    suffix = intent.get("statement_descriptor_suffix")
    return f"SANDBOX* {suffix}"[:22] if suffix else "SANDBOX"


def make_charge(account: Account, intent: Json, method: Json | None, status: str) -> Json:
    customer = account.store.get("customer", intent["customer"]) if intent["customer"] else None
    charge = account.make(
        "charge",
        "ch",
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        billing_details=billing_details(customer, method),
        calculated_statement_descriptor=descriptor_of(intent),
        captured=status != "failed",
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        fraud_details={},
        metadata=dict(intent["metadata"]),
        outcome={
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "risk_score": 1,
            "seller_message": "Payment complete.",
            "type": "authorized",
        },
        paid=status != "failed",
        payment_intent=intent["id"],
        payment_method=method["id"] if method else None,
        payment_method_details=method_details(method),
        presentment_details=presentment(account, intent["amount"]),
        receipt_email=intent["receipt_email"],
        refunded=False,
        statement_descriptor_suffix=intent.get("statement_descriptor_suffix"),
        status=status,
    )
    intent.update(latest_charge=charge["id"], presentment_details=charge["presentment_details"])
    return charge


def method_details(method: Json | None) -> Json:
    """How it was paid, as far as a charge tells."""
    if method is None:
        return {"type": "card"}
    kind = method["type"]
    told: Json = {name: method[kind][name] for name in TOLD[kind]}
    more: Json = {"mandate": None} if kind == "sepa_debit" else {"network": method[kind].get("brand"), "wallet": None}
    return {"type": kind, kind: told | more}


@route("GET", "/v1/charges/{charge}")
def retrieve_charge(account: Account, call: Call) -> Json:
    return account.get("charge", call.id)


@route("GET", "/v1/charges")
def list_charges(account: Account, call: Call) -> Json:
    intent = call.params.pop("payment_intent", None)
    charges = account.store.newest_first("charge")
    return page_of(call, reversed(account.store.where("charge", "payment_intent", intent)) if intent else charges)


@expandable_list("charge", "refunds")
def refunds_of(account: Account, charge: Json) -> Json:
    newest = list(reversed(account.store.where("refund", "charge", charge["id"])))
    return whole_list(newest[:10], f"/v1/charges/{charge['id']}/refunds")
