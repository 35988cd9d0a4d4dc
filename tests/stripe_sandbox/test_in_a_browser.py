"""The hosted pages in a real browser: accessible, and the way back to the website is open."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from tests.stripe_sandbox.shop import Shop

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


class Website(BaseHTTPRequestHandler):
    """Any page of the website that the visitor came from."""

    def do_GET(self) -> None:
        body = b"<!doctype html><html lang=en><title>Thanks</title><h1>Welcome back</h1>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def website() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Website)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def violations(page: Page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['help']} {[node['target'] for node in each['nodes']]}" for each in found]


def test_paying_in_a_browser_leads_back_to_the_website(shop: Shop, browser: BrowserContext, website: str) -> None:
    session = shop.open_gift(success_url=f"{website}/thanks/{{CHECKOUT_SESSION_ID}}", cancel_url=f"{website}/back")
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(session.url)
    assert violations(page) == []
    page.get_by_role("button", name="Pay $25.00").click()
    assert page.get_by_role("alert").is_visible()
    assert violations(page) == []
    page.get_by_label("E-mail").fill("bob@example.org")
    page.get_by_label("Card is declined").check()
    page.get_by_role("button", name="Pay $25.00").click()
    assert page.get_by_role("alert").get_by_text("Your card was declined.").is_visible()
    page.get_by_label("Payment succeeds").check()
    page.get_by_role("button", name="Pay $25.00").click()
    page.get_by_role("heading", name="Welcome back").wait_for()
    assert page.url == f"{website}/thanks/{session.id}"
    refused_answers = "Failed to load resource: the server responded with a status of 4"
    assert [text for text in complaints if not text.startswith(refused_answers)] == []


def test_the_other_pages_are_accessible_and_fit_a_small_screen(
    shop: Shop, browser: BrowserContext, website: str
) -> None:
    subscription = shop.join()
    shop.sandbox.next_outcome(subscription.id, "declined")
    shop.sandbox.advance(days=31)
    portal = shop.api.billing_portal.sessions.create({"customer": shop.customer.id, "return_url": website})
    addresses = [
        shop.sandbox.url + "/",
        shop.sandbox.url + "/c/pay/none",
        shop.open_membership().url,
        shop.invoices(subscription)[0].hosted_invoice_url,
        portal.url,
    ]
    page = browser.new_page()
    page.set_viewport_size({"width": 320, "height": 800})
    for address in addresses:
        page.goto(address)
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_the_clock_is_moved_from_the_front_page(shop: Shop, browser: BrowserContext) -> None:
    subscription = shop.join()
    page = browser.new_page()
    page.goto(shop.sandbox.url)
    page.get_by_role("button", name="A month later").click()
    page.get_by_text("customer.subscription.updated").first.wait_for()
    assert len(shop.invoices(subscription)) == 2
