from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from wagtail import hooks

from receipts import triggers
from receipts.chart import Account
from receipts.checks import books_problems
from receipts.invoices import issue_credit_note
from receipts.ledger import record_fee, record_refund
from receipts.models import Entry, Invoice, InvoiceSeries, Transaction
from tests.receipts.books import PAID_AT, a_line, a_payment, books_balance
from tests.receipts.sold import ON, an_invoice, taken_back

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def no_other_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    hooks.get_hooks("check_books")
    monkeypatch.setitem(hooks._hooks, "check_books", [])


@pytest.fixture
def unguarded() -> Iterator[None]:
    """What somebody with a database shell could do."""
    triggers.drop(connection)
    yield
    triggers.install(connection)


def checked() -> str:
    out = StringIO()
    call_command("check_books", stdout=out)
    return out.getvalue()


def problems() -> list[str]:
    return [problem for problem in books_problems() if "trigger" not in problem]


def test_empty_books_hold() -> None:
    assert "Nothing is booked yet" in checked()
    assert "The books hold, and agree with Stripe." in checked()


def test_each_account_is_printed_the_way_people_say_it() -> None:
    paid = a_payment(a_line(12_000, Account.DUES, tax=900), a_line(500))
    record_fee(reference="fee", amount=380, currency="USD", occurred_at=PAID_AT, of=paid)
    record_refund(reference="re", of=paid, amount=670, occurred_at=PAID_AT + timedelta(days=1))
    printed = checked()
    words = [" ".join(line.split()) for line in printed.splitlines()]
    for line in ("Held Held at Stripe $123.50", "Owing Sales tax owed $855.00", "Costs Stripe fees $3.80"):
        assert line.replace("$855.00", "$8.55") in words
    assert any(line.startswith("Income Membership dues $") for line in words)


def test_a_problem_is_printed_and_the_exit_status_says_so(unguarded: None) -> None:
    a_payment()
    Transaction.objects.create(reference="empty", occurred_at=PAID_AT, recorded_at=PAID_AT, month=202506)
    out = StringIO()
    with pytest.raises(CommandError, match="The books do not hold"):
        call_command("check_books", stdout=out)
    assert "1 transactions moved nothing" in out.getvalue()
    assert "is missing: run `migrate`" in out.getvalue()


def test_other_apps_add_what_they_compare() -> None:
    with hooks.register_temporarily("check_books", lambda: ["Stripe says otherwise."]), pytest.raises(CommandError):
        checked()


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE receipts_entry SET month = 202507", "in another month"),
        ("UPDATE receipts_entry SET reporting_amount = 1", "worth something else"),
        ("UPDATE receipts_entry SET debit = 'pocket'", "“pocket” is not in the chart"),
    ],
)
def test_a_tampered_entry_is_found(unguarded: None, statement: str, problem: str) -> None:
    a_payment()
    assert not problems()
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert problem in " ".join(problems())


def test_more_taken_back_than_paid_is_found(unguarded: None) -> None:
    paid = a_payment(a_line(1_000))
    record_refund(reference="re", of=paid, amount=600, occurred_at=PAID_AT)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE receipts_entry SET amount = 1001, reporting_amount = 1001 WHERE corrects_id IS NOT NULL")
    assert problems() == [f"More was taken back of {paid.reference} than was paid."]


def test_a_correction_of_another_account_is_found() -> None:
    paid = a_payment(a_line(1_000))
    entry = paid.entries.get()
    Entry.objects.bulk_create(
        [
            Entry(
                transaction=paid, debit="dues", credit="stripe", amount=1, reporting_amount=1, currency="USD",
                month=paid.month, fund=entry.fund, corrects=entry,
            )
        ]
    )  # fmt: skip
    assert problems() == ["1 corrections do not undo the account that they correct."]


def test_triggers_come_back_with_the_next_migrate(unguarded: None) -> None:
    assert triggers.missing(connection)
    call_command("migrate", "receipts", verbosity=0)
    assert not triggers.missing(connection)
    assert books_balance()


@pytest.mark.usefixtures("unguarded")
def test_a_gap_in_the_invoices_and_too_large_a_credit_note_are_found() -> None:
    invoice = an_invoice()
    note = issue_credit_note(taken_back(invoice, ("0", 1000, 190)), on=ON)
    assert not problems()
    Invoice.objects.filter(pk=note.pk).update(net=9999)  # type: ignore[union-attr]
    InvoiceSeries.objects.filter(kind="invoice").update(next_number=7)
    assert problems() == [
        "The numbers of invoice series INV-2025 have a gap.",
        "More was credited of INV-2025-00001 than was invoiced.",
    ]
