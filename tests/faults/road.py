"""The road between Stripe and us, in the hands of a test: start, pay, deliver, work off, compare."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import stripe
from django.test import Client
from django.urls import reverse

from payments import checkout, worker
from payments.models import Payment, Plan
from receipts import ledger
from receipts.chart import Account
from receipts.models import Payer, Transaction
from tests.offering.models import Offering

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

SECRET = "whsec_test_steadfast"


def signature(body: str, *, secret: str = SECRET, age: int = 0) -> str:
    """A ``Stripe-Signature`` header for a body that left Stripe ``age`` seconds ago."""
    return stripe.WebhookSignature.generate_signature_header(body, secret, int(time.time()) - age)


def event(**changes: Any) -> dict[str, Any]:
    """A believable event about an object that nobody has."""
    return {
        "id": "evt_test_1",
        "object": "event",
        "type": "invoice.paid",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "livemode": False,
        "data": {"object": {"id": "in_unknown", "object": "invoice"}},
        **changes,
    }


def post(body: str, header: str) -> Any:
    """Send a body to the webhook's door, byte for byte."""
    return Client().post(
        reverse("stripe_webhook"), body, content_type="application/json", headers={"Stripe-Signature": header}
    )


def post_event(content: dict[str, Any]) -> Any:
    body = json.dumps(content)
    return post(body, signature(body))


@dataclass
class Road:
    sandbox: Sandbox
    payer: Payer
    started: list[Payment] = field(default_factory=list)

    def start(self, *, amount: int = 5000, interval: str = "", **fields: Any) -> Payment:
        offering = Offering.objects.create(amount=amount, interval=interval, **fields)
        return self.start_again(offering)

    def start_again(self, offering: Offering) -> Payment:
        payment = checkout.start(payer=self.payer, payables=[offering], interval=offering.interval, cancel_path="/")
        self.started.append(payment)
        return payment

    def pay(self, payment: Payment, outcome: str = "paid") -> None:
        """Choose an outcome on Stripe's page."""
        self.sandbox.complete(payment.session_id or "", outcome=outcome)

    def start_and_pay(self, **fields: Any) -> Payment:
        payment = self.start(**fields)
        self.pay(payment)
        return payment

    def deliver(self, *, times: int = 1, types: tuple[str, ...] = (), backwards: bool = False) -> int:
        """Deliver what Stripe holds back (all, or only some types). Returns how many different events that were."""
        held = [one for one in self.sandbox.held() if not types or one["type"] in types]
        for one in reversed(held) if backwards else held:
            for _ in range(times):
                assert post(one["body"], one["header"]).status_code == 200
            self.sandbox.control("POST", f"/_sandbox/deliveries/{one['id']}/drop")
        return len(held)

    def drop(self) -> None:
        """Lose everything that Stripe holds back."""
        for one in self.sandbox.held():
            self.sandbox.control("POST", f"/_sandbox/deliveries/{one['id']}/drop")

    def work_off(self) -> None:
        """Work off all that is due, including what was put off."""
        from django.utils import timezone

        from payments.models import Event

        for _ in range(12):
            Event.objects.filter(status=Event.Status.RECEIVED).update(next_attempt_at=timezone.now())
            if not worker.work_off():
                return

    def deliver_and_work_off(self, **how: Any) -> None:
        self.deliver(**how)
        self.work_off()

    def offering(self, payment: Payment) -> Offering:
        return Offering.objects.get(pk=payment.items.get().payable_id)

    def plan(self, payment: Payment) -> Plan:
        return Plan.objects.get(first_payment=payment)

    def bookings(self, prefix: str = "stripe:ch_") -> list[Transaction]:
        return list(Transaction.objects.filter(reference__startswith=prefix))

    def books_agree(self) -> bool:
        """The ledger's money at Stripe is, to the cent, what the sandbox says it holds."""
        from payments.balance import booked_currencies, stripe_balance

        held = stripe_balance()
        return all(
            ledger.account_balance(Account.STRIPE, currency=currency) == held.get(currency, 0)
            for currency in {*held, *booked_currencies(), "USD"}
        )
