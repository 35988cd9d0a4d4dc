"""A bank statement from its file to gifts in the books, and back again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.privacy import Person
from membership.fundraising.bank_import.booking import (
    NotBooked,
    Part,
    book_line,
    book_sure_lines,
    undo_line,
    undo_statement,
)
from membership.fundraising.bank_import.layout import guess_layout
from membership.fundraising.bank_import.staging import forget_unread
from membership.fundraising.bank_import.values import guess_decimal, guess_order, read_amount, read_day
from membership.fundraising.privacy import erase, export
from membership.models import BankImport, BankLine, OfflineGift
from payments.models import Payout
from receipts import ledger
from receipts.chart import Account
from receipts.checks import books_problems
from receipts.models import Fund, Transaction
from receipts.money import plain
from tests.membership.fundraisers import fatima
from tests.membership.statements import HEAD, LAYOUT, a_line, a_statement, upload
from tests.receipts import cast
from tests.receipts.books import a_payer, an_issuer

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def client(db: None) -> Client:
    an_issuer()
    return fatima()


# -- Reading ------------------------------------------------------------------------------------------------

GOOD = "2026-01-05,50.00,Grace Okafor,Thank you"
# Each: the line as it stands in the file, and a word of the sentence it is reported with.
HORRORS = [
    ("2026-13-01,50.00,A,b", "no such day"),
    ("2026-02-30,50.00,A,b", "no such day"),
    ("05/01/2026,50.00,A,b", "no date"),
    ("yesterday,50.00,A,b", "no date"),
    (",50.00,A,b", "no date"),
    ("2099-01-01,50.00,A,b", "not come"),
    ("1901-01-01,50.00,A,b", "too long ago"),
    ("50.00,2026-01-05,A,b", "no date"),
    ("٢٠٢٦-٠١-٠٥,50.00,A,b", "no date"),
    ("2026-01-05,,A,b", "no amount"),
    ("2026-01-05,fifty,A,b", "no amount"),
    ('2026-01-05,"50,00",A,b', "no amount"),
    ("2026-01-05,50.001,A,b", "no amount"),
    ("2026-01-05,1e5,A,b", "no amount"),
    ("2026-01-05,NaN,A,b", "no amount"),
    ("2026-01-05,0.00,A,b", "zero"),
    ("2026-01-05,£50.00,A,b", "no amount"),
    ("2026-01-05,9999999999999999,A,b", "no amount"),
    ("2026-01-05,=1+1,A,b", "no amount"),
    ("2026-01-05,50.00,=cmd|' /C calc'!A0,b", "formula"),
    ("2026-01-05,50.00,A,@SUM(A1)", "formula"),
    ("2026-01-05,50.00,+A,b", "formula"),
    ("2026-01-05,50.00,-A,b", "formula"),
    ("2026-01-05,50.00,\tA,b", "formula"),
    ("2026-01-05,50.00,＝A,b", "formula"),
    ("2026-01-05,50.00,A", "3 columns"),
    ("2026-01-05,50.00,A,b,c", "5 columns"),
    ("2026-01-05,50.00," + ",".join("x" * 40), "42 columns"),
    ('2026-01-05,50.00,"A,b', "quotation"),
    ('2026-01-05,50.00,"A"x,b', "quotation"),
    (f"2026-01-05,50.00,{'A' * 201},b", "longer than 200"),
]


@pytest.mark.parametrize(("line", "said"), HORRORS)
def test_a_bad_line_is_reported_by_its_number_and_the_rest_goes_on(line: str, said: str) -> None:
    statement = a_statement(GOOD, line, "2026-01-06,60.00,Grace Okafor,Again")
    assert [(one["line"], said in one["problem"]) for one in statement.problems] == [(3, True)], statement.problems
    assert [(one.number, one.amount) for one in statement.lines.all()] == [(2, 5000), (4, 6000)]
    assert not statement.text


@pytest.mark.parametrize(
    ("currency", "said"),
    [("XYZ", "no currency"), ("", "no currency"), ("€", "no currency"), ("EUR", "Only USD is booked")],
)
def test_an_unknown_or_foreign_currency_is_a_bad_line(currency: str, said: str) -> None:
    first, last = "2026-01-05,50.00,Ann,x,USD", "2026-01-07,60.00,Ann,x,usd"
    bad = f"2026-01-06,70.00,Ann,x,{currency}"
    statement = a_statement(first, bad, last, head=f"{HEAD},Currency", layout=replace(LAYOUT, currency=4))
    assert [(one["line"], said in one["problem"]) for one in statement.problems] == [(3, True)], statement.problems
    assert [(one.amount, one.currency) for one in statement.lines.all()] == [(5000, "USD"), (6000, "USD")]


def test_nothing_of_a_bad_line_is_in_its_report() -> None:
    statement = a_statement("2026-13-01,50.00,Secret Person,secret reason")
    assert "ecret" not in str(statement.problems)


REFUSED = [
    (b"", "file"),
    (b"  \n \n", "empty"),
    (b"PK\x03\x04 workbook", "spreadsheet"),
    (b"Date,Amount\n2026-01-01,\x00", "characters"),
    (b"just one column\nand more\n", "no columns"),
    (b"a," * 50 + b"\n", "more than 40 columns"),
    (b"\x81\x8d\x8f,\x90\n", "no text"),
    (b"Date,Amount\n" * 6_000, "5,000 lines"),
    (b"x" * (2 * 1024 * 1024 + 1), "too large"),
]


@pytest.mark.parametrize(("content", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_a_file_that_is_no_statement_is_refused_with_a_sentence(client: Client, content: bytes, said: str) -> None:
    response = upload(client, content)
    assert response.status_code == 422
    assert said in str(response.context["form"].errors["file"])
    assert not BankImport.objects.exists()


def test_a_huge_file_is_refused_before_it_is_read(client: Client) -> None:
    class Unread:
        def read(self, *args: Any) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    client.handler.enforce_csrf_checks = True
    response = client.generic(
        "POST", reverse("bank_imports:upload"), b"", content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(1024**3), **{"wsgi.input": Unread()},
    )  # fmt: skip
    assert response.status_code == 413


def test_the_upload_still_asks_for_the_forms_token(client: Client) -> None:
    client.handler.enforce_csrf_checks = True
    assert upload(client, HEAD).status_code == 403


@pytest.mark.parametrize(
    "content",
    [
        "Datum;Betrag;Name;Verwendungszweck\n13.01.2026;1.234,56;Jürgen Groß;Spende\n".encode("cp1252"),
        "Datum;Betrag;Name;Verwendungszweck\n13.01.2026;1.234,56;Jürgen Groß;Spende\n".encode("utf-8-sig"),
        "Datum\tBetrag\tName\tVerwendungszweck\r\n13.01.2026\t1.234,56\tJürgen Groß\tSpende\r\n".encode(),
        "Datum;Betrag;Name;Verwendungszweck\n13.01.2026;1.234,56;Jürgen Groß;Spende\n".encode("utf-16"),
    ],
)
def test_encodings_delimiters_and_amounts_of_other_places_are_read(client: Client, content: bytes) -> None:
    page = client.get(upload(client, content).url)
    guess = page.context["form"].initial or {name: f.initial for name, f in page.context["form"].fields.items()}
    client.post(page.request["PATH_INFO"], {k: str(v) if v is not None else "" for k, v in guess.items()})
    line = BankLine.objects.get()
    assert (line.amount, line.payer_text, line.booked_on) == (123_456, "Jürgen Groß", date(2026, 1, 13))


def test_dates_that_can_be_read_in_two_ways_are_asked_about(client: Client) -> None:
    address = upload(client, "Date,Amount,Name\n05/06/2026,10.00,Ann\n").url
    columns = {"date": "0", "amount": "1", "payer": "2", "has_header": "on", "decimal": "."}
    response = client.post(address, columns)
    assert response.status_code == 422
    assert "two ways" in str(response.context["form"].errors["order"])
    client.post(address, {**columns, "order": "dmy"})
    assert BankLine.objects.get().booked_on == date(2026, 6, 5)


def test_a_line_break_within_quotation_marks_is_part_of_the_cell() -> None:
    statement = a_statement('2026-01-05,50.00,"Grace\nOkafor",x', "2026-01-06,1.00,B,c")
    assert [(one.number, one.payer_text) for one in statement.lines.all()] == [(2, "Grace Okafor"), (4, "B")]


def test_the_columns_are_remembered_for_the_account() -> None:
    a_statement(GOOD)
    assert guess_layout("a,b,c,d\n2026-01-05,1.00,x,y", "main").payer == 2
    assert guess_layout("a,b,c,d\n2026-01-05,1.00,x,y", "another").payer is None


def test_the_same_file_is_read_once(client: Client) -> None:
    first, again = upload(client, HEAD), upload(client, HEAD)
    assert first.status_code == 302
    assert again.status_code == 422
    assert reverse("bank_imports:inspect", args=[BankImport.objects.get().pk]) in again.content.decode()


def test_a_statement_that_nobody_went_on_with_is_forgotten_after_a_week(client: Client) -> None:
    upload(client, f"{HEAD}\n{GOOD}")
    a_statement(GOOD)
    assert forget_unread() == 0
    BankImport.objects.update(uploaded_at=timezone.now() - timedelta(days=8))
    assert forget_unread() == 1
    assert BankImport.objects.get().lines.count() == 1


def test_overlapping_statements_take_each_line_once_and_twins_twice() -> None:
    a_statement(GOOD, GOOD)
    second = a_statement(GOOD, GOOD, "2026-01-07,5.00,B,c")
    assert BankLine.objects.count() == 3
    assert second.known_lines == 2


def test_money_that_went_out_is_no_gift() -> None:
    for text in ("-5.00", "5.00-", "(5.00)", "\u22125.00"):
        line = a_line(f"2026-01-05,{text},Landlord,Rent", account=text)
        assert (line.state, line.amount) == ("not_ours", -500)
        assert (line.payer_text, line.reference_text) == ("", ""), "whom we pay is nobody's business here"
        with pytest.raises(NotBooked):
            book_line(line, by=None, payer=a_payer())


@given(amount=st.integers(1, 10**11), decimal=st.sampled_from(".,"), is_out=st.booleans())
def test_every_amount_is_read_as_it_was_written(amount: int, decimal: str, is_out: bool) -> None:
    whole, _, cents = plain(amount, "USD").partition(".")
    written = f"{int(whole):,}".replace(",", "." if decimal == "," else ",") + decimal + cents
    assert guess_decimal([written]) == decimal
    assert read_amount(f"-{written}" if is_out else written, "USD", decimal) == (-amount if is_out else amount)


@given(day=st.dates(date(1990, 1, 1), TODAY), order=st.sampled_from(["dmy", "mdy", "ymd"]), sign=st.sampled_from("/-."))
def test_every_day_is_read_as_it_was_written_and_no_order_is_guessed_wrongly(day: date, order: str, sign: str) -> None:
    forms = {"dmy": "%d{0}%m{0}%Y", "mdy": "%m{0}%d{0}%Y", "ymd": "%Y{0}%m{0}%d"}
    written = day.strftime(forms[order].format(sign))
    assert read_day(written, order, today=TODAY) == day
    assert guess_order([written]) in ("", order)


# -- Suggestions --------------------------------------------------------------------------------------------


def test_an_address_in_the_text_is_sure_and_a_name_is_not() -> None:
    an_issuer()
    payer = a_payer()
    by_mail = a_line("2026-01-05,50.00,GRACE,gift of Grace@example.org")
    assert (by_mail.payer, by_mail.score, by_mail.state) == (payer, 95, "matched")
    by_name = a_line("2026-01-06,50.00,Okafor Grace,thanks")
    assert (by_name.payer, by_name.score) == (payer, 75)
    alike = a_line("2026-01-07,50.00,Grace Okafoor,thanks")
    assert (alike.payer, alike.score) == (payer, 60)
    assert a_line("2026-01-08,50.00,Somebody Else,thanks").state == "new"


def test_what_came_under_the_name_before_is_suggested_again() -> None:
    payer = a_payer()
    book_line(a_line("2026-01-05,50.00,ACME HOLDING 77,x"), by=None, payer=payer)
    same, other = a_line("2026-02-05,50.00,ACME HOLDING 77,x"), a_line("2026-03-05,9.00,ACME HOLDING 77,x")
    assert [(one.payer, one.score) for one in (same, other)] == [(payer, 92), (payer, 85)]


def test_a_payout_of_stripe_is_no_gift() -> None:
    arrived = datetime(2026, 1, 5, tzinfo=UTC)
    Payout.objects.create(
        payout_id="po_1", amount=777, currency="usd", status="paid", arrival_at=arrived, created=arrived
    )
    assert a_line("2026-01-06,7.77,TRANSFER,4711").state == "payout"
    assert a_line("2026-01-06,10.00,STRIPE PAYMENTS,x").state == "payout"
    assert a_line("2026-02-20,7.77,TRANSFER,4711").state == "new"


def test_an_erased_supporter_is_not_suggested() -> None:
    payer = a_payer()
    type(payer).objects.filter(pk=payer.pk).update(
        erased_at="2026-01-01T00:00Z", email="", line1="", city="", region="", postcode="", country=""
    )
    assert a_line("2026-01-05,50.00,Grace Okafor,x").payer is None


# -- Booking and undoing ------------------------------------------------------------------------------------


def test_a_line_is_booked_once_also_by_two_colleagues() -> None:
    an_issuer()
    line = a_line()
    seen_by_both = [BankLine.objects.get(pk=line.pk) for _ in range(2)]
    book_line(seen_by_both[0], by=None, payer=a_payer())
    with pytest.raises(NotBooked):
        book_line(seen_by_both[1], by=None, payer=a_payer())
    assert Transaction.objects.get().reference == f"bank:{line.public_id}"
    assert ledger.account_balance(Account.BANK, currency="USD") == 5000
    assert not books_problems()


def test_what_a_bank_said_of_somebody_is_erased_with_them_and_told_to_them_before(client: Client) -> None:
    payer = a_payer()
    line = a_line()
    book_line(line, by=None, payer=payer)
    waiting = a_line("2026-02-05,50.00,Grace Okafor,Thank you")
    person = Person(user=None, payers=[payer], emails=[payer.email])
    tables = {table.name: list(table.rows) for table in export(person)}
    assert [row["reference"] for row in tables["lines_of_bank_statements"]] == ["Thank you", "Thank you"]
    erase(person)
    for one in (line, waiting):
        one.refresh_from_db()
        assert (one.payer_text, one.reference_text, one.reason) == ("", "", "")
    assert (line.state, waiting.state, waiting.payer) == ("booked", "new", None)
    assert OfflineGift.objects.get().reference == ""
    assert not books_problems()


def test_a_line_is_split_between_two_funds() -> None:
    boats, anywhere = Fund.objects.create(name="Boats"), Fund.unrestricted()
    parts = [Part(amount=2000, fund=boats), Part(amount=3000, fund=anywhere)]
    book_line(a_line(), by=None, payer=a_payer(), parts=parts)
    assert [ledger.fund_balance(fund, currency="USD") for fund in (boats, anywhere)] == [2000, 3000]
    with pytest.raises(NotBooked):
        book_line(a_line("2026-01-09,50.00,B,c"), by=None, payer=a_payer(), parts=parts[:1])


def test_all_that_is_sure_is_booked_at_once_and_the_rest_waits() -> None:
    a_payer()
    statement = a_statement(GOOD, "2026-01-06,60.00,X,grace@example.org", "2026-01-07,7.00,X,grace@example.org")
    assert book_sure_lines(statement, by=None) == 2
    assert book_sure_lines(statement, by=None) == 0
    assert ledger.account_balance(Account.BANK, currency="USD") == 6700


def test_undoing_a_statement_takes_everything_back_and_it_can_be_booked_anew() -> None:
    an_issuer()
    payer = a_payer()
    statement = a_statement(GOOD, "2026-01-06,60.00,B,c")
    for line in statement.lines.all():
        book_line(line, by=None, payer=payer)
    assert undo_statement(statement, reason="Wrong account", by=None) == (2, 0)
    assert ledger.account_balance(Account.BANK, currency="USD") == 0
    line = statement.lines.all()[0]
    assert line.state == "undone"
    assert not undo_line(line, reason="Again", by=None)
    book_line(line, by=None, payer=payer)
    assert ledger.account_balance(Account.BANK, currency="USD") == line.amount
    assert OfflineGift.objects.standing().count() == 1
    assert OfflineGift.objects.count() == 3
    assert not books_problems()


def test_from_the_file_to_the_books_through_the_pages(client: Client) -> None:
    payer = a_payer()
    address = upload(client, f"{HEAD}\n{GOOD}\n2026-01-06,5.00,Nobody Known,x\n").url
    columns = {
        "date": "0",
        "amount": "1",
        "payer": "2",
        "text": "3",
        "has_header": "on",
        "order": "ymd",
        "decimal": ".",
    }
    listing = client.post(address, columns).url
    page = client.get(listing).content.decode()
    assert "The same name, 75 of 100" in page
    first, second = BankLine.objects.order_by("number")
    client.post(reverse("bank_imports:quick_book", args=[first.pk]))
    assert OfflineGift.objects.get().gift.payer == payer
    new = client.post(reverse("bank_imports:line", args=[second.pk]), {"step": "new", "kind": "person", "name": "Nora"})
    chosen = new.url.rpartition("=")[2]
    client.get(new.url)
    booked = {"payer": chosen, "purpose": f"fund-{Fund.unrestricted().pk}", "second_amount": "", "second_purpose": ""}
    client.post(reverse("bank_imports:line", args=[second.pk]), booked)
    second.refresh_from_db()
    assert (second.state, second.payer.name) == ("booked", "Nora")
    client.post(reverse("bank_imports:undo_line", args=[second.pk]), {"reason": "Wrong", "is_sure": "on"})
    assert ledger.account_balance(Account.BANK, currency="USD") == 5000
    for name in ("line", "undo_line"):
        assert client.get(reverse(f"bank_imports:{name}", args=[second.pk])).status_code == 200
    for name in ("inspect", "undo"):
        assert client.get(reverse(f"bank_imports:{name}", args=[first.statement_id])).status_code == 200
    assert client.get(reverse("bank_imports:index")).status_code == 200


@pytest.mark.parametrize(("group", "may"), [("Fundraisers", True), ("Finance", True), ("Auditors", False)])
def test_who_may_read_and_book_statements(group: str, may: bool) -> None:
    line = a_line()
    client = cast.signed_in(cast.in_group(group, "somebody@example.org"))
    pages = [reverse("bank_imports:upload"), reverse("bank_imports:line", args=[line.pk])]
    assert [client.get(page).status_code == 200 for page in pages] == [may, may]
    assert client.get(reverse("bank_imports:inspect", args=[line.statement_id])).status_code == 200


def test_a_stranger_sees_no_statement() -> None:
    line = a_line()
    charlie = cast.signed_in(cast.somebody("charlie@example.org"))
    for page in (
        reverse("bank_imports:inspect", args=[line.statement_id]),
        reverse("bank_imports:line", args=[line.pk]),
    ):
        assert charlie.get(page).status_code in (302, 403, 404)


def test_the_lines_of_a_statement_ask_no_more_for_more_of_them(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    a_payer()
    statement = a_statement(*[f"2026-01-{day:02},{day}.00,Grace Okafor,x" for day in range(1, 29)])
    address = reverse("bank_imports:inspect", args=[statement.pk])
    client.get(address)
    with django_assert_max_num_queries(22):
        assert client.get(address).status_code == 200
