"""What makers are owed for what was sold of theirs: the one place where orders speak of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from shop.makers import accruing

if TYPE_CHECKING:
    from shop.models import OrderLine


def accrue(line: OrderLine, units: int) -> None:
    """The maker of these units is owed their pay from now on."""
    accruing.accrue(line, units, occurred_at=line.order.placed_at or timezone.now())


def take_back(line: OrderLine, units: int) -> None:
    """These units were not sold after all, or came back: their pay is owed no more.

    Told after they were counted on the line: how many have gone back by now names the occasion.
    """
    line.refresh_from_db(fields=["cancelled", "returned"])
    accruing.take_back(line, units, key=f"back:{line.cancelled + line.returned}", occurred_at=timezone.now())
