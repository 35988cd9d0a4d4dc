"""The hosted pages, the checkout among them. Plain HTML, no script, no card data."""

from __future__ import annotations

from html import escape
from pathlib import Path

from stripe_sandbox import completion, mending_pages, overview
from stripe_sandbox.account import Account
from stripe_sandbox.errors import ApiError
from stripe_sandbox.page_parts import (
    Page,
    error_summary,
    known_email,
    message,
    money,
    page,
    radios,
    redirect,
    text_field,
)
from stripe_sandbox.store import Json

STYLE = Path(__file__).with_name("hosted.css")


def serve(account: Account, method: str, path: str, form: dict[str, str]) -> Page:
    parts = path.strip("/").split("/")
    if path == "/":
        return front_page(account, method, form)
    if path == "/hosted.css":
        return Page(200, STYLE.read_text(), "text/css; charset=utf-8")
    if parts[:2] == ["c", "pay"] and len(parts) == 3:
        return checkout_page(account, method, parts[2], form)
    if parts[:2] == ["p", "session"] and len(parts) == 3:
        return mending_pages.portal_page(account, method, parts[2], form)
    if parts[0] == "i" and len(parts) == 2:
        return mending_pages.invoice_page(account, method, parts[1], form)
    return message(404, "Nothing here", "This page of the Stripe sandbox does not exist.")


def front_page(account: Account, method: str, form: dict[str, str]) -> Page:
    if method == "POST":
        overview.move_clock(account, form.get("days", ""))
        return redirect("/")
    return page(200, "Overview", overview.overview(account), [])


# -- Checkout ----------------------------------------------------------------------------------------------


def checkout_page(account: Account, method: str, identifier: str, form: dict[str, str]) -> Page:
    session = account.store.get("checkout.session", identifier)
    if session is None:
        return message(404, "No such checkout", "This checkout does not exist, or the sandbox has been reset.")
    if session["status"] == "complete":
        return redirect(success_address(session))
    if session["status"] == "expired":
        return message(410, "This checkout has expired", "Nothing was paid.", back=session["cancel_url"])
    if method != "POST":
        return checkout_form(account, session, {})
    problems = problems_in(session, form)
    if problems:
        return checkout_form(account, session, form, problems, status=422)
    try:
        completion.complete(account, identifier, form["outcome"], details_in(form))
    except ApiError as error:
        return checkout_form(account, session, form, {"outcome": str(error)}, status=422)
    if form["outcome"] == "abandon":
        return (
            redirect(session["cancel_url"])
            if session["cancel_url"]
            else message(200, "Nothing was paid", "You left the checkout.")
        )
    if session["status"] == "complete":
        return redirect(success_address(session))
    intent = account.get("payment_intent", account.store.notes(identifier)["payment_intent"])
    said = (intent["last_payment_error"] or {}).get("message", "The payment did not go through.")
    return checkout_form(
        account, session, form, {"outcome": f"{said} Choose another outcome to try again."}, status=402
    )


def success_address(session: Json) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def problems_in(session: Json, form: dict[str, str]) -> dict[str, str]:
    problems = {}
    if form.get("outcome") not in {*completion.OUTCOMES, *completion.SELDOM}:
        problems["outcome"] = "Choose what should happen to the payment."
    known = (session["customer_details"] or {}).get("email")
    email = form.get("email", "").strip()
    if form.get("outcome") != "abandon" and not known and ("@" not in email or " " in email):
        problems["email"] = "Enter an e-mail address, such as alex@example.org."
    return problems


def details_in(form: dict[str, str]) -> Json:
    details: Json = {name: form[name].strip() for name in ("email", "name") if form.get(name, "").strip()}
    address = {name: form.get(name, "").strip() for name in ("line1", "city", "postal_code", "country")}
    if any(address.values()):
        details["address"] = address
    return details


def checkout_form(
    account: Account, session: Json, form: dict[str, str], problems: dict[str, str] | None = None, status: int = 200
) -> Page:
    problems = problems or {}
    total = money(session["amount_total"], session["currency"])
    known = session["customer_details"] or {}
    lines = account.store.notes(session["id"])["lines"]
    contact = (
        known_email(known["email"]) if known.get("email") else text_field("email", "E-mail", form, problems, "email")
    )
    verb = (
        "Subscribe" if session["mode"] == "subscription" else "Donate" if session["submit_type"] == "donate" else "Pay"
    )
    body = f"""
<div class="columns">
  <section class="summary" aria-labelledby="what">
    <h1 id="what"><span class="quiet">{escape(heading(session, lines))}</span> <span class="total">{total}</span></h1>
    {lines_table(session, lines)}
    {f'<p><a href="{escape(session["cancel_url"])}">Back to the website</a></p>' if session["cancel_url"] else ""}
  </section>
  <form method="post" class="choice" novalidate>
    {error_summary(problems)}
    <h2>Your details</h2>
    {contact}
    {text_field("name", "Name (optional)", form, problems, "name")}
    <details>
      <summary>Address (optional)</summary>
      {text_field("line1", "Street and number", form, problems, "address-line1")}
      {text_field("city", "City", form, problems, "address-level2")}
      {text_field("postal_code", "Postcode", form, problems, "postal-code")}
      {text_field("country", "Country (two letters)", form, problems, "country")}
    </details>
    {radios("What should happen to this payment?", completion.OUTCOMES, form, problems, seldom=completion.SELDOM)}
    <button type="submit">{verb} {total}</button>
    <p class="quiet">This page never asks for a card. It stands for Stripe's own checkout page.</p>
  </form>
</div>"""
    backs = [session["success_url"], session["cancel_url"]]
    return page(status, f"Checkout: {total}", body, backs)


def heading(session: Json, lines: list[Json]) -> str:
    recurring = next((line["price"]["recurring"] for line in lines if line["price"]["recurring"]), None)
    if recurring is None:
        return "To pay"
    every = recurring["interval"]
    return f"Every {every}" if recurring["interval_count"] == 1 else f"Every {recurring['interval_count']} {every}s"


def times(quantity: int) -> str:
    return f" × {quantity}" if quantity > 1 else ""


def lines_table(session: Json, lines: list[Json]) -> str:
    currency = session["currency"]
    rows = "".join(
        f'<tr><th scope="row">{escape(line["description"])}'
        f"{times(line['quantity'])}</th>"
        f"<td>{money(line['amount_subtotal'], currency)}</td></tr>"
        for line in lines
    )
    discount = session["total_details"]["amount_discount"]
    if discount:
        rows += f'<tr><th scope="row">Discount</th><td>{money(-discount, currency)}</td></tr>'
    rows += f'<tr class="sum"><th scope="row">Total</th><td>{money(session["amount_total"], currency)}</td></tr>'
    return f'<table><caption class="hidden">What you pay for</caption><tbody>{rows}</tbody></table>'
