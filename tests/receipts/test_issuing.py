from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from receipts.chart import Account
from receipts.issuing import issue_receipt, void_receipts_of
from receipts.ledger import record_refund
from receipts.models import Issuer, Payer, Receipt, ReceiptLine, ReceiptSeries
from receipts.tasks import draw_overdue_receipts
from tests.receipts.books import PAID_AT, a_line, a_payer, a_payment, an_issuer, books_balance

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

ISSUED_ON = date(2025, 6, 16)
LATER = PAID_AT + timedelta(days=3)


def issue(*lines: Any, sandbox: bool = False, on: date = ISSUED_ON, **more: Any) -> Receipt:
    receipt = issue_receipt(a_payment(*lines, **more), on=on, sandbox=sandbox)
    assert receipt is not None
    return receipt


@pytest.fixture(autouse=True)
def of_harbour_light(issuer: Issuer) -> Issuer:
    return issuer


def test_receipts_are_numbered_without_a_gap() -> None:
    assert [issue().label for _ in range(3)] == ["2025-00001", "2025-00002", "2025-00003"]
    assert books_balance()


def test_each_year_and_the_sandbox_have_numbers_of_their_own() -> None:
    labels = [issue().label, issue(on=date(2026, 1, 2)).label, issue(sandbox=True).label, issue().label]
    assert labels == ["2025-00001", "2026-00001", "SANDBOX-2025-00001", "2025-00002"]


def test_another_jurisdiction_goes_on_with_the_numbers(issuer: Issuer) -> None:
    """A new site takes a payment before finance has said under whose rules it issues."""
    issuer.jurisdiction = ""
    issuer.save()
    first = issue()
    issuer.jurisdiction = "US"
    issuer.save()
    assert [first.label, issue().label] == ["2025-00001", "2025-00002"]
    assert books_balance()


def test_a_number_goes_back_when_the_booking_is_undone() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        issue()
        raise RuntimeError
    assert issue().number == 1
    assert books_balance()


def test_the_second_request_finds_the_first_ones_receipt() -> None:
    paid = a_payment()
    first = issue_receipt(paid, on=ISSUED_ON, sandbox=False)
    assert issue_receipt(paid, on=ISSUED_ON, sandbox=False) == first
    assert Receipt.objects.count() == 1


def test_a_receipt_speaks_for_what_is_receiptable_only() -> None:
    dinner = {"label": "Dinner", "kind": "main", "fair_value": 4_000}
    receipt = issue(
        a_line(2_000, Account.SHOP_SALES), a_line(10_000, advantages=(dinner,)), a_line(5_000, Account.DUES)
    )
    assert (receipt.amount, receipt.advantage, receipt.eligible_amount) == (15_000, 4_000, 11_000)
    assert [line.entry.credit for line in receipt.lines.select_related("entry")] == ["gifts", "dues"]
    assert (receipt.kind, receipt.rule_version) == ("tax", "us-2026.1")
    assert books_balance()


@pytest.mark.parametrize("jurisdiction", ["US", ""])
@pytest.mark.parametrize("account", [Account.SHOP_SALES, Account.COURSE_FEES, Account.EVENT_TICKETS])
def test_a_sale_never_becomes_a_receipt(account: str, jurisdiction: str) -> None:
    """It has an invoice."""
    an_issuer(jurisdiction=jurisdiction)
    assert issue_receipt(a_payment(a_line(5_000, account)), on=ISSUED_ON, sandbox=False) is None
    assert not ReceiptSeries.objects.exists()


def test_where_no_tax_rules_are_known_a_plain_payment_receipt_is_issued() -> None:
    an_issuer(jurisdiction="")
    receipt = issue(a_line(5_000, Account.DUES), a_line(2_000, Account.SHOP_SALES))
    assert (receipt.kind, receipt.amount, receipt.eligible_amount, receipt.rule_version) == ("payment", 5_000, 0, "")
    assert receipt.snapshot["title"] == "Receipt for your payment"
    assert "not a receipt for tax purposes" in receipt.snapshot["note"]


