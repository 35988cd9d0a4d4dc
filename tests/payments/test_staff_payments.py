from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from payments.issues import open_issue
from payments.models import Dispute, Payment, Plan
from receipts.chart import Account
from receipts.ledger import record_refund
from tests.payments import desk
from tests.receipts.books import an_issuer

pytestmark = pytest.mark.django_db
LISTING = "/admin/payments/"


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def tamara() -> Client:
    return desk.signed_in(desk.treasurer())


def details(payment: Payment) -> str:
    return reverse("payments:inspect", args=[payment.pk])


def test_listing_shows_payer_amount_status_and_stream(tamara: Client) -> None:
    desk.a_paid_payment(name="Noor Haddad", amount=123456, account=Account.DUES)
    page = tamara.get(LISTING).content.decode()
    assert "Noor Haddad" in page
    assert "$1,234.56" in page
    assert "Membership dues" in page
    assert "Paid" in page


@pytest.mark.parametrize("look_for", ["noor", "NOOR9@example.org", "ch_noor", "pi_noor", "cs_noor", "in_noor"])
def test_search_finds_a_payment_by_what_staff_have_in_hand(tamara: Client, look_for: str) -> None:
    desk.an_open_payment(name="Grace Okafor")
    sought = desk.an_open_payment(
        name="Noor Haddad", session_id="cs_noor", charge_id="ch_noor", payment_intent_id="pi_noor", invoice_id="in_noor"
    )
    type(sought.payer).objects.filter(pk=sought.payer.pk).update(email="noor9@example.org")
    found = tamara.get(LISTING, {"q": look_for}).context["object_list"]
    assert [payment.pk for payment in found] == [sought.pk]


def test_search_finds_a_payment_by_our_own_id_whole_or_as_shown(tamara: Client) -> None:
    desk.an_open_payment()
    sought = desk.an_open_payment()
    for text in (str(sought.public_id), str(sought.public_id)[:13], str(sought)):
        found = tamara.get(LISTING, {"q": text}).context["object_list"]
        assert [payment.pk for payment in found] == [sought.pk], text


def test_search_by_a_refunds_id_finds_its_payment_once(tamara: Client) -> None:
    sought = desk.a_paid_payment()
    sought.refunds.create(amount=100, refund_id="re_one", status="succeeded")
    sought.refunds.create(amount=100, refund_id="re_two", status="succeeded")
    assert [row.pk for row in tamara.get(LISTING, {"q": "re_two"}).context["object_list"]] == [sought.pk]
    assert [row.pk for row in tamara.get(LISTING, {"q": sought.payer.name}).context["object_list"]] == [sought.pk]


@pytest.mark.parametrize("text", ['can"dle', "  ", "a\x00b", "'", "%", "x" * 3000, "é_", "cs_"])
def test_strange_search_is_answered_and_never_an_error(tamara: Client, text: str) -> None:
    assert tamara.get(LISTING, {"q": text}).status_code == 200


def test_filters_narrow_by_status_stream_and_day(tamara: Client) -> None:
    paid = desk.a_paid_payment(account=Account.DUES)
    waiting = desk.an_open_payment(account=Account.GIFTS)
    for narrowed, expected in (
        ({"status": "paid"}, [paid.pk]),
        ({"status": "open"}, [waiting.pk]),
        ({"stream": "dues"}, [paid.pk]),
        ({"stream": "gifts"}, [waiting.pk]),
        ({"paid_at_from": "2026-03-15", "paid_at_to": "2026-03-15"}, [paid.pk]),
        ({"paid_at_from": "2026-03-16"}, []),
    ):
        found = tamara.get(LISTING, narrowed).context["object_list"]
        assert [payment.pk for payment in found] == expected, narrowed


def queries_of(client: Client, address: str, counter: Any) -> int:
    with counter as counted:
        response = client.get(address)
        if response.streaming:
            b"".join(response)  # type: ignore[arg-type]
        assert response.status_code == 200
    return len(counted.captured_queries)


