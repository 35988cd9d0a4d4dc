from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse

from accounts.models import User
from receipts import drawing
from receipts.issuing import issue_receipt, void_receipts_of
from receipts.ledger import record_refund
from receipts.ledger import reverse as take_back
from receipts.models import Issuer, Payer, Receipt
from receipts.tasks import draw_receipt
from tests.receipts import cast
from tests.receipts.books import PAID_AT, a_line, a_payer, a_payment

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(bool(drawing.why_pdf_is_off()), reason="WeasyPrint is missing"),
]
LATER = PAID_AT + timedelta(days=3)


@pytest.fixture
def receipt(issuer: Issuer, grace: User) -> Receipt:
    paid = a_payment(a_line(2_500, description="Gift to the shelter"), payer=a_payer(user=grace))
    issued = issue_receipt(paid, on=date(2025, 6, 16), sandbox=False)
    assert issued is not None
    draw_receipt.enqueue(issued.pk)
    issued.refresh_from_db()
    return issued


def test_the_payer_downloads_their_receipt(receipt: Receipt, grace: User) -> None:
    answer = cast.signed_in(grace).get(receipt.get_absolute_url())
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="receipt-2025-00001.pdf"'
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("page", ["receipt_pdf", "receipt_print"])
def test_to_a_stranger_the_receipt_does_not_exist(receipt: Receipt, charlie: User, page: str) -> None:
    address = reverse(page, args=[receipt.public_id])
    assert cast.signed_in(charlie).get(address).status_code == 404


@pytest.mark.parametrize("page", ["receipt_pdf", "receipt_print"])
def test_who_is_not_signed_in_is_asked_to_sign_in_and_comes_back(receipt: Receipt, page: str) -> None:
    address = reverse(page, args=[receipt.public_id])
    answer = Client().get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
    assert address in answer["Location"]


def test_a_payer_without_a_login_has_no_receipt_that_anybody_without_one_could_get(
    issuer: Issuer, charlie: User
) -> None:
    issued = issue_receipt(a_payment(), on=date(2025, 6, 16), sandbox=False)
    assert issued is not None
    assert issued.payer.user is None
    assert cast.signed_in(charlie).get(issued.get_absolute_url()).status_code == 404


def test_finance_and_auditors_download_any_receipt(receipt: Receipt, finance: Client, auditor: Client) -> None:
    for client in (finance, auditor):
        assert client.get(receipt.get_absolute_url()).content.startswith(b"%PDF")


@pytest.mark.parametrize("page", ["receipt_pdf", "receipt_print"])
def test_without_the_second_factor_staff_are_strangers_here_too(
    receipt: Receipt, finance: Client, settings: Any, page: str
) -> None:
    settings.STAFF_SECOND_FACTOR = True
    assert finance.get(reverse(page, args=[receipt.public_id])).status_code == 404


def test_whoever_the_payer_was_merged_into_gets_the_receipt(receipt: Receipt, charlie: User) -> None:
    merged = a_payer(user=charlie, name="Charlie", email="charlie@example.org")
    Payer.objects.filter(pk=receipt.payer_id).update(merged_into=merged)
    assert cast.signed_in(charlie).get(receipt.get_absolute_url()).status_code == 200


def test_a_file_that_is_not_what_was_issued_is_never_served(receipt: Receipt, grace: User) -> None:
    storages["private"].delete(receipt.file_name)
    storages["private"].save(receipt.file_name, ContentFile(b"%PDF-1.7 a forgery"))
    answer = cast.signed_in(grace).get(receipt.get_absolute_url())
    assert answer.status_code == 503
    assert b"forgery" not in answer.content
    storages["private"].delete(receipt.file_name)
    assert cast.signed_in(grace).get(receipt.get_absolute_url()).status_code == 503


@pytest.mark.parametrize(("state", "sentence"), [("waiting", "being written"), ("failed", "could not be drawn")])
def test_a_receipt_without_a_file_says_why_and_offers_the_page(
    receipt: Receipt, grace: User, state: str, sentence: str
) -> None:
    Receipt.objects.update(render_state=state)
    answer = cast.signed_in(grace).get(receipt.get_absolute_url())
    assert answer.status_code == 503
    assert sentence in answer.content.decode()
    assert reverse("receipt_print", args=[receipt.public_id]) in answer.content.decode()


def test_where_pdfs_are_off_the_page_to_print_is_served_and_says_so(receipt: Receipt, grace: User) -> None:
    Receipt.objects.update(render_state="off")
    page = cast.signed_in(grace).get(receipt.get_absolute_url(), follow=True).content.decode()
    for text in ("switched off", "2025-00001", "Grace Okafor", "Gift to the shelter", "$25.00", "No goods or services"):
        assert text in page
    assert " style=" not in page


def verify(receipt: Receipt) -> str:
    return Client().get(reverse("receipt_verify", args=[receipt.verify_code])).content.decode()


def test_the_verify_page_says_valid_and_never_who_paid(receipt: Receipt) -> None:
    page = verify(receipt)
    for text in ("is valid", "2025-00001", "16 June 2025", "$25.00"):
        assert text in page
    for secret in ("Grace", "Okafor", "grace@example.org", "Harbour Street", str(receipt.public_id)):
        assert secret not in page


def test_the_verify_page_of_a_void_receipt_says_void(receipt: Receipt) -> None:
    void_receipts_of(receipt.transaction, reason="The donor Grace asked", at=LATER)
    page = verify(receipt)
    assert "is void" in page
    assert "Grace" not in page


@pytest.mark.parametrize("code", ["x", "2025-00001", "a" * 300, "%00"])
def test_a_made_up_code_is_not_ours(receipt: Receipt, code: str) -> None:
    answer = Client().get(reverse("receipt_verify", args=[code]))
    assert answer.status_code == 404
    assert "no such receipt" in answer.content.decode()


# -- My account ---------------------------------------------------------------------------------------------


def account(user: User) -> str:
    return cast.signed_in(user).get(reverse("account_home")).content.decode()


def test_my_account_lists_payments_with_their_receipts(receipt: Receipt, grace: User) -> None:
    page = account(grace)
    for text in (
        "Receipts and payments made",
        "Gift to the shelter",
        "$25.00",
        receipt.get_absolute_url(),
        "2025-00001",
    ):
        assert text in page


def test_my_account_shows_nothing_of_anybody_else(receipt: Receipt, charlie: User) -> None:
    page = account(charlie)
    assert "2025-00001" not in page
    assert "Receipts and payments made" not in page


def test_my_account_shows_what_was_given_back(receipt: Receipt, grace: User) -> None:
    refund, _ = record_refund(reference="re", of=receipt.transaction, amount=1_000, occurred_at=LATER)
    assert "$10.00 given back" in account(grace)
    take_back(refund, reference="re:failed", occurred_at=LATER)
    assert "given back" not in account(grace)


def test_my_account_shows_a_void_receipt_as_void(receipt: Receipt, grace: User) -> None:
    void_receipts_of(receipt.transaction, reason="Refunded", at=LATER)
    page = account(grace)
    assert "Void" in page
    assert receipt.get_absolute_url() not in page
