"""The hosted pages on which people mend a payment: another card, and an open invoice."""

from __future__ import annotations

from html import escape

from stripe_sandbox import collecting, invoices, money, portal
from stripe_sandbox.account import Account
from stripe_sandbox.cards import CARDS, named
from stripe_sandbox.customers import attach, make_payment_method
from stripe_sandbox.declines import DECLINES
from stripe_sandbox.errors import ApiError
from stripe_sandbox.page_parts import Page, buttons, error_summary, message, page, radios, redirect
from stripe_sandbox.page_parts import money as shown
from stripe_sandbox.store import Json


def portal_page(account: Account, method: str, identifier: str, form: dict[str, str]) -> Page:
    session = account.store.get("billing_portal.session", identifier)
    if session is None:
        return message(404, "No such page", "This link does not exist, or the sandbox has been reset.")
    back, status, problems = portal.way_back(session), 200, {}
    if method == "POST":
        try:
            portal.replace_card(account, session["customer"], form.get("outcome", ""))
            return redirect(back) if back else message(200, "Card replaced", "The new card will be used from now on.")
        except ApiError as error:
            status = 402 if error.status == 402 else 422
            problems["outcome"] = str(error) if status == 402 else "Choose a card."
    options = {name: card.text for name, card in CARDS.items()}
    body = f"""
<form method="post" class="choice alone" novalidate>
  {error_summary(problems)}
  <h1>Change your card</h1>
  {card_now(account, account.get("customer", session["customer"]), None)}
  {radios("Which card should be used from now on?", options, form, problems)}
  <button type="submit">Use this card</button>
  {f'<p><a href="{escape(back)}">Back to the website</a></p>' if back else ""}
</form>"""
    return page(status, "Change your card", body, [back])


def card_now(account: Account, customer: Json, subscription: Json | None) -> str:
    """The card that would be charged; without a subscription the customer's default, or else the newest."""
    method = collecting.method_for(account, subscription, customer)
    if method is None and subscription is None:
        method = next(reversed(account.store.where("payment_method", "customer", customer["id"])), None)
    return f'<p class="quiet">The card on file: {escape(named(method))}</p>' if method else ""


# -- An open invoice ---------------------------------------------------------------------------------------


def invoice_page(account: Account, method: str, identifier: str, form: dict[str, str]) -> Page:
    invoice = account.store.get("invoice", identifier)
    if invoice is None:
        return message(404, "No such invoice", "This invoice does not exist, or the sandbox has been reset.")
    problems, status = {}, 200
    if method == "POST" and invoice["status"] == "open":
        chosen = form.get("outcome", "")
        if chosen in choices(account, invoice) or chosen in DECLINES:
            problem, status = pay(account, invoice, chosen), 402
        else:
            problem, status = "Choose what should happen to the payment.", 422
        problems = {"outcome": problem} if problem else {}
    amount = shown(invoice["amount_due"], invoice["currency"])
    if invoice["status"] != "open":
        return message(200, f"Invoice {invoice['number']}: {invoice['status']}", f"The amount was {amount}.")
    return page(status if problems else 200, f"Invoice: {amount}", invoice_form(account, invoice, amount, problems), [])


def invoice_form(account: Account, invoice: Json, amount: str, problems: dict[str, str]) -> str:
    subscription = invoices.subscription_of(account, invoice)
    customer = account.get("customer", invoice["customer"])
    waiting = collecting.waits_for_the_bank(account, invoice)
    asked = '<p class="asked">The bank asks the payer to approve this payment.</p>' if waiting else ""
    return f"""
<div class="columns">
  <section class="summary" aria-labelledby="what">
    <h1 id="what"><span class="quiet">Invoice {escape(invoice["number"] or "")}</span>
      <span class="total">{amount}</span></h1>
    {lines_table(account, invoice, amount)}
  </section>
  <form method="post" class="choice" novalidate>
    {error_summary(problems)}
    <h2>What should happen to this payment?</h2>
    {asked}
    {card_now(account, customer, subscription)}
    {buttons(choices(account, invoice))}
    <p class="quiet">This page never asks for a card. It stands for the page of an invoice at Stripe.</p>
  </form>
</div>"""


def lines_table(account: Account, invoice: Json, amount: str) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(name_of(account, line))}</th>'
        f"<td>{shown(line['amount'], line['currency'])}</td></tr>"
        for line in invoice["lines"]["data"]
    )
    rows += f'<tr class="sum"><th scope="row">To pay</th><td>{amount}</td></tr>'
    return f'<table><caption class="hidden">What you pay for</caption><tbody>{rows}</tbody></table>'


def name_of(account: Account, line: Json) -> str:
    product = line["pricing"]["price_details"]["product"]
    return str(line["description"]).replace(product, account.get("product", product)["name"])


def choices(account: Account, invoice: Json) -> dict[str, str]:
    """The buttons; the first is the one to press."""
    amount = shown(invoice["amount_due"], invoice["currency"])
    if collecting.waits_for_the_bank(account, invoice):
        return {"approve": "Approve at the bank", "new_card": "Pay with another card", "refuse": "Refuse at the bank"}
    return {
        "paid": f"Pay {amount}",
        "new_card": "Pay with another card",
        "authentication_required": "Pay, and the bank asks first",
        "declined": "Decline",
    }


def pay(account: Account, invoice: Json, chosen: str) -> str | None:
    """Do what was chosen; returns what went wrong, in words."""
    intent = collecting.waits_for_the_bank(account, invoice)
    if chosen == "approve" and intent:
        collecting.approve_at_the_bank(account, invoice, intent)
    elif chosen == "refuse" and intent:
        money.refuse_authentication(account, intent)
    elif chosen == "new_card":
        collecting.collect(account, invoice, automatic=False, outcome="paid", method=another_card(account, invoice))
    else:
        collecting.collect(account, invoice, automatic=False, outcome=chosen)
    if invoice["status"] == "paid" or chosen == "authentication_required":
        return None
    payment = invoices.default_payment(account, invoice)
    tried = account.get("payment_intent", payment["payment"]["payment_intent"]) if payment else {}
    said = (tried.get("last_payment_error") or {}).get("message", "The payment did not go through.")
    return f"{said} You can try again."


def another_card(account: Account, invoice: Json) -> Json | None:
    """Kept with the customer, and the default of nothing."""
    customer = account.get("customer", invoice["customer"])
    if customer.get("deleted"):
        return None
    who = {"email": customer["email"], "name": customer["name"]}
    method = make_payment_method(account, kind="card", card=CARDS["mastercard"], details=who)
    attach(account, method, customer)
    return method
