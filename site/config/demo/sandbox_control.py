"""The sandbox's own controls, which the real Stripe does not have: its clock, and what its customers do."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.request import Request, urlopen

from django.conf import settings


def control(path: str, **order: Any) -> Any:
    """Send one order to the sandbox, which listens on loopback only."""
    request = Request(  # noqa: S310 - the address is our own setting
        f"{settings.STRIPE_SANDBOX_URL}/_sandbox/{path}",
        data=json.dumps(order).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    with urlopen(request, timeout=60) as answer:  # noqa: S310
        return json.loads(answer.read() or "null")


def move_clock(to: datetime) -> None:
    control("clock/advance", to=int(to.timestamp()))


def start_clock(at: datetime) -> None:
    """Put the clock back; it may go back only while nothing has happened yet."""
    control("clock/set", to=int(at.timestamp()))
