"""Who stands at Stripe's hosted page and pays: the sandbox's control, or a browser at the real one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

KEY = os.environ.get("STRIPE_CONTRACT_KEY", "")
WHY_SKIPPED = (
    "The contract with the real Stripe is checked when STRIPE_CONTRACT_KEY holds a test key (sk_test_…) and the "
    "network reaches Stripe; neither is needed for anything else."
)
# Stripe's documented test card that is always paid: https://docs.stripe.com/testing
CARD = "4242424242424242"


class Till(Protocol):
    # How long Stripe may take before an answer counts as missing, in seconds.
    patience: float

    def pay(self, session_id: str, url: str) -> None: ...


class SandboxTill:
    patience = 5.0

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def pay(self, session_id: str, url: str) -> None:
        self.sandbox.complete(session_id, outcome="paid")


class StripeTill:
    """Fills Stripe's own page in a real browser. The page's labels are Stripe's and may change."""

    patience = 120.0

    def __init__(self, browser: Any) -> None:
        self.browser = browser

    def pay(self, session_id: str, url: str) -> None:
        page = self.browser.new_page()
        page.goto(url)
        page.get_by_label("Card number").fill(CARD)
        page.get_by_label("Expiration").fill("12 / 40")
        page.get_by_label("CVC").fill("123")
        page.get_by_label("Cardholder name").fill("Bob Buyer")
        zip_code = page.get_by_label("ZIP")
        if zip_code.count():
            zip_code.fill("10001")
        page.get_by_test_id("hosted-payment-submit-button").click()
        # It redirects to an address of ours that nobody serves here: leaving Stripe's page is what counts.
        page.wait_for_url(lambda address: "checkout.stripe.com" not in address, timeout=60_000)
        page.close()
