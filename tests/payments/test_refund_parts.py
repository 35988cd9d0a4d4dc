"""However a line is given back, piece by piece: never more than is left of it, and in the end all of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from hypothesis import assume, given
from hypothesis import strategies as st

from payments.models import Payment, PaymentLine
from payments.refund_parts import LineLeft, RefundPart
from receipts.ledger import nearest_to

AMOUNTS = st.integers(0, 10**12)


def a_line(amount: int, tax: int, quantity: int, currency: str = "USD") -> LineLeft:
    line = PaymentLine(payment=Payment(currency=currency), amount=amount, tax=tax, quantity=quantity)
    return LineLeft(line=line, amount=amount, tax=tax, quantity=quantity)


def less(left: LineLeft, part: RefundPart) -> LineLeft:
    assert left.holds(part)
    return LineLeft(
        line=left.line,
        amount=left.amount - part.amount,
        tax=left.tax - part.tax,
        quantity=left.quantity - part.quantity,
    )


@given(amount=AMOUNTS, tax=AMOUNTS, quantity=st.integers(1, 500), steps=st.lists(st.integers(1, 200), max_size=8))
def test_quantities_sum_to_the_line(amount: int, tax: int, quantity: int, steps: list[int]) -> None:
    left = a_line(amount, tax, quantity)
    for step in steps:
        left = less(left, left.of_quantity(min(step, left.quantity)))
    left = less(left, left.of_quantity(left.quantity))
    assert left.is_nothing


def test_one_of_two_costs_what_the_shelf_said() -> None:
    # 15.00 each, of which a twentieth is tax: 28.57 and 1.43 for both.
    assert a_line(2857, 143, 2).of_quantity(1).gross == 1500


@given(each=st.integers(1, 10**6), quantity=st.integers(2, 9), off=st.integers(0, 10**5), rate=st.integers(0, 30))
def test_of_three_decimals_every_part_can_be_given_back_to_a_card(
    each: int, quantity: int, off: int, rate: int
) -> None:
    gross = max(10 * (each * quantity - off), 0)
    tax = gross * rate // (100 + rate)
    left = a_line(gross - tax, tax, quantity, "KWD")
    for _ in range(quantity):
        part = left.of_quantity(1)
        assert part.gross % 10 == 0
        left = less(left, part)
    assert left.is_nothing


@given(amount=AMOUNTS, tax=AMOUNTS, quantity=st.integers(1, 9), shares=st.lists(st.integers(0, 100), max_size=6))
def test_amounts_and_quantities_mixed_never_exceed_it(amount: int, tax: int, quantity: int, shares: list[int]) -> None:
    left = a_line(amount, tax, quantity)
    for place, share in enumerate(shares):
        if place % 2 and left.quantity:
            part = left.of_quantity(1)
        else:
            part = left.of_amount(left.gross * share // 100)
            assert part.gross == left.gross * share // 100
        left = less(left, part)
    assert less(left, left.of_amount(left.gross)).gross == 0


@given(
    rests=st.lists(st.integers(1, 10**9), min_size=1, max_size=6),
    wanted=st.lists(st.integers(0, 10**9), min_size=6, max_size=6),
    share=st.integers(1, 100),
)
def test_what_cannot_be_had_of_a_line_comes_from_the_others(rests: list[int], wanted: list[int], share: int) -> None:
    left = cast(Any, [(SimpleNamespace(pk=key), rest) for key, rest in enumerate(rests)])
    amount = sum(rests) * share // 100
    assume(amount)
    taken = dict(nearest_to(left, amount, dict(enumerate(wanted))))
    assert sum(taken.values()) == amount
    assert all(0 < part <= rests[key] for key, part in taken.items())
    if sum(min(rest, want) for rest, want in zip(rests, wanted, strict=False)) <= amount:
        assert all(taken.get(key, 0) >= min(rest, wanted[key]) for key, rest in enumerate(rests))
