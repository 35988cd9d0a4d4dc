"""A booking as payments knows it. What each answer does is in ``training.bookings.paying``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from training.bookings import paying, taken_back

if TYPE_CHECKING:
    from payments.payables import Line
    from receipts.models import Transaction
    from training.models import Booking


class PayableBooking:
    """None of these talks to the network: they commit or vanish with the money."""

    def lines(self) -> Sequence[Line]:
        return paying.lines_of(self._booking)

    def pending(self) -> None:
        paying.hold(self._booking)

    def paid(self, transaction: Transaction | None) -> None:
        paying.place(self._booking, transaction)

    def refunded(self, transaction: Transaction) -> None:
        taken_back.follow(self._booking, transaction)

    def refund_failed(self, transaction: Transaction) -> None:
        """Who cancelled stays cancelled; the issue that payments opens asks staff to pay it another way."""

    def released(self) -> None:
        paying.let_go(self._booking)

    @property
    def _booking(self) -> Booking:
        return cast("Booking", self)
