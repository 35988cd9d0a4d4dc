"""The page a visitor sees: plain, labelled, without scripts, and never asking for a card."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urlencode

from tests.stripe_sandbox.shop import Shop

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Outline(HTMLParser):
    """Ids, labels and elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def post(shop: Shop, path: str, **fields: str) -> tuple[int, dict[str, str], str]:
    return shop.sandbox.request("POST", path, urlencode(fields), FORM)


def path_of(shop: Shop, url: str) -> str:
    assert url.startswith(shop.sandbox.url)
    return url.removeprefix(shop.sandbox.url)


def test_the_page_shows_what_is_paid_for_and_that_no_money_moves(shop: Shop) -> None:
    session = shop.open_membership(cancel_url="https://example.org/back")
    status, headers, text = shop.sandbox.request("GET", path_of(shop, session.url))
    assert status == 200
    for wanted in (
        "Friend of the house",
        "$10.00",
        "Every month",
        "no money moves",
        "alice@example.org",
        "https://example.org/back",
    ):
        assert wanted in text
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "form-action 'self' https://example.org" in headers["Content-Security-Policy"]


def test_every_input_has_a_label_and_none_takes_a_card(shop: Shop) -> None:
    _, _, text = shop.sandbox.request("GET", path_of(shop, shop.open_gift().url))
    outline = Outline(text)
    labelled = {label["for"] for label in outline.all("label")}
    inputs = outline.all("input")
    assert len(inputs) > 7
    assert all(each["id"] in labelled for each in inputs)
    assert not re.search(r"cc-number|card number", text, re.IGNORECASE)
    assert outline.all("script") == [] and not re.search(r'\son\w+=|style="', text)
    assert outline.all("html")[0]["lang"] == "en"
    assert len(outline.all("main")) == len(outline.all("h1")) == len(outline.all("legend")) == 1


def test_paying_sends_the_visitor_back_with_the_session(shop: Shop) -> None:
    session = shop.open_gift()
    path = path_of(shop, session.url)
    status, headers, _ = post(shop, path, outcome="paid", email="bob@example.org", name="Bob Buyer", city="Riga")
    assert (status, headers["Location"]) == (303, f"https://example.org/thanks/{session.id}")
    paid = shop.api.checkout.sessions.retrieve(session.id)
    assert (paid.payment_status, paid.customer_details.name, paid.customer_details.address.city) == (
        "paid",
        "Bob Buyer",
        "Riga",
    )
    status, headers, _ = shop.sandbox.request("GET", path)
    assert (status, headers["Location"]) == (303, f"https://example.org/thanks/{session.id}")
    assert post(shop, path, outcome="paid", email="bob@example.org")[0] == 303
    assert shop.sandbox.count("charge") == 1


def test_a_declined_card_says_so_and_can_be_tried_again(shop: Shop) -> None:
    session = shop.open_gift()
    path = path_of(shop, session.url)
    status, _, text = post(shop, path, outcome="declined", email="bob@example.org")
    assert status == 402
    assert "Your card was declined." in text
    assert 'value="bob@example.org"' in text
    assert post(shop, path, outcome="paid", email="bob@example.org")[0] == 303


def test_leaving_goes_back_to_the_website(shop: Shop) -> None:
    session = shop.open_gift(cancel_url="https://example.org/back")
    status, headers, _ = post(shop, path_of(shop, session.url), outcome="abandon")
    assert (status, headers["Location"]) == (303, "https://example.org/back")


def test_a_missing_address_is_named_beside_its_field(shop: Shop) -> None:
    session = shop.open_gift()
    status, _, text = post(shop, path_of(shop, session.url), outcome="paid", email="<b>nobody")
    assert status == 422
    assert 'id="email-error"' in text
    assert "<b>nobody" not in text and "&lt;b&gt;nobody" in text
    assert shop.api.checkout.sessions.retrieve(session.id).status == "open"


def test_an_expired_or_unknown_session_says_so(shop: Shop) -> None:
    session = shop.open_gift()
    shop.api.checkout.sessions.expire(session.id)
    assert shop.sandbox.request("GET", path_of(shop, session.url))[0] == 410
    assert shop.sandbox.request("GET", "/c/pay/cs_test_none")[0] == 404


def test_a_name_with_markup_is_shown_as_text(shop: Shop) -> None:
    data = {"currency": "usd", "unit_amount": 900, "product_data": {"name": "<script>alert(1)</script>"}}
    session = shop.open_gift(line_items=[{"price_data": data, "quantity": 3}])
    _, _, text = shop.sandbox.request("GET", path_of(shop, session.url))
    assert "<script>" not in text
    assert "&lt;script&gt;" in text and "$27.00" in text


def test_yen_have_no_cents_on_the_page(shop: Shop) -> None:
    data = {"currency": "jpy", "unit_amount": 1500, "product_data": {"name": "x"}}
    session = shop.open_gift(line_items=[{"price_data": data, "quantity": 1}])
    assert "¥1,500<" in shop.sandbox.request("GET", path_of(shop, session.url))[2]


def test_an_overdue_invoice_can_be_paid_on_its_page(shop: Shop) -> None:
    subscription = shop.join()
    shop.sandbox.next_outcome(subscription.id, "declined")
    shop.sandbox.advance(days=31)
    path = path_of(shop, shop.invoices(subscription)[0].hosted_invoice_url)
    assert "Pay $10.00" in shop.sandbox.request("GET", path)[2]
    assert post(shop, path, outcome="declined")[0] == 402
    assert post(shop, path, outcome="nonsense")[0] == 422
    assert ": paid" in post(shop, path, outcome="paid")[2]
    assert shop.subscription(subscription).status == "active"


def test_the_control_api_answers_no_other_sites_pages(shop: Shop) -> None:
    status, _, _ = shop.sandbox.request("POST", "/_sandbox/reset", headers={"Origin": "https://evil.example"})
    assert status == 403


def test_a_foreign_name_for_this_address_opens_no_controls(shop: Shop) -> None:
    shop.give()
    headers = {"Host": "rebound.example", "Origin": "http://rebound.example"}
    assert shop.sandbox.request("POST", "/_sandbox/reset", headers=headers)[0] == 403
    assert shop.sandbox.request("POST", "/", "days=31", {**FORM, **headers})[0] == 403
    assert shop.sandbox.count("charge") == 1
