"""Starts the Stripe sandbox as its own process and drives it by the real SDK and by its control API."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import stripe

ROOT = Path(__file__).resolve().parent.parent
KEY = "sk_test_steadfast"
WEBHOOK_SECRET = "whsec_test_steadfast"
DAY = 86400


class ControlError(Exception):
    """The control API refused; ``status`` is its HTTP status."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


class Sandbox:
    """One running sandbox."""

    def __init__(self, url: str, process: subprocess.Popen[str], webhook_secret: str) -> None:
        self.url = url
        self.process = process
        self.webhook_secret = webhook_secret
        self.client = self.make_client()

    def make_client(self, key: str = KEY, retries: int = 0) -> stripe.StripeClient:
        stripe.enable_telemetry = False
        return stripe.StripeClient(
            key,
            base_addresses={"api": self.url},
            max_network_retries=retries,
            http_client=stripe.RequestsClient(timeout=(4, 25)),
        )

    def request(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], str]:
        """Any HTTP request: (status, headers, text)."""
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        try:
            connection.request(method, path, body.encode() or None, headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def control(self, method: str, path: str, **order: Any) -> Any:
        """Call ``/_sandbox/<path>``; a GET takes its order as a query."""
        address = "/_sandbox/" + path.removeprefix("/_sandbox").lstrip("/")
        if method == "GET" and order:
            address += "?" + urlencode(order)
        body = json.dumps(order) if method != "GET" else ""
        status, _, text = self.request(method, address, body, {"Content-Type": "application/json"})
        if status != 200:
            raise ControlError(status, text)
        return json.loads(text)

    def reset(self) -> None:
        self.control("POST", "reset")

    def settings(self, **changes: Any) -> dict[str, Any]:
        return dict(self.control("POST", "settings", **changes))

    def now(self) -> int:
        return int(self.control("GET", "clock")["now"])

    def advance(self, seconds: int = 0, *, days: int = 0) -> int:
        return int(self.control("POST", "clock/advance", seconds=seconds + days * DAY)["now"])

    def complete(self, session_id: str, outcome: str = "paid", **details: Any) -> dict[str, Any]:
        """The visitor's choice at the hosted checkout; ``details``: email, name, address, or a ``card`` by its name."""
        return dict(self.control("POST", f"checkout/{session_id}/complete", outcome=outcome, **details))

    def next_outcome(self, subscription_id: str, outcome: str, times: int = 1) -> None:
        """What the next charges of the card that the subscription has now will say: ``paid``, ``declined``,
        ``authentication_required``, or any name in ``stripe_sandbox.declines.DECLINES``."""
        self.control("POST", f"subscriptions/{subscription_id}/next_outcome", outcome=outcome, times=times)

    # -- Cards

    def new_card(self, customer_id: str, card: str = "paid") -> str:
        """The customer enters another card, as in the portal: it is their default, and no subscription's own.

        ``card`` is a name in ``stripe_sandbox.cards.CARDS``: ``paid``, ``mastercard``, ``expires_next_month``,
        ``declined``, ``insufficient_funds``, ``authentication_required``, ``lost_card`` … Returns its id.
        """
        return str(self.control("POST", f"customers/{customer_id}/card", card=card)["id"])

    def set_card_expiry(self, payment_method_id: str, *, month: int, year: int, silent: bool = False) -> None:
        """The card expires then; told by ``payment_method.automatically_updated`` unless ``silent``."""
        self.control("POST", f"payment_methods/{payment_method_id}/expiry", month=month, year=year, silent=silent)

    # -- The Dashboard's buttons

    def change_subscription(self, subscription_id: str, **order: Any) -> dict[str, Any]:
        """Staff change ``amount``, ``interval`` or ``interval_count``, from the next period on.

        ``proration_behavior`` may ask for more.
        """
        return dict(self.control("POST", f"subscriptions/{subscription_id}/change", **order))

    def pause_subscription(self, subscription_id: str, resumes_at: int | None = None, behavior: str = "void") -> None:
        """Staff pause the collection, perhaps until a moment of the sandbox's clock."""
        order = {"behavior": behavior, "resumes_at": resumes_at}
        self.control("POST", f"subscriptions/{subscription_id}/pause", **order)

    def resume_subscription(self, subscription_id: str) -> None:
        """Staff resume what was paused, or what stands still (``paused``) since its payments failed."""
        self.control("POST", f"subscriptions/{subscription_id}/resume")

    def cancel_subscription(self, subscription_id: str, *, at_period_end: bool = False) -> None:
        """Staff cancel it, at once or at the end of the period."""
        self.control("POST", f"subscriptions/{subscription_id}/cancel", at_period_end=at_period_end)

    def keep_subscription(self, subscription_id: str) -> None:
        """Staff call off the end that was planned."""
        self.control("POST", f"subscriptions/{subscription_id}/keep")

    def delete_customer(self, customer_id: str) -> None:
        """Staff delete the customer; their subscriptions end at once."""
        self.control("POST", f"customers/{customer_id}/delete")

    def pay_invoice(self, invoice_id: str, outcome: str = "paid", *, out_of_band: bool = False) -> dict[str, Any]:
        """The payer pays an open invoice on its page; or staff mark it paid outside Stripe."""
        order = {"outcome": outcome, "out_of_band": out_of_band}
        return dict(self.control("POST", f"invoices/{invoice_id}/pay", **order))

    def overpay_invoice(self, invoice_id: str, amount: int, *, out_of_band: bool = False) -> dict[str, Any]:
        """The payer pays ``amount`` more than was asked; it becomes their credit at Stripe."""
        return dict(self.control("POST", f"invoices/{invoice_id}/overpay", amount=amount, out_of_band=out_of_band))

    def void_invoice(self, invoice_id: str) -> None:
        """Staff void an open invoice."""
        self.control("POST", f"invoices/{invoice_id}/void")

    def write_off_invoice(self, invoice_id: str) -> None:
        """Staff mark an open invoice uncollectible."""
        self.control("POST", f"invoices/{invoice_id}/uncollectible")

    # -- Deliveries

    def deliveries(self, state: str | None = None) -> list[dict[str, Any]]:
        return list(self.control("GET", "deliveries", **({"state": state} if state else {})))

    def held(self) -> list[dict[str, Any]]:
        """Deliveries that wait to be fetched, oldest first: ``body`` and ``header`` are ready to post."""
        return self.deliveries("held")

    def drop(self, delivery_id: str) -> None:
        self.control("POST", f"deliveries/{delivery_id}/drop")

    def mark_sent(self, delivery_id: str) -> None:
        """Tell the sandbox that a held delivery was posted by the test itself."""
        self.control("POST", f"deliveries/{delivery_id}/sent")

    def fault(self, route: str, kind: str, times: int = 1, seconds: float = 1) -> None:
        self.control("POST", "faults", route=route, kind=kind, times=times, seconds=seconds)

    def clear_faults(self) -> None:
        self.control("DELETE", "faults")

    def log(self) -> list[dict[str, Any]]:
        return list(self.control("GET", "log"))

    def clear_log(self) -> None:
        self.control("DELETE", "log")

    def money(self) -> dict[str, Any]:
        return dict(self.control("GET", "money"))

    def ids(self, kind: str) -> list[str]:
        """The ids of all objects of a kind, such as ``checkout.session``, oldest first."""
        return list(self.control("GET", "objects", kind=kind))

    def count(self, kind: str) -> int:
        return len(self.ids(kind))

    def forget_events(self) -> None:
        """As after more than 30 days: no event can be read or delivered any more."""
        self.control("DELETE", "events")

    def event(self, kind: str, body: dict[str, Any], **order: Any) -> dict[str, Any]:
        return dict(self.control("POST", "events", type=kind, object=body, **order))

    def settle_in(self, currency: str, **rates: str) -> None:
        """Let everything settle in one currency: ``settle_in("usd", eur="1.0834")``."""
        self.settings(settlement_currency=currency, exchange_rates=rates)

    def show_in(self, currency: str, rate: str) -> None:
        """Let shoppers see (and pay) another currency than ours, as adaptive pricing does."""
        self.settings(presentment={"currency": currency, "rate": rate})

    def warn_of_fraud(self, charge_id: str, fraud_type: str = "made_with_stolen_card") -> dict[str, Any]:
        """The card's issuer warns early that a charge is fraud."""
        return dict(self.control("POST", f"charges/{charge_id}/fraud_warning", fraud_type=fraud_type))

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def start_sandbox(
    *, webhook_secret: str = WEBHOOK_SECRET, webhook_url: str | None = None, state: str = ":memory:", port: int = 0
) -> Iterator[Sandbox]:
    """A sandbox process of one's own; without ``webhook_url`` every delivery waits in ``held()``."""
    command = [sys.executable, "-m", "stripe_sandbox", "--port", str(port), "--state", state]
    command += ["--webhook-secret", webhook_secret]
    command += ["--webhook-url", webhook_url] if webhook_url else []
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "site"), "STRIPE_SANDBOX_STRICT": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    line = process.stdout.readline()
    if " on http" not in line:
        process.kill()
        raise RuntimeError(f"The sandbox did not start: {line!r}")
    sandbox = Sandbox(line.split(" on ")[1].strip(), process, webhook_secret)
    try:
        yield sandbox
    finally:
        sandbox.stop()
        process.stdout.close()


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Sandbox]:
    """One process for the whole run; tests take ``sandbox``, which begins empty."""
    with start_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_process: Sandbox) -> Sandbox:
    sandbox_process.reset()
    return sandbox_process
