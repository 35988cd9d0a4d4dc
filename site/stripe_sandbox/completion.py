"""What happens when the visitor has chosen an outcome on the hosted page."""

from __future__ import annotations

from stripe_sandbox import collecting, dunning, invoices, money
from stripe_sandbox.account import Account, due
from stripe_sandbox.balance import DAY
from stripe_sandbox.cards import CARDS, card_for
from stripe_sandbox.catalogue import change
from stripe_sandbox.customers import ADDRESS, address_of, attach, make_customer, make_payment_method
from stripe_sandbox.declines import DECLINES
from stripe_sandbox.errors import ApiError
from stripe_sandbox.exchange import presentment
from stripe_sandbox.store import Json
from stripe_sandbox.subscriptions import lines_for, make_subscription

OUTCOMES = {
    "paid": "Payment succeeds",
    "declined": DECLINES["declined"].text,
    "insufficient_funds": DECLINES["insufficient_funds"].text,
    "authentication_required_then_paid": "Bank asks for 3-D Secure first, then it is paid",
    "sepa_paid_later": "SEPA debit: succeeds some days later",
    "sepa_fails_later": "SEPA debit: fails some days later",
    "abandon": "Leave without paying",
}
# Other reasons to be declined, which the page shows on demand.
SELDOM = {outcome: decline.text for outcome, decline in DECLINES.items() if outcome not in OUTCOMES}


def complete(account: Account, session_id: str, outcome: str, details: Json) -> Json:
    """Returns the session; a declined payment leaves it open for another try."""
    session = account.get("checkout.session", session_id)
    if outcome not in OUTCOMES and outcome not in SELDOM:
        raise ApiError(f"No such outcome: {outcome}. Known: {', '.join([*OUTCOMES, *SELDOM])}.", param="outcome")
    if details.get("card", "paid") not in CARDS:
        raise ApiError(f"No such card: {details['card']}. Known: {', '.join(CARDS)}.", param="card")
    if session["status"] != "open":
        raise ApiError(f"This Checkout Session is {session['status']}.", param="session")
    if outcome == "abandon":
        return session
    notes = account.store.notes(session_id)
    customer = customer_for(account, session, details)
    if session["amount_total"] == 0 and session["mode"] == "payment":
        return finish(account, session, customer, details, "no_payment_required")
    kind = "sepa_debit" if outcome.startswith("sepa_") else "card"
    who = {"email": session["customer_email"] or (customer or {}).get("email"), **details}
    card = CARDS[details["card"]] if "card" in details else card_for(outcome)
    method = make_payment_method(account, kind=kind, card=card, details=who)
    if due_on(session, customer) == 0:
        attach_if_kept(account, session, method, customer)
        start_subscription(account, session, customer, method, None)
        return finish(account, session, customer, details, "no_payment_required")
    intent = intent_for(account, session, customer, notes)
    status = money.attempt(account, intent, method, outcome)
    if status not in {"succeeded", "processing"}:
        return session
    attach_if_kept(account, session, method, customer)
    if status == "processing":
        days = int(account.settings["async_payment_days"])
        then = "debit_succeeds" if outcome == "sepa_paid_later" else "debit_fails"
        account.schedule(account.now() + days * DAY, then, intent["id"])
    if session["mode"] == "subscription":
        start_subscription(account, session, customer, method, intent)
    return finish(account, session, customer, details, "paid" if status == "succeeded" else "unpaid")


def customer_for(account: Account, session: Json, details: Json) -> Json | None:
    """The session's customer; a subscription, or ``customer_creation=always``, makes one if need be."""
    if session["customer"]:
        return account.get("customer", session["customer"])
    notes = account.store.notes(session["id"])
    if notes.get("customer"):
        return account.get("customer", notes["customer"])
    if session["mode"] == "payment" and session["customer_creation"] != "always":
        return None
    email = details.get("email") or session["customer_email"]
    given = {"email": email, "name": details.get("name"), "address": details.get("address")}
    customer = make_customer(account, given)
    # A declined try leaves the session without a customer, but the next try uses the same one.
    notes["customer"] = customer["id"]
    account.store.put_notes(notes)
    return customer


def due_on(session: Json, customer: Json | None) -> int:
    """A subscription begins with an invoice, and the customer's credit pays of it what it can."""
    credit = customer.get("balance") or 0 if customer and session["mode"] == "subscription" else 0
    return max(int(session["amount_total"]) + int(credit), 0)


def attach_if_kept(account: Account, session: Json, method: Json, customer: Json | None) -> None:
    """A way to pay is kept with the customer only for later payments, and only once it has paid."""
    later = account.store.notes(session["id"])["payment_intent_data"].get("setup_future_usage")
    if customer and (later or session["mode"] == "subscription"):
        attach(account, method, customer)


