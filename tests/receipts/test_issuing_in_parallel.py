"""Many at once: real connections, real commits, on whichever database the tests run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, connections

from receipts.invoices import issue_invoice
from receipts.issuing import issue_receipt
from receipts.ledger import RefundTooLarge, record_income, record_refund, unrefunded
from receipts.models import Fund, Invoice, Payer, Receipt, Transaction
from tests.receipts.books import PAID_AT, a_line, a_payer, a_payment, an_issuer, books_balance
from tests.receipts.sold import a_sale

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

ISSUES = 200 if connection.vendor == "postgresql" else 24
AT_ONCE = 8


def in_parallel(work: Any, items: Any) -> list[Any]:
    def one(item: Any) -> Any:
        try:
            return work(item)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(one, items))


@pytest.fixture(autouse=True)
def no_drawing(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}


def test_receipts_issued_at_once_have_no_gap_and_no_double() -> None:
    an_issuer()
    payments = [a_payment() for _ in range(ISSUES)]
    in_parallel(lambda paid: issue_receipt(paid, on=date(2025, 6, 16), sandbox=False), payments)
    assert sorted(Receipt.objects.values_list("number", flat=True)) == list(range(1, ISSUES + 1))
    assert books_balance()


def test_invoices_issued_at_once_have_no_gap_and_no_double() -> None:
    sales = [a_sale(gift=0) for _ in range(ISSUES)]
    in_parallel(lambda sale: issue_invoice(*sale, on=date(2025, 6, 16), sandbox=False), sales)
    assert sorted(Invoice.objects.values_list("number", flat=True)) == list(range(1, ISSUES + 1))
    assert books_balance()


def test_one_payment_invoiced_at_once_gets_one_invoice() -> None:
    sale = a_sale()
    invoices = in_parallel(lambda _: issue_invoice(*sale, on=date(2025, 6, 16), sandbox=False), range(AT_ONCE))
    assert len({invoice.pk for invoice in invoices}) == 1


def test_one_payment_receipted_at_once_gets_one_receipt() -> None:
    an_issuer()
    paid = a_payment()
    receipts = in_parallel(lambda _: issue_receipt(paid, on=date(2025, 6, 16), sandbox=False), range(AT_ONCE))
    assert len({receipt.pk for receipt in receipts}) == 1
    assert books_balance()


def test_one_charge_told_at_once_is_booked_once() -> None:
    payer, line = a_payer(), a_line(1_000)

    def book(_: int) -> bool:
        return record_income(
            reference="stripe:ch_same", occurred_at=PAID_AT, payer=payer, currency="USD", lines=[line]
        )[1]

    assert sorted(in_parallel(book, range(AT_ONCE))) == [False] * (AT_ONCE - 1) + [True]
    assert Transaction.objects.count() == 1


def test_refunds_at_once_never_exceed_the_payment() -> None:
    paid = a_payment(a_line(1_000))

    def refund(number: int) -> bool:
        try:
            record_refund(reference=f"re_{number}", of=paid, amount=400, occurred_at=PAID_AT + timedelta(days=1))
        except RefundTooLarge:
            return False
        return True

    assert sum(in_parallel(refund, range(AT_ONCE))) == 2
    assert unrefunded(paid) == 200
    assert books_balance()


def test_refunds_of_one_line_at_once_never_exceed_the_line() -> None:
    paid = a_payment(a_line(1_000), a_line(9_000))
    line = paid.entries.order_by("pk")[0]

    def refund(number: int) -> bool:
        try:
            record_refund(reference=f"re_{number}", of=paid, amount=400, occurred_at=PAID_AT, parts=[(line.pk, 400)])
        except RefundTooLarge:
            return False
        return True

    assert sum(in_parallel(refund, range(AT_ONCE))) == 2
    assert unrefunded(paid) == 9_200
    assert books_balance()


def test_two_tabs_make_one_payer_and_one_default_fund() -> None:
    assert len({payer.pk for payer in in_parallel(lambda _: a_payer(), range(AT_ONCE))}) == 1
    assert len({fund.pk for fund in in_parallel(lambda _: Fund.unrestricted(), range(AT_ONCE))}) == 1
    assert Payer.objects.count() == 1
