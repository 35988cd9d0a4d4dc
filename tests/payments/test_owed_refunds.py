"""What goes back by itself: parts of lines that a card can be given back, asked for once, or left to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.models import Issue, OwedRefund, OwedRefundLine, Payment, PaymentLine, Refund
from payments.owed import give_back_all, owe, parts_of
from payments.refund_parts import LineLeft
from tests.payments.basket import paid

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox


class Owed:
    """As much of a row as is asked here, without a database."""

    def __init__(self, line: PaymentLine, quantity: int, percent: int) -> None:
        self.lines = self
        self.rows = [OwedRefundLine(line=line, quantity=quantity, percent=percent)]

    def all(self) -> list[OwedRefundLine]:
        return self.rows


@pytest.mark.parametrize(("currency", "step"), [("JPY", 1), ("USD", 1), ("KWD", 10)])
@given(gross=st.integers(1, 10**7), rate=st.integers(0, 30), quantity=st.integers(1, 5), percent=st.integers(1, 100))
def test_a_part_is_at_least_what_is_owed_and_a_card_can_take_it(
    currency: str, step: int, gross: int, rate: int, quantity: int, percent: int
) -> None:
    gross *= step
    tax = gross * rate // (100 + rate)
    line = PaymentLine(pk=1, payment=Payment(currency=currency), amount=gross - tax, tax=tax, quantity=quantity)
    left = LineLeft(line=line, amount=gross - tax, tax=tax, quantity=quantity)
    owed = Owed(line, quantity, percent)
    for part in parts_of(owed, [left]):  # type: ignore[arg-type]
        assert left.holds(part) and part.gross % step == 0
        assert 0 <= 100 * part.gross - gross * percent < 100 * step


@pytest.mark.django_db
def test_what_stripe_refused_before_we_could_say_so_is_told_by_the_next_run(connected_sandbox: Sandbox) -> None:
    payment = paid(connected_sandbox)
    line = payment.lines.all()[0]
    owed = owe(payment, [(line, 1, 50)], cause="a thing:1", reason="Cancelled")
    assert owed
    OwedRefund.objects.update(settled_at=None, refund=None)
    Refund.objects.all().delete()
    Refund.objects.create(payment=payment, amount=595, reason=owed.mark, status=Refund.Status.FAILED)
    assert give_back_all() == 0
    assert OwedRefund.objects.get().problem == "Stripe refused it."
    assert Issue.objects.filter(kind="refund_failed", closed_at=None).exists()
