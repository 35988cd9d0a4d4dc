"""The way of somebody who gives: fill in, check, go to Stripe's page, pay, come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from membership.models import Gift, Tribute
from membership.states import State
from payments.models import Payment
from receipts.models import Fund, Payer
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


def make_gifts(number: int, *, user: Any = None) -> None:
    """Many gifts at once, for counting queries; every second one in somebody's memory."""
    start, fund, now = Payer.objects.count(), Fund.unrestricted(), timezone.now()
    payers = Payer.objects.bulk_create(
        Payer(name=f"Giver {i}", email=f"g{i}@example.org", fingerprint=f"giver {i}", user=user)
        for i in range(start, start + number)
    )
    gifts = Gift.objects.bulk_create(
        Gift(payer=payer, fund=fund, amount=5000, currency="USD", state=State.GIVEN, started_at=now) for payer in payers
    )
    Tribute.objects.bulk_create(Tribute(gift=gift, kind="memory", honouree="Mary") for gift in gifts[::2])
