"""Fatima, who looks after the supporters, and the gifts she writes down."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from receipts.models import Fund
from receipts.months import day_of
from tests.receipts import cast


def fatima() -> Client:
    return cast.signed_in(cast.in_group("Fundraisers", "fatima@example.org"))


def typed(**changes: Any) -> dict[str, str]:
    """A cheque of somebody new, as it is typed."""
    fields = {
        "key": str(uuid.uuid4()),
        "kind": "person",
        "name": "Grace Okafor",
        "email": "grace@example.org",
        "amount": "1,250.50",
        "received_on": str(day_of(timezone.now()) - timedelta(days=3)),
        "method": "cheque",
        "reference": "No. 004711",
        "purpose": f"fund-{Fund.unrestricted().pk}",
        "tribute_kind": "",
        "honouree": "",
        "note": "",
    }
    return {**fields, **{name: str(value) for name, value in changes.items()}}


def record(client: Client, **changes: Any) -> Any:
    return client.post(reverse("offline_gifts:record"), typed(**changes))
