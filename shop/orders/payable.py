"""An order as payments knows it. What each answer does is in ``shop.orders.paying``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from shop.orders import paying, taken_back

if TYPE_CHECKING:
    from payments.payables import Line
    from receipts.models import Transaction
    from shop.models import Order


class PayableOrder:
    """None of these talks to the network: they commit or vanish with the money."""

    def lines(self) -> Sequence[Line]:
        return paying.lines_of(self._order)

    def pending(self) -> None:
        paying.hold(self._order)

    def paid(self, transaction: Transaction | None) -> None:
        paying.place(self._order, transaction)

    def refunded(self, transaction: Transaction) -> None:
        taken_back.follow(self._order, transaction)

    def refund_failed(self, transaction: Transaction) -> None:
        """What was cancelled stays cancelled; the issue that payments opens asks staff to pay it another way."""

    def released(self) -> None:
        paying.let_go(self._order)

    @property
    def _order(self) -> Order:
        return cast("Order", self)