def test_the_snapshot_outlives_a_change_of_payer_and_issuer(of_harbour_light: Issuer) -> None:
    receipt = issue()
    Payer.objects.update(name="Somebody Else")
    of_harbour_light.legal_name = "Another Name"
    of_harbour_light.save()
    receipt.refresh_from_db()
    assert receipt.snapshot["payer"]["name"] == "Grace Okafor"
    assert receipt.snapshot["issuer"]["legal_name"] == "Harbour Light Foundation"


def test_the_day_received_is_the_organisations_own_day() -> None:
    # Half past ten in the evening of 31 December in New York.
    receipt = issue(occurred_at=datetime(2026, 1, 1, 3, 30, tzinfo=UTC), on=date(2026, 1, 1))
    assert receipt.snapshot["received_on"] == "2025-12-31"


def test_a_voided_receipt_keeps_its_number_and_is_not_issued_again() -> None:
    paid = a_payment()
    receipt = issue_receipt(paid, on=ISSUED_ON, sandbox=False)
    record_refund(reference="re", of=paid, amount=10_000, occurred_at=LATER)
    assert void_receipts_of(paid, reason="Refunded", at=LATER) == [receipt]
    assert void_receipts_of(paid, reason="Again", at=LATER) == []
    stored = Receipt.objects.get()
    assert (stored.state, stored.void_reason, stored.voided_at, stored.number) == ("void", "Refunded", LATER, 1)
    assert issue_receipt(paid, on=ISSUED_ON, sandbox=False) is None
    assert issue().number == 2
    assert books_balance()


def test_what_was_refunded_before_is_not_receipted() -> None:
    paid = a_payment(a_line(1_000), a_line(3_000))
    record_refund(reference="re", of=paid, amount=2_000, occurred_at=LATER)
    receipt = issue_receipt(paid, on=ISSUED_ON, sandbox=False)
    assert receipt is not None
    assert receipt.eligible_amount == 2_000
    assert books_balance()


def test_a_refunded_payment_with_a_live_receipt_is_a_problem() -> None:
    from receipts.checks import books_problems

    paid = a_payment()
    issue_receipt(paid, on=ISSUED_ON, sandbox=False)
    record_refund(reference="re", of=paid, amount=10_000, occurred_at=LATER)
    assert books_problems() == ["Receipt 2025-00001 is live although all of its money was given back."]


def test_the_database_refuses_two_live_receipts_for_one_entry() -> None:
    first, second = issue(), issue()
    line = first.lines.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        ReceiptLine.objects.create(receipt=second, entry=line.entry, amount=1, eligible_amount=1)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE receipts_receipt SET eligible_amount = 1",
        "UPDATE receipts_receipt SET number = 7",
        "UPDATE receipts_receipt SET snapshot = '{}'",
        "UPDATE receipts_receiptline SET amount = 1",
        "DELETE FROM receipts_receiptline",
        "DELETE FROM receipts_receipt",
    ],
)
def test_the_database_refuses_to_edit_or_delete_an_issued_receipt(statement: str) -> None:
    issue()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_refuses_to_revive_a_void_receipt() -> None:
    receipt = issue()
    void_receipts_of(receipt.transaction, reason="Refunded", at=LATER)
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        Receipt.objects.update(state="issued", voided_at=None, void_reason="")
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        ReceiptLine.objects.update(is_live=True)


def test_a_gap_in_the_numbers_is_a_problem() -> None:
    from receipts.checks import books_problems

    issue()
    ReceiptSeries.objects.update(next_number=5)
    assert books_problems() == ["The numbers of receipt series 2025 have a gap."]


def test_a_forgotten_receipt_is_drawn_by_the_clock() -> None:
    receipt = issue(payer=a_payer())
    Receipt.objects.update(created_at=datetime(2025, 6, 16, tzinfo=UTC))
    assert receipt.render_state == "waiting"
    assert draw_overdue_receipts() == 1
    assert draw_overdue_receipts() == 0
