"""The way of a visitor: fill in, check, go to Stripe's page, pay, come back; and what Stripe tells later."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from membership.models import Membership, Tier
from payments import worker
from payments.models import Event, Payment
from tests.faults.road import post
from tests.reading import text_of as text_of

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

TYPED = {
    "interval": "month",
    "amount": "",
    "name": "Alice Adams",
    "email": "alice@example.org",
    "line1": "1 Harbour Street",
    "line2": "",
    "city": "Portland",
    "region": "ME",
    "postcode": "04101",
    "country": "US",
    "website": "",
}


@dataclass
class Way:
    sandbox: Sandbox
    client: Client
    last: Any = field(default=None)

    @staticmethod
    def typed(**changes: Any) -> dict[str, Any]:
        return {**TYPED, **changes}

    def send(self, tier: Tier, step: str, **changes: Any) -> Any:
        self.last = self.client.post(tier.get_absolute_url(), {**self.typed(**changes), "step": step})
        return self.last

    def join(self, tier: Tier, **changes: Any) -> Payment:
        """Up to Stripe's page."""
        response = self.send(tier, "pay", **changes)
        assert response.status_code == 303, response.status_code
        return Payment.objects.latest("pk")

    def pay(self, payment: Payment | None = None, outcome: str = "paid") -> Payment:
        """Choose an outcome on Stripe's page and come back."""
        payment = payment or Payment.objects.latest("pk")
        self.sandbox.complete(payment.session_id or "", outcome=outcome)
        self.client.get(reverse("checkout_return"), {"session": payment.session_id})
        self.deliver()
        payment.refresh_from_db()
        return payment

    def deliver(self) -> None:
        """Everything that Stripe has to tell, worked off."""
        for one in self.sandbox.held():
            assert post(one["body"], one["header"]).status_code == 200
            self.sandbox.drop(one["id"])
        for _ in range(12):
            Event.objects.filter(status=Event.Status.RECEIVED).update(next_attempt_at=timezone.now())
            if not worker.work_off():
                return

    def advance(self, days: int) -> None:
        self.sandbox.advance(days=days)
        self.deliver()

    def sessions(self) -> int:
        return self.sandbox.count("checkout.session")


def only_membership() -> Membership:
    return Membership.objects.select_related("tier", "payer").get()
