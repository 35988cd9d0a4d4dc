"""What callers may ask of invoices and their payments."""

from __future__ import annotations

from typing import Any

from stripe_sandbox import collecting, invoices
from stripe_sandbox.account import Account
from stripe_sandbox.catalogue import change, updates
from stripe_sandbox.customers import method_of
from stripe_sandbox.errors import ApiError
from stripe_sandbox.listing import page_of
from stripe_sandbox.routing import Call, route
from stripe_sandbox.store import Json


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
    for name in sorted(set(call.params) - {"expand", "off_session", "paid_out_of_band", "payment_method"}):
        raise ApiError(
            f"The sandbox does not implement `{name}` of POST /v1/invoices/{{invoice}}/pay.",
            status=501,
            kind="api_error",
        )
    if invoice["status"] == "paid":
        raise ApiError("Invoice is already paid", code="invoice_already_paid")
    if invoice["status"] not in {"open", "draft", "uncollectible"}:
        raise ApiError(f"Invoice is {invoice['status']} and cannot be paid.", code="invoice_not_editable")
    if invoice["status"] == "draft":
        invoices.finalize(account, invoice)
    if call.params.get("paid_out_of_band"):
        collecting.mark_paid(account, invoice, off_stripe=True)
        return invoice
    chosen = call.params.get("payment_method")
    method = method_of(account, invoice["customer"], chosen, param="payment_method") if chosen else None
    collecting.collect(account, invoice, automatic=False, method=method)
    if invoice["status"] != "paid":
        raise declined_error(account, invoice)
    return invoice


def declined_error(account: Account, invoice: Json) -> ApiError:
    payment = invoices.default_payment(account, invoice)
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
    invoices.void(account, invoice)
    collecting.recover(account, invoice)
    return invoice


@route("POST", "/v1/invoices/{invoice}/mark_uncollectible")
def mark_uncollectible(account: Account, call: Call) -> Json:
    invoice = account.get("invoice", call.id)
    if invoice["status"] != "open":
        raise ApiError(f"Only an open invoice can be marked uncollectible; this one is {invoice['status']}.")
    invoices.write_off(account, invoice, reason="user_forgiven")
    collecting.recover(account, invoice)
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
        return page_of(call, reversed(invoices.payments_of(account, "payment_intent", by_payment)))
    if "invoice" in call.params:
        return page_of(call, reversed(invoices.payments_of(account, "invoice", call.params["invoice"])))
    return page_of(call, account.store.newest_first("invoice_payment"))
