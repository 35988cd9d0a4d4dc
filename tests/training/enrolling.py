"""The way of a trainee: a seat into the basket, the checkout, Stripe's page, what Stripe tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.test import Client
from django.urls import reverse

from payments import owed, worker
from payments.models import Payment
from tests.faults.road import post
from training.goods import KIND, OWN_PRICE_KIND
from training.models import Booking, Ticket

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

DETAILS = {
    "name": "Tess Tanaka",
    "email": "tess@example.org",
    "line1": "12 Lantern Court",
    "city": "Portland",
    "region": "OR",
    "postcode": "97201",
    "country": "US",
}


@dataclass
class Trainee:
    sandbox: Sandbox
    client: Client
    details: dict[str, str] = field(default_factory=lambda: dict(DETAILS))

    def put(self, ticket: Ticket, quantity: int | str = 1, **fields: Any) -> Any:
        kind = OWN_PRICE_KIND if ticket.is_own_price else KIND
        typed = {"kind": kind, "reference": ticket.pk, "quantity": quantity, **fields}
        return self.client.post(reverse("basket_add"), typed)

    def basket(self) -> str:
        """What the basket's page says."""
        return " ".join(self.client.get(reverse("basket")).content.decode().split())

    def check_out(self) -> Any:
        """From the basket to Stripe's page; the answer of the last step."""
        self.client.post(reverse("checkout_details"), self.details)
        looked = self.client.get(reverse("checkout_review"))
        total = looked.context["quote"].total if looked.context else 0
        return self.client.post(reverse("checkout_review"), {"step": "pay", "total": total})

    def pay(self, outcome: str = "") -> Payment:
        """Pay what was checked out last, and let Stripe tell."""
        payment = Payment.objects.order_by("-pk")[0]
        self.sandbox.complete(payment.session_id or "", **({"outcome": outcome} if outcome else {}))
        self.hear()
        payment.refresh_from_db()
        return payment

    def book(self, ticket: Ticket, quantity: int = 1, **fields: Any) -> Booking:
        """A booking that is paid for."""
        self.put(ticket, quantity, **fields)
        assert self.check_out().status_code == 303
        self.pay()
        booking = Booking.objects.order_by("-pk")[0]
        assert booking.state == Booking.State.PAID
        return booking

    def hear(self) -> None:
        """Stripe delivers what it has to say, and the worker works it off."""
        for held in self.sandbox.held():
            post(held["body"], held["header"])
            self.sandbox.mark_sent(held["id"])
        while worker.work_off():
            pass

    def give_back(self) -> int:
        """What the clock does for refunds that are owed, and what Stripe then tells."""
        settled = owed.give_back_all()
        self.hear()
        return settled
