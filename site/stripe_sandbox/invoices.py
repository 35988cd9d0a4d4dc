"""Invoices: drafted, finalized, charged, retried on a schedule, paid or given up."""

from __future__ import annotations

from typing import Any

from stripe_sandbox import money
from stripe_sandbox.account import Account, due
from stripe_sandbox.catalogue import change, discount_by, updates
from stripe_sandbox.errors import ApiError
from stripe_sandbox.expand import expandable_list
from stripe_sandbox.listing import page_of, whole_list
from stripe_sandbox.money import DAY
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json, new_id


def make_line(subscription: Json, item: Json, *, start: int, end: int, amount: int | None = None, text: str = "") -> Json:
    """A line for one subscription item; an ``amount`` of its own makes it a proration."""
    price = item["price"]
    whole = price["unit_amount"] * item["quantity"]
    amount_is = whole if amount is None else amount
    return {
        "id": new_id("il"),
        "object": "line_item",
        "amount": amount_is,
        "currency": price["currency"],
        "description": text or f"{item['quantity']} × {price['nickname'] or price['product']}",
        "discount_amounts": [],
        "discountable": amount is None,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": dict(subscription["metadata"]),
        "parent": {
            "type": "subscription_item_details",
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": None,
                "proration": amount is not None,
                "proration_details": {"credited_items": None},
                "subscription": subscription["id"],
                "subscription_item": item["id"],
            },
        },
        "period": {"start": start, "end": end},
        "pretax_credit_amounts": [],
        "pricing": {
            "type": "price_details",
            "price_details": {"price": price["id"], "product": price["product"]},
            "unit_amount_decimal": str(price["unit_amount"]),
        },
        "quantity": item["quantity"],
        "subtotal": amount_is,
        "taxes": [],
    }


def make_invoice(account: Account, subscription: Json, lines: list[Json], *, reason: str, coupon: Json | None = None) -> Json:
    """A draft for a subscription."""
    customer = account.get("customer", subscription["customer"])
    identifier = new_id("in")
    subtotal = sum(line["amount"] for line in lines)
    discount = discount_by(coupon, subtotal)
    total = subtotal - discount
    balance = customer.get("balance") or 0
    invoice = account.make(
        "invoice",
        "in",
        id=identifier,
        amount_due=max(total + balance, 0),
        amount_remaining=max(total + balance, 0),
        attempt_count=0,
        attempted=False,
        auto_advance=True,
        billing_reason=reason,
        collection_method="charge_automatically",
        currency=subscription["currency"],
        customer=customer["id"],
        customer_address=customer.get("address"),
        customer_email=customer.get("email"),
        customer_name=customer.get("name"),
        customer_tax_exempt="none",
        default_payment_method=None,
        ending_balance=None,
        lines=whole_list([{**line, "invoice": identifier} for line in lines], f"/v1/invoices/{identifier}/lines"),
        metadata={},
        parent={
            "type": "subscription_details",
            "quote_details": None,
            "subscription_details": {
                "metadata": dict(subscription["metadata"]),
                "subscription": subscription["id"],
                "subscription_proration_date": None,
            },
        },
        period_start=account.now(),
        period_end=account.now(),
        starting_balance=balance,
        status="draft",
        subtotal=subtotal,
        subtotal_excluding_tax=subtotal,
        total=total,
        total_excluding_tax=total,
        total_discount_amounts=[],
        total_pretax_credit_amounts=[],
        total_taxes=[],
    )
    invoice["issuer"] = {"type": "self"}
    invoice["payment_settings"].update(default_mandate=None, payment_method_types=None)
    invoice["automatic_tax"].update(enabled=False)
    account.store.put(invoice)
    link = {"id": f"of:{identifier}", "subscription": subscription["id"], "invoice": identifier}
    account.store.put(link, "_invoice_of")
    account.emit("invoice.created", invoice)
    return invoice


def subscription_of(account: Account, invoice: Json) -> Json | None:
    details = (invoice["parent"] or {}).get("subscription_details")
    return account.store.get("subscription", details["subscription"]) if details else None


