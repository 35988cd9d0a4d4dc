from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import User
from receipts import drawing
from receipts.chart import Account
from receipts.issuing import issue_receipt
from receipts.models import ClosedMonth, Fund, IndexRow, Issuer, Receipt
from receipts.staff.funds import FundIndexView
from receipts.staff.invoices import InvoiceIndexView
from receipts.staff.payers import PayerIndexView
from receipts.staff.receipts import ReceiptIndexView
from receipts.staff.transactions import TransactionIndexView
from tests.receipts import cast
from tests.receipts.books import PAID_AT, a_line, a_payer, a_payment, an_issuer
from tests.receipts.sold import an_invoice

pytestmark = pytest.mark.django_db

LISTINGS = ["transactions", "receipts", "invoices", "payers", "funds", "closed_months", "index_rows"]


def a_receipt(**more: Any) -> Receipt:
    receipt = issue_receipt(a_payment(**more), on=date(2025, 6, 15), sandbox=False)
    assert receipt is not None
    return receipt


def url(name: str, *args: Any) -> str:
    return reverse(name, args=args)


@pytest.mark.parametrize("name", [*(f"{name}:index" for name in LISTINGS), "income_report:index"])
def test_each_screen_opens_for_finance_and_auditors_and_for_nobody_else(
    name: str, finance: Client, auditor: Client, charlie: User, issuer: Issuer
) -> None:
    a_receipt()
    for client in (finance, auditor):
        assert client.get(url(name)).status_code == 200
    assert cast.signed_in(charlie).get(url(name)).status_code in {302, 403}


@pytest.mark.parametrize("name", LISTINGS)
def test_each_screen_has_an_empty_state(name: str, finance: Client) -> None:
    assert finance.get(url(f"{name}:index")).status_code == 200


def query_count(client: Client, name: str) -> int:
    client.get(url(f"{name}:index"))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url(f"{name}:index")).status_code == 200
    return len(queries)