@pytest.mark.parametrize("address", [LISTING, f"{LISTING}?export=csv", f"{LISTING}?export=xlsx"])
def test_listing_and_exports_ask_as_often_for_200_rows_as_for_10(
    tamara: Client, address: str, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from payments.staff.payments import PaymentIndexView

    monkeypatch.setattr(PaymentIndexView, "get_paginate_by", lambda view, rows: None if view.is_export else 500)
    for _ in range(10):
        desk.a_paid_payment()
    queries_of(tamara, address, django_assert_max_num_queries(100))
    few = queries_of(tamara, address, django_assert_max_num_queries(100))
    for _ in range(190):
        desk.an_open_payment()
    many = queries_of(tamara, address, django_assert_max_num_queries(100))
    assert many == few


def test_csv_export_holds_what_is_filtered_and_runs_no_formula(tamara: Client) -> None:
    desk.a_paid_payment(name='=HYPERLINK("http://evil.example")', amount=5000)
    desk.an_open_payment(name="Not paid")
    response = tamara.get(LISTING, {"export": "csv", "status": "paid"})
    text = b"".join(response).decode("utf-8-sig")  # type: ignore[arg-type]
    assert text.startswith("Payment,Started,Paid,Payer")
    assert "'=HYPERLINK" in text
    assert ",50.00," in text
    assert "Not paid" not in text


def test_who_may_only_look_takes_no_file_along() -> None:
    desk.a_paid_payment()
    looker = desk.signed_in(desk.colleague("view_payment"))
    assert "export=csv" not in looker.get(LISTING).content.decode()
    for kind in ("csv", "xlsx"):
        assert looker.get(LISTING, {"export": kind}).status_code == 302
    exporter = desk.signed_in(desk.colleague("view_payment", "export_payment", email="dora@example.org"))
    assert "export=csv" in exporter.get(LISTING).content.decode()
    for kind in ("csv", "xlsx"):
        assert exporter.get(LISTING, {"export": kind})["Content-Disposition"].startswith("attachment")


def test_xlsx_export_holds_amounts_as_numbers(tamara: Client) -> None:
    desk.a_paid_payment(amount=5050)
    response = tamara.get(LISTING, {"export": "xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(response))).active  # type: ignore[arg-type]
    header, row = sheet.iter_rows(values_only=True)
    assert dict(zip(header, row, strict=True))["Amount"] == 50.5


def test_details_show_lines_ledger_events_receipt_and_issues(tamara: Client) -> None:
    an_issuer()
    payment = desk.a_paid_payment()
    event = desk.an_event(object_id=payment.charge_id)
    elsewhere = desk.an_event(object_id="ch_of_somebody_else")
    open_issue("dispute_open", "dp_1", "dp_1: needs_response.", payment=payment)
    Dispute.objects.create(
        payment=payment, dispute_id="dp_1", amount=5000, status="needs_response", opened_at=desk.PAID_AT,
        synced_at=desk.PAID_AT,
    )  # fmt: skip
    page = tamara.get(details(payment)).content.decode()
    receipt = payment.transaction.receipts.get()  # type: ignore[union-attr]
    for text in (
        "$50.00", "$1.75", "Held at Stripe", "Gifts", "Stripe fees", f"stripe:{payment.charge_id}", event.event_id,
        "A bank disputes a payment", "needs_response", receipt.label, receipt.get_absolute_url(),
        str(payment.payment_intent_id), str(payment.public_id),
    ):  # fmt: skip
        assert text in page, text
    assert elsewhere.event_id not in page


def test_details_of_a_renewal_show_its_plan_and_the_plans_events(tamara: Client) -> None:
    first = desk.a_paid_payment()
    plan = Plan.objects.create(
        payer=first.payer, payable_kind="offering.offering", payable_id=1, first_payment=first, subscription_id="sub_1",
        livemode=False, status="past_due", synced_at=desk.PAID_AT,
    )  # fmt: skip
    renewal = desk.a_paid_payment(plan=plan, interval="month")
    event = desk.an_event(object_id="sub_1")
    page = tamara.get(details(renewal)).content.decode()
    assert "past_due" in page
    assert event.event_id in page
    assert "monthly" in page


def test_details_ask_as_often_whatever_hangs_on_the_payment(tamara: Client, django_assert_max_num_queries: Any) -> None:
    payment = desk.a_paid_payment()

    def add(numbers: range) -> None:
        for number in numbers:
            desk.an_event(object_id=payment.charge_id)
            booked, _ = record_refund(
                reference=f"stripe:re_{number}", of=payment.transaction, amount=10, occurred_at=desk.PAID_AT
            )
            refund = payment.refunds.create(amount=10, refund_id=f"re_{number}", status="succeeded", transaction=booked)
            refund.lines.create(line=payment.lines.get(), amount=10)

    add(range(1))
    tamara.get(details(payment))
    few = queries_of(tamara, details(payment), django_assert_max_num_queries(60))
    add(range(1, 30))
    assert queries_of(tamara, details(payment), django_assert_max_num_queries(60)) == few


def test_nobody_adds_changes_or_deletes_a_payment_here() -> None:
    payment = desk.a_paid_payment()
    admin = desk.signed_in(desk.User.objects.create_superuser("root@example.org", "a long password"))
    for address in ("new/", f"edit/{payment.pk}/", f"delete/{payment.pk}/", f"copy/{payment.pk}/"):
        assert admin.get(LISTING + address).status_code == 404


def test_books_and_payment_lead_to_each_other(tamara: Client) -> None:
    payment = desk.a_paid_payment()
    transaction = reverse("transactions:inspect", args=[payment.transaction_id])
    assert transaction in tamara.get(details(payment)).content.decode()
    assert details(payment) in tamara.get(transaction).content.decode()


def test_who_may_not_read_the_books_gets_no_link_into_them() -> None:
    payment = desk.a_paid_payment()
    charlie = desk.signed_in(desk.colleague("view_payment"))
    page = charlie.get(details(payment)).content.decode()
    assert f"stripe:{payment.charge_id}" in page
    assert reverse("transactions:inspect", args=[payment.transaction_id]) not in page


STAFF_PAGES = [
    "payments:index", "payment_issues:index", "payouts:index", "stripe_events:index", "scheduled_jobs:index",
    "stripe_events:retry_parked",
]  # fmt: skip


@pytest.mark.parametrize("name", STAFF_PAGES)
def test_charlie_without_permission_is_sent_away_from_every_screen(name: str) -> None:
    charlie = desk.signed_in(desk.colleague())
    response = charlie.get(reverse(name))
    assert response.status_code == 302
    assert response["Location"] == reverse("wagtailadmin_home")


@pytest.mark.parametrize("name", STAFF_PAGES)
def test_supporters_and_strangers_never_reach_a_screen(name: str) -> None:
    supporter = desk.signed_in(desk.User.objects.create_user("alice@example.org"))
    assert supporter.get(reverse(name)).status_code == 403
    response = Client().get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_charlie_sees_neither_a_payment_nor_its_menu() -> None:
    payment = desk.a_paid_payment()
    charlie = desk.signed_in(desk.colleague())
    assert charlie.get(details(payment)).status_code == 302
    assert charlie.get(LISTING, {"export": "csv"}).status_code == 302
    assert "/admin/payments/" not in charlie.get("/admin/").content.decode()


def test_treasurer_finds_every_screen_in_the_menu(tamara: Client) -> None:
    page = tamara.get("/admin/").content.decode()
    for name in STAFF_PAGES[:-1]:
        assert reverse(name) in page
        assert tamara.get(reverse(name)).status_code == 200
