"""What is sold gets its invoice when it is paid, and a credit note for what of it goes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import OutgoingMail
from payments import worker
from payments.models import Dispute, Payment
from payments.refund_parts import left_of, rest_of, total_of
from payments.refunding import request_refund
from receipts.models import Invoice, Receipt
from tests.payments.basket import LANTERN, VAT, a_gift, an_order, paid, refund_in_the_dashboard
from tests.receipts.books import an_issuer, books_balance

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def payment(connected_sandbox: Sandbox) -> Payment:
    an_issuer()
    return paid(connected_sandbox)


def documents() -> list[tuple[str, int]]:
    return [(str(one), one.amount) for one in Invoice.objects.order_by("pk")]


def year() -> str:
    return str(Invoice.objects.earliest("pk").issued_on.year)


def test_a_paid_order_has_its_invoice_and_the_gift_beside_it_its_receipt(payment: Payment) -> None:
    invoice = Invoice.objects.get()
    assert (invoice.transaction, invoice.payer) == (payment.transaction, payment.payer)
    assert invoice.series.is_sandbox and str(invoice).startswith("SANDBOX-INV-")
    assert [
        (line["description"], line["quantity"], line["net"], line["tax"]) for line in invoice.snapshot["lines"]
    ] == [
        ("Candle", 3, 3000, 570),
        ("Lantern", 1, 2000, 380),
        ("Shipping", 1, 400, 76),
    ]
    assert invoice.amount + Receipt.objects.get().amount == payment.amount
    worker.sync("checkout.session", str(payment.session_id))
    assert Invoice.objects.count() == 1


def test_a_gift_alone_has_none(connected_sandbox: Sandbox) -> None:
    paid(connected_sandbox, a_gift())
    assert not Invoice.objects.exists()


def test_one_candle_back_is_one_candle_credited(payment: Payment) -> None:
    (candle, *_) = left_of(payment)
    part = candle.of_quantity(1)
    refund = request_refund(payment, amount=part.gross, reason="", by=None, parts=[part])
    note = Invoice.objects.get(kind="credit_note")
    assert (note.corrects.transaction, note.transaction) == (payment.transaction, refund.transaction)  # type: ignore[union-attr]
    (line,) = note.snapshot["lines"]
    assert (line["quantity"], line["net"], line["taxes"]) == (1, 1000, [{**VAT, "amount": 190}])


def test_the_mail_says_what_it_is_for_and_names_the_credit_note(payment: Payment) -> None:
    candle, _, shipping, _ = left_of(payment)
    parts = [candle.of_quantity(2), shipping.of_amount(shipping.gross)]
    request_refund(payment, amount=total_of(parts), reason="", by=None, parts=parts)
    mail = OutgoingMail.objects.get(subject="About your payment")
    note = Invoice.objects.get(kind="credit_note")
    for words in ("2 × Candle, Shipping", "$28.56", f"Credit note {note} corrects your invoice."):
        assert words in mail.text and words in mail.html
    assert "Lantern" not in mail.text


def test_a_gift_given_back_is_no_matter_of_credit_notes(payment: Payment) -> None:
    gift = rest_of(payment)[-1:]
    request_refund(payment, amount=total_of(gift), reason="", by=None, parts=gift)
    assert len(documents()) == 1


def test_f35_a_refund_that_fails_is_invoiced_again(payment: Payment, connected_sandbox: Sandbox) -> None:
    connected_sandbox.settings(pending_refunds=True)
    parts = [left_of(payment)[1].of_quantity(1)]
    refund = request_refund(payment, amount=2380, reason="", by=None, parts=parts)
    connected_sandbox.control("POST", f"refunds/{refund.refund_id}/fail")
    for _ in range(2):
        worker.sync("refund", str(refund.refund_id))
    assert documents() == [
        (f"SANDBOX-INV-{year()}-00001", 6426),
        (f"SANDBOX-CN-{year()}-00001", 2380),
        (f"SANDBOX-INV-{year()}-00002", 2380),
    ]
    assert books_balance()


def test_f34_one_made_in_the_dashboard_is_credited_by_its_share(payment: Payment, connected_sandbox: Sandbox) -> None:
    refund_in_the_dashboard(connected_sandbox, payment, payment.amount)
    note = Invoice.objects.get(kind="credit_note")
    assert note.amount == Invoice.objects.get(kind="invoice").amount
    assert [line["quantity"] for line in note.snapshot["lines"]] == [0, 0, 0]


def test_f37_the_other_payments_invoice_stands(connected_sandbox: Sandbox) -> None:
    order = an_order(LANTERN)
    first, second = paid(connected_sandbox, order), paid(connected_sandbox, order)
    request_refund(second, amount=2380, reason="", by=None, parts=rest_of(second))
    note = Invoice.objects.get(kind="credit_note")
    assert note.corrects.transaction == second.transaction  # type: ignore[union-attr]
    assert not first.transaction.invoice.corrections.exists()  # type: ignore[union-attr]


def test_a_lost_dispute_is_credited(payment: Payment, connected_sandbox: Sandbox) -> None:
    dispute_id = str(connected_sandbox.control("POST", f"charges/{payment.charge_id}/dispute")["id"])
    worker.sync("dispute", dispute_id)
    assert len(documents()) == 1
    connected_sandbox.control("POST", f"disputes/{dispute_id}/close", status="lost")
    worker.sync("dispute", dispute_id)
    assert Dispute.objects.get().status == "lost"
    note = Invoice.objects.get(kind="credit_note")
    assert (note.amount, note.snapshot["reason"]) == (6426, "disputed")
