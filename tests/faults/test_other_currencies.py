"""F41 and F42: money that settles in another currency than it was paid in, and payers who see another one than ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from payments import repair
from payments.models import Dispute, Issue, Payment
from payments.refunding import request_refund
from payments.staff.exporting import HEADER, export_row
from payments.staff.rows import listed_payments
from receipts import ledger
from receipts.chart import Account
from receipts.checks import books_problems
from receipts.documents import document_html
from receipts.models import Entry, Receipt
from receipts.months import month_of, next_month
from receipts.reports.income import income_by_stream_and_month
from tests.faults.road import Road
from tests.payments import desk

pytestmark = pytest.mark.django_db


def balances(account: str) -> tuple[int, int]:
    """(EUR, USD)"""
    return tuple(ledger.account_balance(account, currency=currency) for currency in ("EUR", "USD"))  # type: ignore[return-value]


def all_is_well(road: Road) -> bool:
    """Every line is explained, both currencies agree to the cent, and the books hold."""
    return repair.reconcile() == 0 and repair.differences() == [] and road.books_agree() and not books_problems()


class TestF41SettlementInAnotherCurrency:
    @pytest.fixture
    def euros(self, road: Road) -> Payment:
        """50 euros that settled as 54.17 dollars, less a fee in dollars."""
        road.sandbox.settle_in("usd", eur="1.0834")
        payment = road.start_and_pay(currency="EUR")
        road.deliver_and_work_off(times=2)
        payment.refresh_from_db()
        return payment

    def test_charge_exchange_and_fee_are_booked_each_in_its_currency(self, road: Road, euros: Payment) -> None:
        assert balances(Account.GIFTS) == (-5000, 0)
        assert balances(Account.CURRENCY_EXCHANGE) == (5000, -5417)
        assert balances(Account.STRIPE_FEES) == (0, 190)
        assert balances(Account.STRIPE) == (0, 5417 - 190)
        assert (euros.settled_amount, euros.settled_currency, euros.exchange_rate) == (5417, "USD", "1.0834")
        entry = Entry.objects.get(credit=Account.GIFTS)
        assert (entry.reporting_amount, entry.rate_source) == (5417, f"stripe:fx:{euros.charge_id}")
        assert Receipt.objects.get().currency == "EUR"
        assert all_is_well(road)

    def test_reports_never_add_one_currency_to_another(self, road: Road, euros: Payment) -> None:
        road.start_and_pay(amount=700)
        road.deliver_and_work_off()
        month = month_of(timezone.now())
        rows = income_by_stream_and_month(start_month=month, end_month=next_month(month))
        assert [(row.currency, row.amount) for row in rows] == [("EUR", 5000), ("USD", 700)]

    def test_staff_see_and_export_what_was_paid_what_settled_and_the_rate(self, road: Road, euros: Payment) -> None:
        row = dict(zip(HEADER, export_row(listed_payments().get(pk=euros.pk)), strict=True))
        assert [str(row[name]) for name in ("Amount", "Currency", "Settled as", "Settled in", "Exchange rate")] == [
            "50.00", "EUR", "54.17", "USD", "1.0834",
        ]  # fmt: skip

    def test_a_balance_line_that_comes_later_brings_the_exchange(self, road: Road) -> None:
        road.sandbox.settle_in("usd", eur="1.0834")
        road.sandbox.settings(pending_balance_transactions=True)
        payment = road.start_and_pay(currency="EUR")
        road.deliver_and_work_off()
        assert balances(Account.STRIPE) == (5000, 0)
        road.sandbox.advance(61)
        repair.fetch_missing_fees()
        assert balances(Account.STRIPE) == (0, 5417 - 190)
        payment.refresh_from_db()
        assert payment.settled_amount == 5417 and all_is_well(road)

    def test_a_refund_at_another_rate_leaves_the_difference_in_the_exchange(self, road: Road, euros: Payment) -> None:
        road.sandbox.settle_in("usd", eur="1.1")
        request_refund(euros, amount=2000, reason="", by=None)
        road.deliver_and_work_off(times=2)
        assert balances(Account.GIFTS) == (-3000, 0)
        assert balances(Account.STRIPE) == (0, 5417 - 190 - 2200)
        assert balances(Account.CURRENCY_EXCHANGE) == (3000, -5417 + 2200)
        assert all_is_well(road)

    def test_a_refund_that_fails_comes_back_at_the_rate_of_its_day(self, road: Road, euros: Payment) -> None:
        refund = request_refund(euros, amount=5000, reason="", by=None)
        road.sandbox.settle_in("usd", eur="1.2")
        road.sandbox.control("POST", f"/_sandbox/refunds/{refund.refund_id}/fail")
        road.deliver_and_work_off(times=2)
        assert balances(Account.GIFTS) == (-5000, 0)
        assert balances(Account.STRIPE) == (0, 6000 - 190)
        assert all_is_well(road)

    @pytest.mark.parametrize(("ending", "income"), [("won", -5000), ("lost", 0)])
    def test_a_dispute_moves_both_currencies(self, road: Road, euros: Payment, ending: str, income: int) -> None:
        road.sandbox.settle_in("usd", eur="1.1")
        road.sandbox.control("POST", f"/_sandbox/charges/{euros.charge_id}/dispute")
        road.deliver_and_work_off(times=2)
        assert balances(Account.DISPUTED) == (5000, 0)
        assert balances(Account.STRIPE)[0] == 0 and all_is_well(road)
        road.sandbox.control("POST", f"/_sandbox/disputes/{Dispute.objects.get().dispute_id}/close", status=ending)
        road.deliver_and_work_off(times=2)
        assert balances(Account.DISPUTED) == (0, 0)
        assert balances(Account.GIFTS) == (income, 0)
        assert all_is_well(road)

    def test_a_renewal_settles_like_a_gift(self, road: Road) -> None:
        road.sandbox.settle_in("usd", eur="1.0834")
        road.start_and_pay(currency="EUR", interval="month")
        road.deliver_and_work_off()
        road.sandbox.settle_in("usd", eur="1.05")
        road.sandbox.advance(days=32)
        road.deliver_and_work_off()
        assert list(Payment.objects.order_by("pk").values_list("settled_amount", flat=True)) == [5417, 5250]
        assert all_is_well(road)

    def test_euros_that_were_never_exchanged_are_a_difference(self, road: Road, euros: Payment) -> None:
        ledger.record_fee(reference="a-cent", amount=1, currency="EUR", occurred_at=timezone.now())
        assert repair.differences() == ["Stripe holds 0 EUR, the books say -1 (minor units): 1 apart."]
        assert Issue.objects.get(kind="balance_differs").subject == "EUR"


class TestF42AnotherCurrencyWasShown:
    @pytest.fixture
    def shown_euros(self, road: Road) -> Payment:
        road.sandbox.show_in("eur", "0.92")
        payment = road.start_and_pay(amount=5000)
        road.deliver_and_work_off()
        payment.refresh_from_db()
        return payment

    def test_we_ask_stripe_not_to(self, road: Road) -> None:
        road.start()
        (session_id,) = road.sandbox.ids("checkout.session")
        session = road.sandbox.client.v1.checkout.sessions.retrieve(session_id)
        assert session.adaptive_pricing is not None and session.adaptive_pricing.enabled is False

    def test_books_and_receipt_are_in_our_currency_and_the_receipt_says_what_was_paid(
        self, road: Road, shown_euros: Payment
    ) -> None:
        assert (shown_euros.amount, shown_euros.currency) == (5000, "USD")
        assert (shown_euros.presented_amount, shown_euros.presented_currency) == (4600, "EUR")
        assert balances(Account.GIFTS) == (0, -5000)
        receipt = Receipt.objects.get()
        assert (receipt.amount, receipt.currency) == (5000, "USD")
        assert "Your bank took €46.00. This receipt is in USD" in document_html(receipt)
        assert all_is_well(road)

    def test_staff_see_it_on_the_payment(self, road: Road, shown_euros: Payment, settings: Any) -> None:
        settings.STAFF_SECOND_FACTOR = False
        page = desk.signed_in(desk.treasurer()).get(reverse("payments:inspect", args=[shown_euros.pk]))
        assert "€46.00" in page.content.decode()

    def test_an_ordinary_receipt_says_nothing_of_it(self, road: Road) -> None:
        road.start_and_pay()
        road.deliver_and_work_off()
        assert "Your bank took" not in document_html(Receipt.objects.get())