def intent_for(account: Account, session: Json, customer: Json | None, notes: Json) -> Json:
    """One intent for all tries of a session."""
    if notes.get("payment_intent"):
        return account.get("payment_intent", notes["payment_intent"])
    given = notes["payment_intent_data"]
    in_subscription = session["mode"] == "subscription"
    intent = money.make_intent(
        account,
        amount=due_on(session, customer),
        currency=session["currency"],
        customer=customer,
        metadata=given.get("metadata"),
        description="Subscription creation" if in_subscription else given.get("description"),
        receipt_email=given.get("receipt_email"),
        setup_future_usage="off_session" if in_subscription else given.get("setup_future_usage"),
        statement_descriptor_suffix=given.get("statement_descriptor_suffix"),
    )
    notes = account.store.notes(session["id"])
    notes["payment_intent"] = intent["id"]
    account.store.put_notes(notes)
    if not in_subscription:
        session["payment_intent"] = intent["id"]
        account.store.put(session)
    return intent


def start_subscription(
    account: Account, session: Json, customer: Json | None, method: Json, intent: Json | None
) -> None:
    """Subscription and first invoice exist only once the payment went through (or is on its way)."""
    if customer is None:
        raise ApiError("A subscription needs a customer.")
    notes = account.store.notes(session["id"])
    recurring = [(line["price"], line["quantity"]) for line in notes["lines"] if line["price"]["recurring"]]
    given = notes["subscription_data"]
    subscription = make_subscription(
        account,
        customer=customer,
        prices=recurring,
        method=method,
        metadata=given.get("metadata") or {},
        description=given.get("description"),
    )
    coupon = account.store.get("coupon", notes["coupon"]) if notes["coupon"] else None
    if coupon and coupon["duration"] == "forever":
        own = account.store.notes(subscription["id"])
        own["forever_coupon"] = coupon["id"]
        account.store.put_notes(own)
    account.emit("customer.subscription.created", subscription)
    lines = lines_for(subscription) + one_time_lines(subscription, notes["lines"])
    invoice = invoices.make_invoice(account, subscription, lines, reason="subscription_create", coupon=coupon)
    change(account, subscription, {"latest_invoice": invoice["id"]})
    invoices.finalize(account, invoice, intent)
    if intent:
        invoice.update(attempted=True, attempt_count=1)
        account.store.put(invoice)
    if intent is None or intent["status"] == "succeeded":
        collecting.mark_paid(account, invoice)
    session.update(subscription=subscription["id"], invoice=invoice["id"])
    account.store.put(session)


def one_time_lines(subscription: Json, lines: list[Json]) -> list[Json]:
    """What is bought once together with a subscription goes on its first invoice."""
    made = []
    first = subscription["items"]["data"][0]
    for line in lines:
        if not line["price"]["recurring"]:
            item = {**first, "price": line["price"], "quantity": line["quantity"]}
            start = first["current_period_start"]
            made.append(invoices.make_line(subscription, item, start=start, end=start, text=line["description"]))
    return made


def finish(account: Account, session: Json, customer: Json | None, details: Json, payment_status: str) -> Json:
    known = session["customer_details"] or {}
    session.update(
        status="complete",
        payment_status=payment_status,
        url=None,
        customer=customer["id"] if customer else None,
        customer_details={
            "address": address_of(details.get("address")) or known.get("address") or dict.fromkeys(ADDRESS),
            "business_name": None,
            "email": details.get("email") or known.get("email"),
            "individual_name": None,
            "name": details.get("name") or known.get("name"),
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
        presentment_details=presentment(account, session["amount_total"]) if session["amount_total"] else None,
    )
    account.store.put(session)
    account.emit("checkout.session.completed", session)
    return session


def session_paid_by(account: Account, intent: Json) -> Json | None:
    found = account.store.where("checkout.session", "payment_intent", intent["id"])
    if found:
        return found[0]
    for payment in invoices.payments_of(account, "payment_intent", intent["id"]):
        subscription = invoices.subscription_of(account, account.get("invoice", payment["invoice"]))
        invoice_is_first = account.get("invoice", payment["invoice"])["billing_reason"] == "subscription_create"
        if subscription and invoice_is_first:
            found = account.store.where("checkout.session", "subscription", subscription["id"])
    return found[0] if found else None


@due("debit_succeeds")
def debit_succeeds(account: Account, identifier: str, at: int) -> None:
    intent = account.get("payment_intent", identifier)
    money.succeed(account, intent, account.get("charge", intent["latest_charge"]))
    for payment in invoices.payments_of(account, "payment_intent", identifier):
        collecting.mark_paid(account, account.get("invoice", payment["invoice"]))
    session = session_paid_by(account, intent)
    if session:
        change(account, session, {"payment_status": "paid"})
        account.emit("checkout.session.async_payment_succeeded", session)


def go_on_failing(account: Account, invoice: Json) -> None:
    """An account that a debit bounced off has no money three days later either."""
    subscription = invoices.subscription_of(account, invoice)
    if subscription:
        collecting.order_outcomes(account, subscription, "insufficient_funds", 20, more=False)


@due("debit_fails")
def debit_fails(account: Account, identifier: str, at: int) -> None:
    intent = account.get("payment_intent", identifier)
    money.fail_later(account, intent)
    for payment in invoices.payments_of(account, "payment_intent", identifier):
        invoice = account.get("invoice", payment["invoice"])
        go_on_failing(account, invoice)
        dunning.mark_failed(account, invoice, needs_action=False, automatic=True)
    session = session_paid_by(account, intent)
    if session:
        account.emit("checkout.session.async_payment_failed", session)
