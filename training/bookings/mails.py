"""What people who booked are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.models import Booking


def confirmed(booking: Booking) -> None:
    """Their seats are theirs."""


def full(booking: Booking) -> None:
    """It was paid when no seat was left: the money is on its way back."""
