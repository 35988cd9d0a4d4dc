"""A small shop at the sandbox: what the tests sell, and how somebody buys it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import stripe

from tests.sandbox_client import Sandbox

RETURN = "https://example.org/thanks/{CHECKOUT_SESSION_ID}"


@dataclass
class Shop:
    sandbox: Sandbox

    @property
    def api(self) -> Any:
        return self.sandbox.client.v1

    @cached_property
    def product(self) -> Any:
        return self.api.products.create({"name": "Friend of the house"})

    @cached_property
    def monthly(self) -> Any:
        return self.price(1000, interval="month")

    @cached_property
    def customer(self) -> Any:
        return self.api.customers.create({"email": "alice@example.org", "name": "Alice Member"})

    def price(self, amount: int, *, interval: str, **more: Any) -> Any:
        params = {
            "product": self.product.id,
            "currency": "usd",
            "unit_amount": amount,
            "recurring": {"interval": interval},
        }
        return self.api.prices.create({**params, **more})

    def open_gift(self, amount: int = 2500, **more: Any) -> Any:
        price_data = {"currency": "usd", "unit_amount": amount, "product_data": {"name": "A gift"}}
        params = {"mode": "payment", "line_items": [{"price_data": price_data, "quantity": 1}], "success_url": RETURN}
        return self.api.checkout.sessions.create({**params, **more})

    def open_membership(self, price: Any = None, **more: Any) -> Any:
        line = {"price": (price or self.monthly).id, "quantity": 1}
        params = {"mode": "subscription", "line_items": [line], "success_url": RETURN}
        params |= {} if "customer_email" in more else {"customer": self.customer.id}
        return self.api.checkout.sessions.create({**params, **more})

    def give(self, amount: int = 2500, outcome: str = "paid", **more: Any) -> Any:
        """A gift, paid; returns its charge with its balance transaction."""
        session = self.open_gift(amount, **more)
        self.sandbox.complete(session.id, outcome)
        paid = self.api.checkout.sessions.retrieve(
            session.id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
        )
        return paid.payment_intent.latest_charge

    def join(self, outcome: str = "paid", **more: Any) -> Any:
        """A membership, joined; returns the subscription."""
        session = self.open_membership(**more)
        self.sandbox.complete(session.id, outcome)
        return self.api.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]}).subscription

    def subscription(self, subscription: Any) -> Any:
        return self.api.subscriptions.retrieve(subscription.id)

    def invoices(self, subscription: Any) -> list[Any]:
        """Newest first."""
        return list(self.api.invoices.list({"subscription": subscription.id, "limit": 100}).data)

    def told(self, *prefixes: str) -> list[str]:
        """The types of the events so far, oldest first."""
        types = [delivery["type"] for delivery in self.sandbox.deliveries()]
        return [each for each in types if not prefixes or each.startswith(prefixes)]


def refused(call: Any, *arguments: Any) -> stripe.StripeError:
    """The error that a call must raise."""
    try:
        call(*arguments)
    except stripe.StripeError as error:
        return error
    raise AssertionError("The sandbox accepted what it must refuse")
