"""F61 and F62: staff mark an invoice paid, void it or write it off in Stripe's dashboard; or too much is paid."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from payments import credit, repair
from payments.booking import Settled, settle
from payments.models import Event, Issue, Payment, RenewalFailure
from payments.paid_outside import settle_outside
from receipts import ledger
from receipts.chart import Account
from receipts.checks import books_problems
from receipts.models import Fund, Receipt
from tests.faults.road import Road
from tests.payments import desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(road: Road) -> Payment:
    payment = road.start_and_pay(interval="month", amount=1500)
    road.deliver_and_work_off()
    return payment


@pytest.fixture
def owing(road: Road, member: Payment) -> str:
    """The first renewal has failed, and its invoice is open. Returns the invoice's id."""
    road.sandbox.next_outcome(road.plan(member).subscription_id, "declined", times=9)
    road.sandbox.advance(days=32)
    road.deliver_and_work_off()
    assert road.offering(member).failures == [[1, False]]
    return RenewalFailure.objects.get().invoice_id


def balance(account: str) -> int:
    return ledger.account_balance(account, currency="USD")


def all_is_well(road: Road) -> bool:
    return repair.reconcile() == 0 and repair.differences() == [] and road.books_agree() and not books_problems()


class TestF61PaidOutsideStripe:
    @pytest.fixture
    def renewal(self, road: Road, owing: str) -> Payment:
        road.sandbox.pay_invoice(owing, out_of_band=True)
        road.deliver_and_work_off(times=2)
        return Payment.objects.get(invoice_id=owing)

    def test_it_is_income_held_in_the_bank_without_a_fee(self, road: Road, renewal: Payment) -> None:
        fees = balance(Account.STRIPE_FEES)
        assert (renewal.status, renewal.charge_id, renewal.fee_known) == (Payment.Status.PAID, None, True)
        assert balance(Account.BANK) == 1500 and balance(Account.GIFTS) == -3000
        assert fees == 74, "of the first payment alone"
        assert all_is_well(road)

    def test_it_fulfils_extends_and_is_receipted_once(self, road: Road, member: Payment, renewal: Payment) -> None:
        plan = road.plan(member)
        assert road.offering(member).paid_count == 2
        assert plan.status == "active" and plan.paid_until == plan.current_period_end
        assert Receipt.objects.filter(transaction=renewal.transaction).count() == 1
        assert RenewalFailure.objects.get().settled_as == "paid"

    def test_finance_is_asked_to_find_it_at_the_bank(self, renewal: Payment, settings: Any) -> None:
        issue = Issue.objects.get(kind="paid_outside", closed_at=None)
        assert issue.payment == renewal and "do not record it there a second time" in issue.detail
        settings.STAFF_SECOND_FACTOR = False
        page = desk.signed_in(desk.treasurer()).get(reverse("payments:inspect", args=[renewal.pk])).content.decode()
        assert "Outside Stripe" in page
        assert reverse("payments:refund", args=[renewal.pk]) not in page, "Stripe has nothing to give back"

    def test_a_charge_that_comes_as_well_is_for_a_person(self, renewal: Payment) -> None:
        late = Settled(
            charge_id="ch_late", payment_intent_id="pi_late", amount=1500, currency="USD", occurred_at=timezone.now(),
            fee=None,
        )  # fmt: skip
        assert settle(renewal, late) is False
        assert Issue.objects.get(kind="paid_twice", closed_at=None).subject == "ch_late"

    def test_another_sum_than_was_due_is_for_a_person(self, road: Road) -> None:
        payment = road.start(interval="month", amount=1500)
        assert settle_outside(payment, invoice_id="in_1", amount=1400, at=timezone.now()) is False
        assert Payment.objects.get().status == Payment.Status.PARKED
        assert Issue.objects.filter(kind="amount_differs").exists() and balance(Account.BANK) == 0


