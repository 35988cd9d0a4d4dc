"""Who may fetch an invoice, as what, and how staff find one."""

from __future__ import annotations

import csv
import json
import subprocess
import time
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import page
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from receipts import drawing
from receipts.invoices import invoice_link, issue_credit_note
from receipts.invoices.storing import draw_invoice
from receipts.models import Invoice, Issuer, Payer
from tests.receipts import cast
from tests.receipts.books import a_payer
from tests.receipts.sold import ON, an_invoice, candles, taken_back

pytestmark = pytest.mark.django_db
needs_pdf = pytest.mark.skipif(bool(drawing.why_pdf_is_off()), reason="WeasyPrint is missing")


@pytest.fixture
def invoice(issuer: Issuer, grace: User) -> Invoice:
    return an_invoice(payer=a_payer(user=grace))


@needs_pdf
def test_the_payer_downloads_it_and_gets_the_same_bytes_again(invoice: Invoice, grace: User) -> None:
    first, second = (cast.signed_in(grace).get(invoice.get_absolute_url()) for _ in range(2))
    assert first.content.startswith(b"%PDF") and first.content == second.content
    assert first["Content-Disposition"] == 'inline; filename="INV-2025-00001.pdf"'
    assert "no-store" in first["Cache-Control"]
    invoice.refresh_from_db()
    assert invoice.file_name == f"invoices/2025/{invoice.public_id}.pdf"


def test_to_a_stranger_it_does_not_exist_and_a_guest_is_asked_to_sign_in(invoice: Invoice, charlie: User) -> None:
    assert cast.signed_in(charlie).get(invoice.get_absolute_url()).status_code == 404
    answer = Client().get(invoice.get_absolute_url())
    assert answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))


def test_finance_and_auditors_download_any_and_fundraisers_none(
    invoice: Invoice, finance: Client, auditor: Client
) -> None:
    assert finance.get(invoice.get_absolute_url()).status_code == 200
    assert auditor.get(invoice.get_absolute_url()).status_code == 200
    fundraiser = cast.signed_in(cast.in_group("Fundraisers", "fiona@example.org"))
    assert fundraiser.get(invoice.get_absolute_url()).status_code == 404


def test_who_was_merged_into_the_payer_sees_it_too(invoice: Invoice, grace: User) -> None:
    other = a_payer(name="G. Okafor", email="other@example.org")
    Payer.objects.filter(pk=invoice.payer_id).update(user=None, merged_into=other)
    Payer.objects.filter(pk=other.pk).update(user=grace)
    assert cast.signed_in(grace).get(invoice.get_absolute_url()).status_code == 200


class TestAGuestsLink:
    @needs_pdf
    def test_opens_this_one_document_and_names_nobody(self, invoice: Invoice) -> None:
        link = invoice_link(invoice)
        answer = Client().get(link)
        assert answer.content.startswith(b"%PDF")
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "grace" not in link.lower() and "no-store" in answer["Cache-Control"]

    def test_is_over_after_an_hour(self, invoice: Invoice, monkeypatch: pytest.MonkeyPatch) -> None:
        link, later = invoice_link(invoice), time.time() + 3660
        monkeypatch.setattr("django.core.signing.time.time", lambda: later)
        assert Client().get(link).status_code == 404

    def test_is_worthless_when_changed(self, invoice: Invoice) -> None:
        other = an_invoice(payer=a_payer(email="other@example.org"))
        link = invoice_link(invoice)
        assert Client().get(link.replace(invoice.public_id.hex, other.public_id.hex)).status_code == 404
        assert Client().get(link[:-2] + "x/").status_code == 404
        assert Client().get(reverse("invoice_by_link", args=[str(invoice.public_id)])).status_code == 404


def test_where_there_can_be_no_pdf_a_page_to_print_is_shown(
    invoice: Invoice, grace: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "why_pdf_is_off", lambda: "PDFs are off.")
    text = cast.signed_in(grace).get(invoice.get_absolute_url()).content.decode()
    for words in ("INV-2025-00001", "Candle “Dawn”", "VAT 19%", "$39.98", "This is not a donation receipt."):
        assert words in text


@needs_pdf
def test_a_damaged_file_is_not_handed_out(invoice: Invoice, grace: User) -> None:
    cast.signed_in(grace).get(invoice.get_absolute_url())
    invoice.refresh_from_db()
    storages["private"].delete(invoice.file_name)
    storages["private"].save(invoice.file_name, ContentFile(b"%PDF another"))
    answer = cast.signed_in(grace).get(invoice.get_absolute_url())
    assert b"%PDF" not in answer.content and b"INV-2025-00001" in answer.content