def finalize(account: Account, invoice: Json, intent: Json | None = None) -> None:
    """Give it a number and, unless nothing is due, the payment intent that shall pay it."""
    customer = account.get("customer", invoice["customer"])
    if not customer.get("deleted"):
        number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04}"
        after = min(invoice["starting_balance"] + invoice["total"], 0)
        customer.update(next_invoice_sequence=customer["next_invoice_sequence"] + 1, balance=after)
        invoice.update(number=number, ending_balance=after)
        account.store.put(customer)
    invoice.update(
        status="open",
        effective_at=account.now(),
        hosted_invoice_url=f"{account.public_url}/i/{invoice['id']}",
        invoice_pdf=f"{account.public_url}/i/{invoice['id']}/pdf",
    )
    invoice["status_transitions"]["finalized_at"] = account.now()
    account.store.put(invoice)
    if invoice["amount_due"] > 0:
        add_invoice_payment(account, invoice, intent or intent_for(account, invoice))
    account.emit("invoice.finalized", invoice)


def intent_for(account: Account, invoice: Json) -> Json:
    customer = account.get("customer", invoice["customer"])
    text = "Subscription creation" if invoice["billing_reason"] == "subscription_create" else "Subscription update"
    return money.make_intent(
        account, amount=invoice["amount_due"], currency=invoice["currency"], customer=customer, description=text
    )


def add_invoice_payment(account: Account, invoice: Json, intent: Json) -> None:
    payment = account.make(
        "invoice_payment",
        "inpay",
        amount_paid=None,
        amount_requested=invoice["amount_due"],
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=True,
        payment={"type": "payment_intent", "payment_intent": intent["id"]},
        status="open",
        status_transitions={"canceled_at": None, "paid_at": None},
    )
    link = {"id": f"link:{payment['id']}", "invoice": invoice["id"], "payment_intent": intent["id"], "payment": payment["id"]}
    account.store.put(link, "_invoice_payment_of")


def payments_of(account: Account, field: str, value: str) -> list[Json]:
    links = account.store.where("_invoice_payment_of", field, value)
    return [account.get("invoice_payment", link["payment"]) for link in links]


def default_payment(account: Account, invoice: Json) -> Json | None:
    return next((payment for payment in payments_of(account, "invoice", invoice["id"]) if payment["is_default"]), None)


# -- Taking the money --------------------------------------------------------------------------------------


def method_for(account: Account, subscription: Json | None, customer: Json) -> Json | None:
    chosen = subscription["default_payment_method"] if subscription else None
    chosen = chosen or (customer.get("invoice_settings") or {}).get("default_payment_method")
    return account.store.get("payment_method", chosen) if chosen else None


def next_outcome(account: Account, subscription: Json, method: Json | None) -> str:
    """What the next charge will say: what was ordered for the subscription, else what its card stands for."""
    notes = account.store.notes(subscription["id"])
    ordered = notes.get("outcomes") or []
    if ordered:
        outcome, times = ordered[0]
        notes["outcomes"] = [[outcome, times - 1], *ordered[1:]] if times > 1 else ordered[1:]
        account.store.put_notes(notes)
        return str(outcome)
    return str(account.store.notes(method["id"]).get("outcome", "paid")) if method else "declined"


def collect(account: Account, invoice: Json, *, automatic: bool = True, outcome: str | None = None) -> None:
    """Charge an open invoice once."""
    payment = default_payment(account, invoice)
    if invoice["amount_due"] == 0 or payment is None:
        return mark_paid(account, invoice)
    subscription = subscription_of(account, invoice)
    method = method_for(account, subscription, account.get("customer", invoice["customer"]))
    if outcome is None:
        outcome = next_outcome(account, subscription, method) if subscription else "paid"
    intent = account.get("payment_intent", payment["payment"]["payment_intent"])
    invoice.update(attempted=True, attempt_count=invoice["attempt_count"] + 1)
    account.store.put(invoice)
    status = money.attempt(account, intent, method, outcome)
    if status == "succeeded":
        mark_paid(account, invoice)
    elif status == "processing":
        account.schedule(
            account.now() + int(account.settings["async_payment_days"]) * DAY,
            "debit_succeeds" if outcome == "sepa_paid_later" else "debit_fails",
            intent["id"],
        )
    else:
        mark_failed(account, invoice, needs_action=status == "requires_action", automatic=automatic)