def test_a_listing_asks_the_database_as_often_for_200_rows_as_for_10(
    finance: Client, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add(count: int) -> None:
        for number in range(count):
            a_receipt(payer=a_payer(email=f"p{number}.{count}@example.org"))
            an_invoice(payer=a_payer(email=f"p{number}.{count}@example.org"))
            Fund.objects.create(name=f"Fund {number} of {count}")

    listings = ["transactions", "receipts", "invoices", "payers", "funds"]
    # All rows on one page, so that a query per row cannot hide behind the paginator.
    for index in (TransactionIndexView, ReceiptIndexView, InvoiceIndexView, PayerIndexView, FundIndexView):
        monkeypatch.setattr(index, "paginate_by", 500)
    add(10)
    few = {name: query_count(finance, name) for name in listings}
    add(190)
    assert {name: query_count(finance, name) for name in listings} == few


def test_finance_looks_into_a_transaction(finance: Client, issuer: Issuer) -> None:
    receipt = a_receipt(lines=(a_line(2_500, description="Gift to the shelter"),))
    page = finance.get(url("transactions:inspect", receipt.transaction_id)).content.decode()
    for text in ("Gift to the shelter", "$25.00", "Held at Stripe", "Unrestricted", receipt.label, "Grace Okafor"):
        assert text in page


def test_transactions_are_found_by_reference_and_payer(finance: Client) -> None:
    a_payment(reference="stripe:ch_sought")
    a_payment(reference="stripe:ch_other", payer=a_payer(name="Noor Haddad", email="noor@example.org"))
    listed = lambda text: finance.get(url("transactions:index"), {"q": text}).context["object_list"]  # noqa: E731
    assert [row.reference for row in listed("ch_sought")] == ["stripe:ch_sought"]
    assert [row.reference for row in listed("noor")] == ["stripe:ch_other"]
    for strange in ('can"dle', "  ", "a\x00b", "%", "x" * 3000):
        assert finance.get(url("transactions:index"), {"q": strange}).status_code == 200


def test_finance_looks_at_a_payer_with_payments_and_receipts(finance: Client, issuer: Issuer) -> None:
    receipt = a_receipt()
    page = finance.get(url("payers:inspect", receipt.payer_id)).content.decode()
    for text in ("Grace Okafor", "12 Harbour Street", "$100.00", receipt.label):
        assert text in page


def test_above_a_supporter_their_list_is_called_as_in_the_menu(finance: Client) -> None:
    page = finance.get(url("payers:inspect", a_payer().pk))
    assert "All supporters" in [item["label"] for item in page.context["breadcrumbs_items"]]


def test_nothing_in_the_books_has_an_edit_or_delete_screen(finance: Client) -> None:
    paid = a_payment()
    for action in ("edit", "delete"):
        for name, pk in (("transactions", paid.pk), ("payers", paid.payer_id)):
            assert finance.get(f"/admin/{name}/{action}/{pk}/").status_code == 404


# -- Receipts -----------------------------------------------------------------------------------------------


def test_voiding_asks_twice_and_for_a_reason(finance: Client, issuer: Issuer) -> None:
    receipt = a_receipt()
    address = url("receipts:void", receipt.pk)
    assert "cannot be undone" in finance.get(address).content.decode()
    for half in ({"reason": "Typed wrong name"}, {"is_sure": "on"}):
        assert finance.post(address, half).status_code == 200
        receipt.refresh_from_db()
        assert receipt.is_live
    finance.post(address, {"reason": "Typed wrong name", "is_sure": "on"})
    receipt.refresh_from_db()
    assert (receipt.state, receipt.void_reason) == ("void", "Typed wrong name")
    assert "Typed wrong name" in finance.get(url("receipts:inspect", receipt.pk)).content.decode()


def test_auditors_read_and_download_but_void_nothing(auditor: Client, issuer: Issuer) -> None:
    receipt = a_receipt()
    assert auditor.get(url("receipts:inspect", receipt.pk)).status_code == 200
    answer = auditor.post(url("receipts:void", receipt.pk), {"reason": "x", "is_sure": "on"})
    receipt.refresh_from_db()
    assert answer.status_code in {302, 403}
    assert receipt.is_live


def test_a_failed_document_is_drawn_again_with_the_same_number(finance: Client, issuer: Issuer) -> None:
    receipt = a_receipt()
    Receipt.objects.update(render_state="failed", render_error="MissingGlyphs")
    assert "could not be drawn" in finance.get(url("receipts:inspect", receipt.pk)).content.decode()
    finance.post(url("receipts:draw", receipt.pk))
    receipt.refresh_from_db()
    assert receipt.is_stored
    assert storages["private"].exists(receipt.file_name)


# -- Funds, months, yearly amounts --------------------------------------------------------------------------


def test_finance_opens_a_fund(finance: Client) -> None:
    finance.post(url("funds:add"), {"name": "Night shelter", "purpose": "Beds", "is_restricted": "on", "is_open": "on"})
    fund = Fund.objects.get(name="Night shelter")
    assert (fund.is_restricted, fund.is_default) == (True, False)
    a_payment(a_line(4_200, fund=fund))
    assert "$42.00" in finance.get(url("funds:index")).content.decode()


def test_a_fund_with_entries_cannot_be_deleted(finance: Client) -> None:
    fund = Fund.objects.create(name="Night shelter")
    a_payment(a_line(fund=fund))
    finance.post(f"/admin/funds/delete/{fund.pk}/")
    assert Fund.objects.filter(pk=fund.pk).exists()


def test_closing_a_month_asks_twice(finance: Client, auditor: Client) -> None:
    a_payment(occurred_at=PAID_AT)
    finance.post(url("closed_months:close"), {"month": "202507"})
    assert not ClosedMonth.objects.exists()
    auditor.post(url("closed_months:close"), {"month": "202507", "is_sure": "on"})
    assert not ClosedMonth.objects.exists()
    finance.post(url("closed_months:close"), {"month": "202507", "is_sure": "on"})
    closed = ClosedMonth.objects.get()
    assert (closed.month, closed.closed_by.email) == (202507, "tamara@example.org")  # type: ignore[union-attr]


def test_a_month_that_is_not_over_cannot_be_chosen(finance: Client) -> None:
    a_payment()
    now = timezone.localdate()
    answer = finance.post(url("closed_months:close"), {"month": f"{now:%Y%m}", "is_sure": "on"})
    assert "month" in answer.context["form"].errors
    assert not ClosedMonth.objects.exists()


def test_the_missing_year_is_named_until_finance_adds_it_with_its_source(finance: Client, issuer: Issuer) -> None:
    year = timezone.localdate().year
    sentence = f"The amounts of {year} are missing"
    assert sentence in finance.get(url("index_rows:index")).content.decode()
    assert f"IRS amounts of {year} are missing" in finance.get("/admin/").content.decode()
    row = {"jurisdiction": "US", "year": str(year), "low_cost_limit": "13.90", "minimum_payment": "69.50", "cap": "139"}
    assert finance.post(url("index_rows:add"), row).status_code == 200
    assert not IndexRow.objects.exists()
    finance.post(url("index_rows:add"), {**row, "source": "Rev. Proc. of the year"})
    added = IndexRow.objects.get()
    assert (added.low_cost_limit, added.minimum_payment, added.cap) == (1390, 6950, 13900)
    assert added.added_by.email == "tamara@example.org"  # type: ignore[union-attr]
    assert sentence not in finance.get(url("index_rows:index")).content.decode()


def test_the_amounts_of_a_known_year_cannot_be_changed(finance: Client) -> None:
    row = {"jurisdiction": "US", "year": "2025", "low_cost_limit": "20", "minimum_payment": "100", "cap": "200"}
    answer = finance.post(url("index_rows:add"), {**row, "source": "Me"})
    assert "year" in answer.context["form"].errors


def test_the_first_page_says_what_of_the_books_waits(finance: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    an_issuer()
    a_receipt()
    Receipt.objects.update(render_state="failed")
    Issuer.objects.update(legal_name="")
    monkeypatch.setattr(drawing, "why_pdf_is_off", lambda: "PDFs are off: no Pango.")
    page = finance.get("/admin/").content.decode()
    for text in ("1 receipt could not be drawn", "PDFs are off: no Pango.", "enter who issues them"):
        assert text in page


# -- The income report --------------------------------------------------------------------------------------

JUNE = {"first": "2025-06", "last": "2025-07", "basis": "cash"}


def test_the_report_shows_table_chart_and_totals(finance: Client) -> None:
    a_payment(a_line(12_000, Account.DUES), a_line(3_000))
    a_payment(a_line(1_000), occurred_at=PAID_AT + timedelta(days=31))
    page = finance.get(url("income_report:index"), JUNE).content.decode()
    for text in ("2025-06", "2025-07", "Membership dues", "Gifts", "$120.00", "$160.00", "<svg", "<desc", "$40.00"):
        assert text in page


@pytest.mark.parametrize("year", ["9999", "0001", "1066"])
def test_a_year_out_of_the_world_is_said_beside_its_field(finance: Client, year: str) -> None:
    for asked in ({"as_of": f"{year}-12-31"}, {"first": f"{year}-01", "last": f"{year}-12"}):
        answer = finance.get(url("income_report:index"), asked)
        assert answer.status_code == 200 and "Choose a year from" in answer.content.decode()


def test_the_report_without_income_says_so(finance: Client) -> None:
    assert "No income was booked" in finance.get(url("income_report:index")).content.decode()


@pytest.mark.parametrize(
    "asked",
    [{"first": "2025-13"}, {"first": "soon"}, {"last": ""}, {"first": "2025-08"}, {"first": "1950-01"}, {"as_of": "x"}],
)
def test_a_period_that_makes_no_sense_is_explained(finance: Client, asked: dict[str, str]) -> None:
    answer = finance.get(url("income_report:index"), {**JUNE, **asked})
    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_exports_say_what_the_screen_says(finance: Client) -> None:
    a_payment(a_line(12_050, Account.DUES), a_line(3_000))
    csv = b"".join(finance.get(url("income_report:index"), {**JUNE, "export": "csv"}).streaming_content)  # type: ignore[attr-defined]
    assert csv.decode("utf-8-sig").splitlines() == [
        "Month,Stream,Currency,Amount", "2025-06,Membership dues,USD,120.50", "2025-06,Gifts,USD,30.00",
    ]  # fmt: skip
    xlsx = b"".join(finance.get(url("income_report:index"), {**JUNE, "export": "xlsx"}).streaming_content)  # type: ignore[attr-defined]
    rows = list(load_workbook(BytesIO(xlsx)).active.iter_rows(values_only=True))
    assert rows == [
        ("Month", "Stream", "Currency", "Amount"), ("2025-06", "Membership dues", "USD", 120.5),
        ("2025-06", "Gifts", "USD", 30),
    ]  # fmt: skip


def test_exports_are_for_finance_only(charlie: User, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    answer = cast.signed_in(charlie).get(url("income_report:index"), {**JUNE, "export": "csv"})
    assert answer.status_code in {302, 403}
