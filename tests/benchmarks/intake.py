"""How many webhooks a second are on disk before they are answered."""

from __future__ import annotations

import itertools
import json
import time

import stripe

from payments.models import Event
from tests.benchmarks.frame import Size, benchmark, rate_ratio
from tests.benchmarks.server import send_all, serving

EVENTS = 2_000
SECRET = "whsec_test_steadfast"
numbers = itertools.count()


def signed_requests(path: str) -> list[bytes]:
    return [_request(path, next(numbers)) for _ in range(EVENTS)]


def _request(path: str, number: int) -> bytes:
    """One paid invoice of about 3.4 kB, as Stripe sends it."""
    invoice = {"id": f"in_{number}", "object": "invoice", "padding": "x" * 3_100}
    event = {
        "id": f"evt_{number}",
        "object": "event",
        "type": "invoice.paid",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "livemode": False,
        "data": {"object": invoice},
    }
    body = json.dumps(event)
    header = stripe.WebhookSignature.generate_signature_header(body, SECRET)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Stripe-Signature: {header}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


@benchmark(
    name="webhook intake, durable, per second",
    against="a view that only verifies the signature",
    goal=0.5,
    better="higher",
)
def webhook_intake(size: Size) -> float:
    ready = {path: [signed_requests(path) for _ in range(6)] for path in ("/stripe/webhook/", "/only-verify/")}
    with serving() as port:
        ratio = rate_ratio(
            lambda: send_all(port, ready["/stripe/webhook/"].pop()),
            lambda: send_all(port, ready["/only-verify/"].pop()),
            rounds=5,
        )
    if Event.objects.count() != 6 * EVENTS:
        raise RuntimeError(f"{6 * EVENTS} events were answered, {Event.objects.count()} are on disk.")
    return ratio
