"""What a line says of how many and of which taxes is kept, from the checkout to the terms of a plan."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError

from payments import checkout, terms
from payments.models import PaymentLine
from payments.payables import fingerprint, taxes_within
from tests.offering.models import Offering
from tests.receipts.books import a_payer

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

GST, QST = (
    {"name": "GST", "rate": "5.0000", "amount": 250},
    {"name": "QST", "rate": "9.9750", "amount": 499},
)
CANDLES = {"quantity": 4, "tax": 749, "taxes": [GST, QST], "subject": "orderline:1"}


def test_a_checkout_keeps_quantity_and_taxes(connected_sandbox: Sandbox) -> None:
    offering = Offering.objects.create(parts=[CANDLES])
    line = checkout.start(payer=a_payer(), payables=[offering], cancel_path="/").lines.get()
    assert (line.quantity, line.amount, line.tax, line.taxes) == (4, 5000, 749, [GST, QST])


@pytest.mark.parametrize("changed", [{"quantity": 3}, {"taxes": (GST, {**QST, "rate": "9.9700"})}])
def test_another_quantity_or_rate_is_another_checkout(changed: dict[str, Any]) -> None:
    (line,) = Offering(parts=[CANDLES]).lines()
    assert fingerprint([line], "") != fingerprint([dataclasses.replace(line, **changed)], "")


def test_a_line_of_nothing_and_taxes_that_do_not_sum_are_refused() -> None:
    (line,) = Offering(parts=[CANDLES]).lines()
    with pytest.raises(ValueError, match="one thing or more"):
        dataclasses.replace(line, quantity=0)
    with pytest.raises(ValueError, match="sum to its tax"):
        dataclasses.replace(line, tax=748)


def test_the_database_refuses_a_line_of_nothing(connected_sandbox: Sandbox) -> None:
    checkout.start(payer=a_payer(), payables=[Offering.objects.create()], cancel_path="/")
    with pytest.raises(IntegrityError):
        PaymentLine.objects.update(quantity=0)


def test_part_of_a_plan_carries_the_same_part_of_its_taxes(connected_sandbox: Sandbox) -> None:
    offering = Offering.objects.create(interval="month", parts=[CANDLES])
    payment = checkout.start(payer=a_payer(), payables=[offering], interval="month", cancel_path="/")

    class Terms:
        lines = payment.lines

    (part,) = terms.part_of(Terms, 2875)  # type: ignore[arg-type]
    assert (part["amount"], part["tax"], part["quantity"]) == (2500, 375, 4)
    assert [tax["amount"] for tax in part["taxes"]] == [125, 250]


def test_no_tax_is_no_list_of_taxes() -> None:
    assert taxes_within([], 0) == []
    assert taxes_within([{**GST, "amount": 0}], 0) == []


def test_a_line_and_its_row_have_the_same_columns() -> None:
    (line,) = Offering(parts=[CANDLES]).lines()
    row = PaymentLine(**line.values())
    assert row.values() == line.values()
