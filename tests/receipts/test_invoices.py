"""Invoices and credit notes: what stands on them, their numbers, and that nothing of it ever changes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from receipts.chart import Account
from receipts.invoices import cancel_credit_note, issue_credit_note, issue_invoice
from receipts.invoices.documents import invoice_context
from receipts.ledger import record_dispute_lost, record_refund, reverse
from receipts.models import Invoice, InvoiceSeries, Issuer
from tests.receipts.books import a_line, a_payer, a_payment, an_issuer, books_balance
from tests.receipts.sold import LATER, ON, a_sale, an_invoice, candles, shipping, taken_back, vat

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_an_invoice_holds_what_was_sold_and_nothing_of_the_gift_beside_it() -> None:
    invoice = an_invoice()
    assert (invoice.label, invoice.kind, invoice.net, invoice.tax) == ("INV-2025-00001", "invoice", 3400, 598)
    assert [line["description"] for line in invoice.snapshot["lines"]] == ["Candle “Dawn”", "Shipping"]
    assert invoice.snapshot["totals"]["by_rate"] == [
        {"name": "VAT", "rate": "19.0000", "net": 3000, "tax": 570},
        {"name": "VAT", "rate": "7.0000", "net": 400, "tax": 28},
    ]
    assert "gift" not in str(invoice.snapshot).lower()
    assert books_balance()


def test_it_is_issued_once_for_a_payment_and_not_at_all_where_nothing_was_sold() -> None:
    paid, lines = a_sale()
    first, second = (issue_invoice(paid, lines, on=ON, sandbox=False) for _ in range(2))
    assert first == second
    assert issue_invoice(a_payment(), [], on=ON, sandbox=False) is None
    assert Invoice.objects.count() == 1


def test_seller_and_buyer_stay_as_they_were() -> None:
    issuer = an_issuer()
    issuer.vat_number = "XX123"
    issuer.save()
    invoice = an_invoice(payer=a_payer(name="Grace Okafor"))
    Issuer.objects.update(legal_name="Another name")
    invoice.payer.name = "Grace Hopper"
    invoice.payer.save()
    invoice.refresh_from_db()
    assert invoice.snapshot["seller"]["legal_name"] == "Harbour Light Foundation"
    assert invoice.snapshot["seller"]["vat_number"] == "XX123"
    assert invoice.snapshot["buyer"]["name"] == "Grace Okafor"
    note = issue_credit_note(taken_back(invoice, ("0", 1000, 190)), on=ON)
    assert note and note.snapshot["buyer"]["name"] == "Grace Okafor"


def test_each_kind_year_and_world_counts_its_own_numbers() -> None:
    real, more, pretend = an_invoice(), an_invoice(), an_invoice(sandbox=True)
    paid, lines = a_sale()
    later = issue_invoice(paid, lines, on=date(2026, 1, 2), sandbox=False)
    note = issue_credit_note(taken_back(real, ("0", 1000, 190)), on=ON)
    assert [str(one) for one in (real, more, pretend, later, note)] == [
        "INV-2025-00001", "INV-2025-00002", "SANDBOX-INV-2025-00001", "INV-2026-00001", "CN-2025-00001",
    ]  # fmt: skip
    assert InvoiceSeries.objects.count() == 4


def test_a_credit_note_says_what_went_back_and_how_many() -> None:
    invoice = an_invoice()
    refund = taken_back(invoice, ("0", 1000, 190), more=500)
    note = issue_credit_note(refund, on=ON, quantities={"0": 1})
    assert note is not None
    assert (note.corrects, note.net, note.tax, note.transaction) == (invoice, 1000, 190, refund)
    (line,) = note.snapshot["lines"]
    assert (line["description"], line["quantity"], line["net"], line["tax"]) == ("Candle “Dawn”", 1, 1000, 190)
    assert note.snapshot["corrects"] == {"number": "INV-2025-00001", "issued_on": "2025-06-16"}
    assert issue_credit_note(refund, on=ON) == note


def test_what_only_took_back_the_gift_has_no_credit_note() -> None:
    assert issue_credit_note(taken_back(an_invoice(), more=5000), on=ON) is None
    refund, _ = record_refund(reference="re", of=a_payment(), amount=100, occurred_at=LATER)
    assert issue_credit_note(refund, on=ON) is None


def test_a_lost_dispute_is_credited_too() -> None:
    invoice = an_invoice()
    lost, _ = record_dispute_lost(reference="lost", of=invoice.transaction, amount=9998, occurred_at=LATER)
    note = issue_credit_note(lost, on=ON, reason="disputed")
    assert note and note.amount == invoice.amount
    assert "disputed" in invoice_context(note)["reason"]


def test_a_refund_that_failed_is_invoiced_again_and_can_be_made_anew() -> None:
    invoice = an_invoice()
    refund = taken_back(invoice, ("0", 3000, 570))
    note = issue_credit_note(refund, on=ON, quantities={"0": 3})
    reversal, _ = reverse(refund, reference="failed", occurred_at=LATER)
    again = cancel_credit_note(reversal, on=ON)
    assert again is not None and note is not None
    assert (again.label, again.corrects, again.amount) == ("INV-2025-00002", note, note.amount)
    assert cancel_credit_note(reversal, on=ON) == again
    assert issue_credit_note(taken_back(invoice, ("0", 3000, 570)), on=ON)
    assert books_balance()


def test_a_refund_without_a_credit_note_has_none_to_cancel() -> None:
    refund = taken_back(an_invoice(), more=100)
    reversal, _ = reverse(refund, reference="failed", occurred_at=LATER)
    assert cancel_credit_note(reversal, on=ON) is None


def test_taxes_of_several_credit_notes_sum_to_those_of_the_invoice() -> None:
    """A third of 5 % and 9.975 % rounds one way each time: the last note takes what is left under each."""
    gst, qst = vat(5, "5.0000", "GST"), vat(10, "9.9750", "QST")
    invoice = an_invoice(candles(net=100, taxes=[gst, qst]))
    for _ in range(3):
        issue_credit_note(taken_back(invoice, ("0", 33, 5)), on=ON)
    issue_credit_note(taken_back(invoice, ("0", 1, 0)), on=ON)
    credited: dict[str, int] = {}
    for note in invoice.corrections.all():
        for one in note.snapshot["lines"][0]["taxes"]:
            credited[one["name"]] = credited.get(one["name"], 0) + one["amount"]
    assert credited == {"GST": 5, "QST": 10}


FROZEN: list[dict[str, Any]] = [
    {"label": "INV-2025-00009"}, {"number": 9}, {"net": 1}, {"tax": 1}, {"snapshot": {}}, {"kind": "credit_note"},
    {"issued_on": date(2025, 1, 1)}, {"currency": "EUR"}, {"language": "es"},
]  # fmt: skip


@pytest.mark.parametrize("change", FROZEN, ids=lambda change: next(iter(change)))
def test_the_database_refuses_to_change_an_issued_invoice(change: dict[str, Any]) -> None:
    an_invoice()
    with pytest.raises(DatabaseError, match="never edited|names_its_invoice"), transaction.atomic():
        Invoice.objects.update(**change)


def test_the_database_refuses_to_delete_one_or_to_use_a_number_or_payment_twice() -> None:
    invoice = an_invoice()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM receipts_invoice")
    twin = {field.attname: getattr(invoice, field.attname) for field in Invoice._meta.concrete_fields}
    twin |= {"id": None, "public_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "label": "INV-2025-00002"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.create(**{**twin, "number": 2})
    other, _ = a_sale()
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.create(**{**twin, "transaction_id": other.pk})


def test_two_kinds_never_share_a_prefix() -> None:
    issuer = Issuer.load()
    issuer.credit_note_prefix = issuer.invoice_prefix
    with pytest.raises(ValidationError, match="different prefixes"):
        issuer.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        issuer.save()


def test_a_sale_is_in_no_receipt_and_a_gift_in_no_invoice() -> None:
    from receipts.issuing import issue_receipt

    an_issuer()
    invoice = an_invoice()
    receipt = issue_receipt(invoice.transaction, on=ON, sandbox=False)
    assert receipt and receipt.amount == 5000
    assert invoice.amount + receipt.amount == sum(entry.amount for entry in invoice.transaction.entries.all())
    assert invoice_context(invoice)["words"]["no_gift"].startswith("This is not a donation receipt.")


def test_the_document_speaks_the_payers_language_where_it_can() -> None:
    spanish = invoice_context(an_invoice(payer=a_payer(email="l@example.org", language="es", country="ES")))
    assert spanish["title"] == "Factura"
    assert "no es un recibo de donación" in spanish["words"]["no_gift"]
    assert invoice_context(an_invoice(payer=a_payer(email="k@example.org", language="km")))["title"] == "Invoice"


@pytest.mark.parametrize(
    ("currency", "net", "unit", "total"),
    [
        ("USD", 1000, "$3.3333", "$11.90"),
        ("JPY", 1000, "¥333.33", "¥1,190"),
        ("KWD", 999, "KWD0.333", "KWD1.189"),
    ],
)
def test_the_price_of_one_is_exact_enough_in_every_currency(currency: str, net: int, unit: str, total: str) -> None:
    line = candles(net=net, taxes=[vat(190)])
    context = invoice_context(an_invoice(line, currency=currency))
    assert (context["lines"][0]["unit"], context["amount"]) == (unit, total)


AMOUNTS = st.integers(0, 10**9)
RATES = st.lists(st.tuples(st.sampled_from(["GST", "QST", "VAT"]), st.integers(0, 10**8)), max_size=2)
SOLD = st.lists(st.tuples(st.integers(1, 10**9), st.integers(1, 999), RATES), min_size=1, max_size=4)


@given(sold=SOLD, currency=st.sampled_from(["JPY", "USD", "KWD"]), share=st.integers(1, 99))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_totals_are_the_sums_of_the_lines_and_of_the_rates(sold: Any, currency: str, share: int) -> None:
    lines = [
        candles(net=net, quantity=quantity, taxes=[vat(amount, "5.0000", name) for name, amount in taxes])
        for net, quantity, taxes in sold
    ]
    with transaction.atomic():
        invoice = an_invoice(*lines, currency=currency)
        first = [(str(key), line["net"] * share // 100, _tax(line) * share // 100) for key, line in enumerate(lines)]
        rest = [(key, line["net"] - net, _tax(line) - tax) for (key, net, tax), line in zip(first, lines, strict=True)]
        notes = [
            issue_credit_note(taken_back(invoice, *parts), on=ON)
            for parts in (first, rest)
            if any(net + tax for _, net, tax in parts)
        ]
        for document in (invoice, *notes):
            assert document is not None
            frozen, totals = document.snapshot["lines"], document.snapshot["totals"]
            assert document.net == totals["net"] == sum(line["net"] for line in frozen)
            assert document.tax == totals["tax"] == sum(rate["tax"] for rate in totals["by_rate"])
            assert all(line["tax"] == sum(one["amount"] for one in line["taxes"]) for line in frozen)
            assert all(one["amount"] >= 0 for line in frozen for one in line["taxes"])
        assert sum(note.net for note in notes if note) == invoice.net
        assert sum(note.tax for note in notes if note) == invoice.tax
        transaction.set_rollback(True)


def _tax(line: dict[str, Any]) -> int:
    return sum(int(one["amount"]) for one in line["taxes"])


def test_a_line_that_cost_nothing_stands_there_and_can_come_back_with_others() -> None:
    invoice = an_invoice(candles(), shipping(net=0, taxes=[], account=Account.SHOP_SALES, description="A free card"))
    assert [line["net"] for line in invoice.snapshot["lines"]] == [3000, 0]
    note = issue_credit_note(taken_back(invoice, ("0", 3000, 570)), on=ON, quantities={"0": 3, "1": 1})
    assert note and [line["quantity"] for line in note.snapshot["lines"]] == [3, 1]


def test_nobody_and_nothing_sold_is_no_invoice() -> None:
    paid = a_payment(a_line(100, Account.SHOP_SALES))
    assert issue_invoice(paid, [], on=ON, sandbox=False) is None
