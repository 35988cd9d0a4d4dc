"""Many memberships at once, for counting queries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from membership.models import Membership, Tier
from membership.states import State
from receipts.models import Payer


def make_memberships(number: int, *, user: Any = None) -> None:
    tiers = list(Tier.objects.all())
    start = Payer.objects.count()
    payers = Payer.objects.bulk_create(
        Payer(name=f"Payer {i}", email=f"p{i}@example.org", fingerprint=f"row {i}", user=user)
        for i in range(start, start + number)
    )
    now = timezone.now()
    Membership.objects.bulk_create(
        Membership(
            payer=payer,
            tier=tiers[place % len(tiers)],
            interval="month",
            amount=1500,
            currency="USD",
            state=State.ACTIVE,
            started_at=now,
            paid_until=now + timedelta(days=20),
        )
        for place, payer in enumerate(payers)
    )
