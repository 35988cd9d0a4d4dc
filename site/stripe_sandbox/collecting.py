"""Taking an invoice's money, now or on the next day of the schedule, and what that does to a subscription."""

from __future__ import annotations

from collections.abc import Callable

from stripe_sandbox import dunning, invoices, money
from stripe_sandbox.account import Account, due
from stripe_sandbox.balance import DAY
from stripe_sandbox.cards import has_expired
from stripe_sandbox.catalogue import change
from stripe_sandbox.declines import is_hard
from stripe_sandbox.store import Json

Reaction = Callable[[Account, Json], None]
REACTIONS: list[Reaction] = []


def method_for(account: Account, subscription: Json | None, customer: Json) -> Json | None:
    chosen = subscription["default_payment_method"] if subscription else None
    chosen = chosen or (customer.get("invoice_settings") or {}).get("default_payment_method")
    return account.store.get("payment_method", chosen) if chosen else None


def next_outcome(account: Account, subscription: Json, method: Json | None) -> str:
    """What the next charge will say: what was ordered for the subscription's card, else what the card stands for."""
    if method is None:
        return "declined"
    notes = account.store.notes(subscription["id"])
    ordered = notes.get("outcomes") or []
    if ordered and notes.get("outcomes_card") == method["id"]:
        outcome, times = ordered[0]
        notes["outcomes"] = [[outcome, times - 1], *ordered[1:]] if times > 1 else ordered[1:]
        account.store.put_notes(notes)
        return str(outcome)
    outcome = str(account.store.notes(method["id"]).get("outcome", "paid"))
    return "expired_card" if outcome == "paid" and has_expired(method, account.now()) else outcome


def order_outcomes(account: Account, subscription: Json, outcome: str, times: int, *, more: bool = True) -> list[Json]:
    """The next charges of the card that the subscription has now say this."""
    notes = account.store.notes(subscription["id"])
    method = method_for(account, subscription, account.get("customer", subscription["customer"]))
    card = method["id"] if method else None
    before = notes.get("outcomes", []) if more and notes.get("outcomes_card") == card else []
    notes.update(outcomes=[*before, [outcome, times]], outcomes_card=card)
    account.store.put_notes(notes)
    return list(notes["outcomes"])


def collect(
    account: Account,
    invoice: Json,
    *,
    automatic: bool = True,
    outcome: str | None = None,
    method: Json | None = None,
) -> None:
    """Charge an open invoice once, with the subscription's own way to pay unless another is given."""
    payment = invoices.default_payment(account, invoice)
    if invoice["amount_due"] == 0 or payment is None:
        return mark_paid(account, invoice)
    subscription = invoices.subscription_of(account, invoice)
    method = method or method_for(account, subscription, account.get("customer", invoice["customer"]))
    if outcome is None:
        outcome = next_outcome(account, subscription, method) if subscription else "paid"
    intent = account.get("payment_intent", payment["payment"]["payment_intent"])
    # What people try by themselves is not counted after the first time.
    counts = automatic or not invoice["attempt_count"]
    invoice.update(attempted=True, attempt_count=invoice["attempt_count"] + counts)
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
        hopeless = method["id"] if method and is_hard(outcome) else None
        action = status == "requires_action"
        dunning.mark_failed(account, invoice, needs_action=action, automatic=automatic, hopeless_card=hopeless)


def waits_for_the_bank(account: Account, invoice: Json) -> Json | None:
    """The intent that only its payer can help on, if that is so."""
    payment = invoices.default_payment(account, invoice)
    intent = account.get("payment_intent", payment["payment"]["payment_intent"]) if payment else None
    return intent if intent and intent["status"] == "requires_action" else None


def approve_at_the_bank(account: Account, invoice: Json, intent: Json) -> None:
    method = account.store.get("payment_method", intent["payment_method"] or "")
    money.succeed(account, intent, money.make_charge(account, intent, method, "succeeded"))
    mark_paid(account, invoice)


def overpay(account: Account, invoice: Json, extra: int, *, off_stripe: bool) -> None:
    """Somebody pays more than was asked: the rest becomes the customer's credit."""
    payment = invoices.default_payment(account, invoice)
    if payment and not off_stripe:
        intent = account.get("payment_intent", payment["payment"]["payment_intent"])
        intent["amount"] += extra
        subscription = invoices.subscription_of(account, invoice)
        method = method_for(account, subscription, account.get("customer", invoice["customer"]))
        money.attempt(account, intent, method, "paid")
    mark_paid(account, invoice, off_stripe=off_stripe, extra=extra)


def credit(account: Account, invoice: Json, amount: int) -> None:
    customer = account.get("customer", invoice["customer"])
    if not customer.get("deleted"):
        previous = change(account, customer, {"balance": customer["balance"] - amount})
        account.emit("customer.updated", customer, previous)


def mark_paid(account: Account, invoice: Json, *, off_stripe: bool = False, extra: int = 0) -> None:
    paid = invoice["amount_due"] + extra
    invoice.update(
        status="paid",
        amount_paid=paid,
        amount_overpaid=extra,
        amount_remaining=0,
        attempted=True,
        next_payment_attempt=None,
        auto_advance=False,
    )
    if off_stripe:
        invoice["amount_paid_off_stripe"] = paid
    invoice["status_transitions"]["paid_at"] = account.now()
    account.store.put(invoice)
    payment = invoices.default_payment(account, invoice)
    if payment and not off_stripe:
        payment.update(status="paid", amount_paid=paid)
        payment["status_transitions"]["paid_at"] = account.now()
        account.store.put(payment)
        account.emit("invoice_payment.paid", payment)
    if extra:
        credit(account, invoice, extra)
    account.emit("invoice.paid", invoice)
    account.emit("invoice.payment_succeeded", invoice)
    recover(account, invoice)
    for reaction in REACTIONS:
        reaction(account, invoice)


def when_paid(reaction: Reaction) -> Reaction:
    """Register what else a paid invoice does."""
    REACTIONS.append(reaction)
    return reaction


def recover(account: Account, invoice: Json) -> None:
    """A subscription that owes nothing any more is active again."""
    subscription = invoices.subscription_of(account, invoice)
    if subscription is None or subscription["status"] not in {"past_due", "unpaid"}:
        return
    if not dunning.open_invoices(account, subscription["id"]):
        previous = change(account, subscription, {"status": "active"})
        account.emit("customer.subscription.updated", subscription, previous)


@due("retry_invoice")
def retry_invoice(account: Account, identifier: str, at: int) -> None:
    invoice, notes = account.get("invoice", identifier), account.store.notes(identifier)
    if invoice["status"] != "open" or notes.get("retry_at") != at:
        return
    subscription = invoices.subscription_of(account, invoice)
    method = method_for(account, subscription, account.get("customer", invoice["customer"]))
    if method is None or method["id"] != notes.get("hopeless_card"):
        return collect(account, invoice)
    # The day counts and passes without an attempt, and the schedule goes on: another card may come.
    previous = change(account, invoice, {"attempt_count": invoice["attempt_count"] + 1})
    account.emit("invoice.updated", invoice, previous)
    if not dunning.plan_retry(account, invoice, notes.get("hopeless_card")) and subscription:
        dunning.give_up(account, subscription)


@due("finalize_invoice")
def finalize_later(account: Account, identifier: str, at: int) -> None:
    invoice = account.get("invoice", identifier)
    if invoice["status"] == "draft":
        invoices.finalize(account, invoice)
        collect(account, invoice)