def mark_paid(account: Account, invoice: Json, *, off_stripe: bool = False) -> None:
    due_now = invoice["amount_due"]
    invoice.update(
        status="paid",
        amount_paid=due_now,
        amount_remaining=0,
        attempted=True,
        next_payment_attempt=None,
        auto_advance=False,
    )
    if off_stripe:
        invoice["amount_paid_off_stripe"] = due_now
    invoice["status_transitions"]["paid_at"] = account.now()
    account.store.put(invoice)
    payment = default_payment(account, invoice)
    if payment and not off_stripe:
        payment.update(status="paid", amount_paid=due_now)
        payment["status_transitions"]["paid_at"] = account.now()
        account.store.put(payment)
        account.emit("invoice_payment.paid", payment)
    account.emit("invoice.paid", invoice)
    account.emit("invoice.payment_succeeded", invoice)
    recover(account, invoice)


def recover(account: Account, invoice: Json) -> None:
    """A subscription that owes nothing any more is active again."""
    subscription = subscription_of(account, invoice)
    if subscription is None or subscription["status"] not in {"past_due", "unpaid"}:
        return
    if not open_invoices(account, subscription["id"]):
        previous = change(account, subscription, {"status": "active"})
        account.emit("customer.subscription.updated", subscription, previous)


def open_invoices(account: Account, subscription_id: str) -> list[Json]:
    links = account.store.where("_invoice_of", "subscription", subscription_id)
    invoices = (account.get("invoice", link["invoice"]) for link in links)
    return [invoice for invoice in invoices if invoice["status"] == "open"]


def mark_failed(account: Account, invoice: Json, *, needs_action: bool, automatic: bool) -> None:
    gave_up = automatic and not plan_retry(account, invoice)
    account.store.put(invoice)
    if needs_action:
        account.emit("invoice.payment_action_required", invoice)
    account.emit("invoice.payment_failed", invoice)
    subscription = subscription_of(account, invoice)
    if subscription is None:
        return
    if subscription["status"] == "active":
        previous = change(account, subscription, {"status": "past_due"})
        account.emit("customer.subscription.updated", subscription, previous)
    if gave_up:
        give_up(account, subscription)


def plan_retry(account: Account, invoice: Json) -> bool:
    """The next attempt of the dunning schedule, or False after the last."""
    notes = account.store.notes(invoice["id"])
    notes.setdefault("first_failed", account.now())
    tried = notes.setdefault("retries", 0)
    days = account.settings["dunning_days"]
    if tried >= len(days):
        invoice["next_payment_attempt"] = None
        account.store.put_notes(notes)
        return False
    notes["retries"] = tried + 1
    account.store.put_notes(notes)
    invoice["next_payment_attempt"] = notes["first_failed"] + days[tried] * DAY
    account.schedule(invoice["next_payment_attempt"], "retry_invoice", invoice["id"])
    return True


@due("retry_invoice")
def retry_invoice(account: Account, identifier: str, at: int) -> None:
    invoice = account.get("invoice", identifier)
    if invoice["status"] == "open" and invoice["next_payment_attempt"] == at:
        collect(account, invoice)


def give_up(account: Account, subscription: Json) -> None:
    """What the account is set to do with a subscription after its last failed attempt."""
    ending = account.settings["after_last_attempt"]
    if ending == "cancel":
        end_subscription(account, subscription, reason="payment_failed")
    elif ending == "unpaid" and subscription["status"] != "unpaid":
        previous = change(account, subscription, {"status": "unpaid"})
        account.emit("customer.subscription.updated", subscription, previous)


def end_subscription(account: Account, subscription: Json, *, reason: str | None) -> None:
    details = {**(subscription["cancellation_details"] or {}), "reason": reason}
    details = {"comment": None, "feedback": None, **details}
    subscription.update(
        status="canceled",
        ended_at=account.now(),
        canceled_at=subscription["canceled_at"] or account.now(),
        cancellation_details=details,
    )
    account.store.put(subscription)
    for invoice in open_invoices(account, subscription["id"]):
        invoice.update(next_payment_attempt=None, auto_advance=False)
        account.store.put(invoice)
    account.emit("customer.subscription.deleted", subscription)


@due("finalize_invoice")
def finalize_later(account: Account, identifier: str, at: int) -> None:
    invoice = account.get("invoice", identifier)
    if invoice["status"] == "draft":
        finalize(account, invoice)
        collect(account, invoice)