class TestF61PaidTooMuch:
    @pytest.mark.parametrize(("out_of_band", "held_in"), [(False, Account.STRIPE), (True, Account.BANK)])
    def test_the_rest_is_the_payer_s_credit(self, road: Road, owing: str, out_of_band: bool, held_in: str) -> None:
        before = balance(held_in)
        road.sandbox.overpay_invoice(owing, 500, out_of_band=out_of_band)
        road.deliver_and_work_off(times=2)
        renewal = Payment.objects.get(invoice_id=owing)
        assert (renewal.status, renewal.amount, renewal.overpaid_amount) == (Payment.Status.PAID, 1500, 500)
        assert balance(Account.GIFTS) == -3000 and balance(Account.CUSTOMER_CREDIT) == -500
        assert balance(held_in) - before == (2000 if out_of_band else 2000 - 88)
        assert Receipt.objects.get(transaction=renewal.transaction).amount == 1500
        assert Issue.objects.get(kind="overpaid", closed_at=None).payment == renewal
        assert all_is_well(road)

    @pytest.mark.parametrize("too_much", [500, 1500, 2000])
    def test_the_credit_becomes_income_when_it_pays(self, road: Road, member: Payment, too_much: int) -> None:
        road.sandbox.next_outcome(road.plan(member).subscription_id, "declined")
        road.sandbox.advance(days=32)
        road.deliver_and_work_off()
        road.sandbox.overpay_invoice(RenewalFailure.objects.get().invoice_id, too_much)
        road.deliver_and_work_off()
        assert balance(Account.CUSTOMER_CREDIT) == -too_much
        for _ in range(2):
            road.sandbox.advance(days=31)
            road.deliver_and_work_off(times=2)
        assert balance(Account.CUSTOMER_CREDIT) == 0 and balance(Account.GIFTS) == -6000
        assert road.offering(member).paid_count == 4
        assert sum(Receipt.objects.live().values_list("amount", flat=True)) == 6000
        assert not Issue.objects.filter(kind="overpaid", closed_at=None).exists()
        assert all_is_well(road)

    def test_all_of_it_can_go_back(self, road: Road, owing: str) -> None:
        road.sandbox.overpay_invoice(owing, 500)
        road.deliver_and_work_off()
        charge_id = Payment.objects.get(invoice_id=owing).charge_id
        road.sandbox.control("POST", f"/_sandbox/charges/{charge_id}/refund")
        road.deliver_and_work_off()
        assert balance(Account.GIFTS) == -1500 and balance(Account.CUSTOMER_CREDIT) == 0
        assert not Event.objects.filter(status=Event.Status.PARKED).exists() and all_is_well(road)


class TestF62WrittenOff:
    @pytest.mark.parametrize(("act", "word"), [("void_invoice", "void"), ("write_off_invoice", "uncollectible")])
    def test_there_is_no_receipt_no_income_and_no_further_notice(
        self, road: Road, member: Payment, owing: str, act: str, word: str
    ) -> None:
        before = road.plan(member).paid_until
        getattr(road.sandbox, act)(owing)
        road.deliver_and_work_off(times=2)
        failure = RenewalFailure.objects.get()
        assert failure.settled_as == word and failure.settled_at
        assert road.offering(member).failures == [[1, False]], "nobody is written to about it"
        assert road.plan(member).paid_until == before and Receipt.objects.count() == 1
        assert balance(Account.GIFTS) == -1500 and all_is_well(road)
        road.sandbox.advance(days=20)
        road.deliver_and_work_off()
        assert road.offering(member).failures == [[1, False]], "and it is not tried again"

    def test_staff_see_what_became_of_it(self, road: Road, member: Payment, owing: str, settings: Any) -> None:
        settings.STAFF_SECOND_FACTOR = False
        tamara, page = desk.signed_in(desk.treasurer()), reverse("payments:inspect", args=[member.pk])
        assert "Written off" not in tamara.get(page).content.decode()
        road.sandbox.write_off_invoice(owing)
        road.deliver_and_work_off()
        assert "Written off" in tamara.get(page).content.decode()

    def test_forgiven_before_we_heard_of_the_failure_it_is_not_told_either(self, road: Road, member: Payment) -> None:
        road.sandbox.next_outcome(road.plan(member).subscription_id, "declined", times=9)
        road.sandbox.advance(days=32)
        road.drop()
        (invoice_id,) = set(road.sandbox.ids("invoice")) - {Payment.objects.get().invoice_id}
        road.sandbox.write_off_invoice(invoice_id)
        road.deliver_and_work_off()
        assert road.offering(member).failures == []
        assert RenewalFailure.objects.get().settled_as == "uncollectible"


def test_credit_in_one_currency_pays_nothing_in_another(member: Payment) -> None:
    subject = credit.subject_of(member.payer)
    line = ledger.IncomeLine(
        account=Account.CUSTOMER_CREDIT,
        amount=500,
        fund=Fund.unrestricted(),
        description="Paid too much",
        subject=subject,
    )
    ledger.record_income(reference="test", occurred_at=timezone.now(), payer=member.payer, currency="EUR", lines=[line])
    assert [credit.owed_to(member.payer, currency) for currency in ("EUR", "USD")] == [500, 0]
