"""The way of somebody who gives: fill in, check, go to Stripe's page, pay, come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from membership.models import Gift
from payments.models import Payment
from tests.membership.way import TYPED, Way

GIFT = {
    **{field: TYPED[field] for field in ("name", "email", "line1", "line2", "city", "region", "postcode", "country")},
    "frequency": "once",
    "amount": "5000",
    "other_amount": "",
    "purpose": "any",
    "giver": "person",
    "organisation": "",
    "wall_name": "",
    "message": "",
    "came_from": "",
    "website": "",
}


@dataclass
class Giver(Way):
    def look(self, step: str, **changes: Any) -> Any:
        self.last = self.client.post(reverse("give"), {**GIFT, **changes, "step": step})
        return self.last

    def give(self, **changes: Any) -> Payment:
        """Up to Stripe's page, with the sum that the page before has shown."""
        review = self.look("review", **changes)
        assert review.status_code == 200, review.context["form"].errors
        response = self.look("pay", **changes, total=str(review.context["total"]))
        assert response.status_code == 303, response.status_code
        return Payment.objects.latest("pk")


def only_gift() -> Gift:
    return Gift.objects.select_related("payer", "fund", "campaign").get()