def void(account: Account, invoice: Json) -> None:
    invoice.update(status="void", amount_remaining=0, next_payment_attempt=None, auto_advance=False)
    invoice["status_transitions"]["voided_at"] = account.now()
    account.store.put(invoice)
    account.emit("invoice.voided", invoice)


# -- Routes ------------------------------------------------------------------------------------------------


@route("GET", "/v1/invoices/{invoice}")
def retrieve_invoice(account: Account, call: Call) -> Json:
    return account.get("invoice", call.id)


@route("GET", "/v1/invoices")
def list_invoices(account: Account, call: Call) -> Json:
    subscription = call.params.pop("subscription", None)
    if subscription is None:
        return page_of(call, account.store.newest_first("invoice"))
    links = reversed(account.store.where("_invoice_of", "subscription", subscription))
    return page_of(call, (account.get("invoice", link["invoice"]) for link in links))


@route("POST", "/v1/invoices/{invoice}")
def update_invoice(account: Account, call: Call) -> Json:
    invoice = account.get("invoice", call.id)
    account.emit("invoice.updated", invoice, change(account, invoice, updates(invoice, call.params, ("description",))))
    return invoice


@route("POST", "/v1/invoices/{invoice}/pay")
def pay_invoice(account: Account, call: Call) -> Json:
    invoice = account.get("invoice", call.id)
    if invoice["status"] == "paid":
        raise ApiError("Invoice is already paid", code="invoice_already_paid")
    if invoice["status"] not in {"open", "draft"}:
        raise ApiError(f"Invoice is {invoice['status']} and cannot be paid.", code="invoice_not_editable")
    if invoice["status"] == "draft":
        finalize(account, invoice)
    if call.params.get("paid_out_of_band"):
        mark_paid(account, invoice, off_stripe=True)
        return invoice
    collect(account, invoice, automatic=False)
    if invoice["status"] != "paid":
        raise declined_error(account, invoice)
    return invoice


def declined_error(account: Account, invoice: Json) -> ApiError:
    payment = default_payment(account, invoice)
    intent = account.get("payment_intent", payment["payment"]["payment_intent"]) if payment else {}
    problem: dict[str, Any] = intent.get("last_payment_error") or {}
    return ApiError(
        problem.get("message", "The payment needs the customer's authentication."),
        status=402,
        kind="card_error",
        code=problem.get("code", "invoice_payment_intent_requires_action"),
        kept=True,
        extra={"decline_code": problem["decline_code"]} if "decline_code" in problem else None,
    )


@route("POST", "/v1/invoices/{invoice}/void")
def void_invoice(account: Account, call: Call) -> Json:
    invoice = account.get("invoice", call.id)
    if invoice["status"] != "open":
        raise ApiError(f"Only an open invoice can be voided; this one is {invoice['status']}.")
    void(account, invoice)
    recover(account, invoice)
    return invoice


@route("POST", "/v1/invoices/{invoice}/mark_uncollectible")
def mark_uncollectible(account: Account, call: Call) -> Json:
    invoice = account.get("invoice", call.id)
    invoice.update(status="uncollectible", next_payment_attempt=None)
    invoice["status_transitions"]["marked_uncollectible_at"] = account.now()
    account.store.put(invoice)
    account.emit("invoice.marked_uncollectible", invoice)
    return invoice


@route("GET", "/v1/invoices/{invoice}/lines")
def list_lines(account: Account, call: Call) -> Json:
    return page_of(call, account.get("invoice", call.id)["lines"]["data"])


@route("GET", "/v1/invoice_payments/{invoice_payment}")
def retrieve_invoice_payment(account: Account, call: Call) -> Json:
    return account.get("invoice_payment", call.id)


@route("GET", "/v1/invoice_payments")
def list_invoice_payments(account: Account, call: Call) -> Json:
    by_payment = (call.params.pop("payment", None) or {}).get("payment_intent")
    if by_payment:
        return page_of(call, reversed(payments_of(account, "payment_intent", by_payment)))
    if "invoice" in call.params:
        return page_of(call, reversed(payments_of(account, "invoice", call.params["invoice"])))
    return page_of(call, account.store.newest_first("invoice_payment"))


@expandable_list("invoice", "payments")
def payments_list(account: Account, invoice: Json) -> Json:
    return whole_list(payments_of(account, "invoice", invoice["id"]), "/v1/invoice_payments")
