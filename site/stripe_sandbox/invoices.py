"""Invoices: drafted, finalized, charged, retried on a schedule, paid or given up."""

from __future__ import annotations

from stripe_sandbox import money
from stripe_sandbox.account import Account
from stripe_sandbox.catalogue import discount_by
from stripe_sandbox.expand import expandable_list
from stripe_sandbox.listing import whole_list
from stripe_sandbox.store import Json, new_id


def make_line(
    subscription: Json, item: Json, *, start: int, end: int, amount: int | None = None, text: str = ""
) -> Json:
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


def prorated_line(subscription: Json, item: Json, *, at: int, sign: int, text: str) -> Json:
    """The item's share from ``at`` to the end of its period, by the second, rounded half up."""
    start, end = item["current_period_start"], item["current_period_end"]
    whole = item["price"]["unit_amount"] * item["quantity"]
    share = (2 * whole * (end - at) + (end - start)) // (2 * (end - start))
    label = f"{text} {item['price']['nickname'] or item['price']['product']}"
    return make_line(subscription, item, start=at, end=end, amount=sign * share, text=label)


def make_invoice(
    account: Account, subscription: Json, lines: list[Json], *, reason: str, coupon: Json | None = None
) -> Json:
    """A draft for a subscription, stored and told."""
    invoice = account.store.put(compose(account, subscription, lines, reason=reason, coupon=coupon))
    link = {"id": f"of:{invoice['id']}", "subscription": subscription["id"], "invoice": invoice["id"]}
    account.store.put(link, "_invoice_of")
    account.emit("invoice.created", invoice)
    return invoice


def compose(
    account: Account, subscription: Json, lines: list[Json], *, reason: str, coupon: Json | None = None
) -> Json:
    """A draft that nobody knows of yet."""
    customer = account.get("customer", subscription["customer"])
    identifier = new_id("in")
    subtotal = sum(line["amount"] for line in lines)
    discount = discount_by(coupon, subtotal)
    total = subtotal - discount
    balance = customer.get("balance") or 0
    invoice = account.blank(
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
    link = {
        "id": f"link:{payment['id']}",
        "invoice": invoice["id"],
        "payment_intent": intent["id"],
        "payment": payment["id"],
    }
    account.store.put(link, "_invoice_payment_of")


def payments_of(account: Account, field: str, value: str) -> list[Json]:
    links = account.store.where("_invoice_payment_of", field, value)
    return [account.get("invoice_payment", link["payment"]) for link in links]


def default_payment(account: Account, invoice: Json) -> Json | None:
    return next((payment for payment in payments_of(account, "invoice", invoice["id"]) if payment["is_default"]), None)


# -- Taking the money --------------------------------------------------------------------------------------


def void(account: Account, invoice: Json) -> None:
    invoice.update(status="void", amount_remaining=0, next_payment_attempt=None, auto_advance=False)
    invoice["status_transitions"]["voided_at"] = account.now()
    account.store.put(invoice)
    account.emit("invoice.voided", invoice)


def write_off(account: Account, invoice: Json, *, reason: str) -> None:
    """Nobody expects this money any more."""
    invoice.update(
        status="uncollectible",
        next_payment_attempt=None,
        auto_advance=False,
        status_details={"uncollectible": {"reason": reason}},
    )
    invoice["status_transitions"]["marked_uncollectible_at"] = account.now()
    account.store.put(invoice)
    account.emit("invoice.marked_uncollectible", invoice)


# -- Routes ------------------------------------------------------------------------------------------------


@expandable_list("invoice", "payments")
def payments_list(account: Account, invoice: Json) -> Json:
    return whole_list(payments_of(account, "invoice", invoice["id"]), "/v1/invoice_payments")