@needs_pdf
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_document_is_archival_accessible_and_says_it_all(language: str, issuer: Issuer, tmp_path: Path) -> None:
    invoice = an_invoice(candles(quantity=7), payer=a_payer(language=language), sandbox=True)
    note = issue_credit_note(taken_back(invoice, ("0", 1000, 190)), on=ON, quantities={"0": 2}, reason="refunded")
    assert note is not None
    for document in (invoice, note):
        pdf = draw_invoice(document)
        assert pdf == draw_invoice(document)
        for profile in (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1):
            assert [
                one.message for report in page.validate_pdf_bytes(pdf, profile=profile).failures for one in [report]
            ] == []
        (tmp_path / "it.pdf").write_bytes(pdf)
        command = ["pdftotext", "-layout", tmp_path / "it.pdf", "-"]
        text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        for words in (document.label, "Grace Okafor", "Harbour Light", "Candle", "SANDBOX"):
            assert words in text
        assert ("recibo de donación" if language == "es" else "not a donation receipt") in text


@needs_pdf
def test_what_is_attached_holds_no_keys_of_our_books(invoice: Invoice) -> None:
    from receipts.invoices.documents import machine_readable

    facts = json.loads(machine_readable(invoice))
    assert (facts["number"], facts["amount"], facts["tax"]) == ("INV-2025-00001", "39.98", "5.98")
    assert "entries" not in facts["lines"][0] and "key" not in facts["lines"][0]


class TestMyAccount:
    def test_lists_them_with_what_they_correct(self, invoice: Invoice, grace: User) -> None:
        issue_credit_note(taken_back(invoice, ("0", 1000, 190)), on=ON)
        text = cast.signed_in(grace).get(reverse("account_home")).content.decode()
        assert "Invoice INV-2025-00001" in text and "Credit note CN-2025-00001" in text
        assert "Corrects INV-2025-00001" in text and invoice.get_absolute_url() in text

    def test_has_no_such_section_for_who_bought_nothing(self, invoice: Invoice, charlie: User) -> None:
        assert "INV-2025" not in cast.signed_in(charlie).get(reverse("account_home")).content.decode()


class TestStaff:
    def test_filter_search_and_open(self, invoice: Invoice, finance: Client) -> None:
        note = issue_credit_note(taken_back(invoice, ("0", 1000, 190)), on=ON, reason="refunded")
        assert note is not None
        listing = reverse("invoices:index")
        for query, found in ({"kind": "credit_note"}, "CN-2025-00001"), ({"q": "INV-2025"}, "INV-2025-00001"):
            rows = finance.get(listing, query).context["object_list"]
            assert [str(row) for row in rows] == [found]
        text = finance.get(reverse("invoices:inspect", args=[invoice.pk])).content.decode()
        assert "CN-2025-00001" in text and "VAT 19%" in text
        text = finance.get(reverse("invoices:inspect", args=[note.pk])).content.decode()
        assert "was given back" in text and reverse("invoices:inspect", args=[invoice.pk]) in text

    def test_export_what_is_filtered(self, invoice: Invoice, finance: Client) -> None:
        issue_credit_note(taken_back(invoice, ("0", 1000, 190)), on=ON)
        answer: Any = finance.get(reverse("invoices:index"), {"export": "csv", "kind": "credit_note"})
        header, row = csv.reader(StringIO(b"".join(answer.streaming_content).decode().lstrip("\ufeff")))
        assert dict(zip(header, row, strict=True)) | {"Booked as": ""} == {
            "Number": "CN-2025-00001", "Kind": "Credit note", "Issued": "2025-06-16", "Corrects": "INV-2025-00001",
            "Name": "Grace Okafor", "Before tax": "10.00", "Tax": "1.90", "Total": "11.90", "Currency": "USD",
            "Booked as": "",
        }  # fmt: skip
        answer = finance.get(reverse("invoices:index"), {"export": "xlsx"})
        sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
        assert sheet.max_row == 3

    def test_only_who_may_export_exports(self, invoice: Invoice) -> None:
        from tests.payments.desk import colleague, signed_in

        client = signed_in(colleague("view_invoice"))
        assert "export=csv" not in client.get(reverse("invoices:index")).content.decode()
        assert client.get(reverse("invoices:index"), {"export": "csv"}).status_code in {302, 403}
