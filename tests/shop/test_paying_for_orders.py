"""An order and its payment, through the sandbox: held, paid, too late, given back (F18-F25, F32)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import OutgoingMail
from payments import checkout, gateway, worker
from payments.booking import release
from payments.goods import NotAvailable
from payments.models import Issue, Payment, Refund
from receipts import ledger
from receipts.chart import Account
from receipts.models import Entry, Receipt
from shop.models import MoneyBack, Order
from tests.offering.models import Offering
from tests.shop.shelves import a_variant, bob, row, stock_of, unexplained
from tests.shop.till import Till, owed, payment_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
State = Order.State


def mails(kind: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=f"shop/mail/{kind}"))


def test_an_order_is_booked_line_by_line_and_mailed_with_its_link(till: Till) -> None:
    candle, soap = a_variant(stock=3), a_variant(title="Soap", price=700, maker_pay=300)
    order = till.sell(row(candle, 2, tax=220), row(soap))
    booked = {
        (entry.credit, entry.subject): entry.amount
        for entry in Entry.objects.filter(transaction=payment_of(order).transaction)
    }
    first, second = (line.subject for line in order.order_lines.all())
    assert booked == {
        ("shop_sales", first): 4000,
        ("sales_tax", first): 220,
        ("shop_sales", second): 700,
        ("shipping_income", order.shipping_subject): 500,
    }
    assert order.total == payment_of(order).amount == 5420
    assert (stock_of(candle), stock_of(soap)) == ((1, 0), (4, 0))
    assert ledger.account_balance(Account.MAKER_PAY_OWED, currency="USD") == -(2 * 800 + 300)
    (mail,) = mails("order_confirmed")
    assert f"/order/{order.public_id.hex}" in mail.text and "- 2 × Candle: $42.20" in mail.text
    assert "Total: $54.20" in mail.text and order.number in mail.subject
    assert not Receipt.objects.exists(), "a sale is never on a tax receipt"
    assert not unexplained() and till.books_agree()


def test_f18_the_last_one_is_held_for_one_and_the_other_hears_it_before_paying(till: Till) -> None:
    candle = a_variant(stock=1)
    till.check_out(till.order(row(candle)))
    with pytest.raises(NotAvailable, match="sold out"):
        till.check_out(till.order(row(candle)))
    assert stock_of(candle) == (1, 1)
    assert till.sandbox.count("checkout.session") == 1 and Payment.objects.count() == 1


class TestF19PaidAfterItsHoldWasReleased:
    def late(self, till: Till, *, left: int, beside: bool = False) -> Order:
        """Held, released, bought by somebody else but for ``left``; then it is paid all the same."""
        candle = a_variant(stock=1)
        order = till.order(row(candle))
        gift = [Offering.objects.create(amount=3000)] if beside else []
        payment = till.check_out(order, *gift)
        assert release(payment, Payment.Status.EXPIRED)
        if not left:
            till.sell(row(candle))
        till.pay(payment)
        till.deliver_and_work_off(times=2)
        order.refresh_from_db()
        return order

    def test_it_is_held_anew_where_there_is_some(self, till: Till) -> None:
        order = self.late(till, left=1)
        assert order.state == State.PAID
        assert stock_of(order.order_lines.get().variant) == (0, 0)
        assert not MoneyBack.objects.exists()

    def test_or_goes_back_by_itself_with_a_mail(self, till: Till) -> None:
        order = self.late(till, left=0)
        assert order.state == State.UNFILLABLE
        (mail,) = mails("order_sold_out")
        assert "$25.00, goes back by itself" in mail.text
        assert till.give_back() == 1 and till.give_back() == 0
        refund = Refund.objects.get()
        assert (refund.amount, refund.status, refund.payment) == (2500, "succeeded", payment_of(order))
        assert till.sandbox.count("refund") == 1
        assert stock_of(order.order_lines.get().variant) == (0, 0)
        order.refresh_from_db()
        assert order.state == State.UNFILLABLE
        # Only the other one's sale is left, and only its maker is owed.
        assert ledger.account_balance(Account.SHOP_SALES, currency="USD") == -2000
        assert ledger.account_balance(Account.MAKER_PAY_OWED, currency="USD") == -800
        assert not unexplained() and till.books_agree()

    def test_and_the_gift_beside_it_stays(self, till: Till) -> None:
        self.late(till, left=0, beside=True)
        till.give_back()
        assert Refund.objects.get().amount == 2500
        assert ledger.account_balance(Account.GIFTS, currency="USD") == -3000
        assert Offering.objects.get().refunded_count == 0
        assert not unexplained()

    def test_while_stripe_is_away_it_is_owed_and_then_asked_for_once(self, till: Till) -> None:
        self.late(till, left=0)
        till.sandbox.fault("POST /v1/refunds", "drop_before", times=30)
        assert till.give_back() == 0
        assert MoneyBack.objects.get().settled_at is None and not Issue.objects.exists()
        MoneyBack.objects.update(created_at=timezone.now() - timedelta(days=2))
        assert till.give_back() == 0
        assert Issue.objects.get(kind="refund_failed").closed_at is None, "nobody waits for days unnoticed"
        till.sandbox.clear_faults()
        assert till.give_back() == 1
        assert Issue.objects.get(kind="refund_failed").closed_at
        assert till.sandbox.count("refund") == 1 and Refund.objects.count() == 1

    def test_what_stripe_refuses_is_left_to_a_person(self, till: Till) -> None:
        order = self.late(till, left=0)
        till.sandbox.control("POST", f"/_sandbox/charges/{payment_of(order).charge_id}/refund")
        till.drop()
        assert till.give_back() == 0
        assert MoneyBack.objects.get().settled_at and MoneyBack.objects.get().problem
        assert Issue.objects.filter(kind="refund_failed", closed_at=None).exists()
        assert till.give_back() == 0

    def test_what_stripe_refused_before_we_could_say_so_is_told_by_the_next_run(self, till: Till) -> None:
        self.late(till, left=0)
        owed = MoneyBack.objects.get()
        Refund.objects.create(payment=owed.payment, amount=2500, reason=owed.mark, status=Refund.Status.FAILED)
        assert till.give_back() == 0
        assert MoneyBack.objects.get().problem == "Stripe refused it."
        assert Issue.objects.filter(kind="refund_failed", closed_at=None).exists()

    def test_two_who_ask_at_once_ask_once(self, till: Till) -> None:
        self.late(till, left=0)
        MoneyBack.objects.update(taken_at=timezone.now())
        assert till.give_back() == 0 and not Refund.objects.exists()


def test_f20_an_expiry_told_after_the_payment_releases_nothing(till: Till) -> None:
    candle = a_variant(stock=1)
    order = till.order(row(candle))
    payment = till.check_out(order)
    till.pay(payment)
    till.deliver_and_work_off(backwards=True)
    assert not release(Payment.objects.get(pk=payment.pk), Payment.Status.EXPIRED)
    order.refresh_from_db()
    order.released()
    order.refresh_from_db()
    assert order.state == State.PAID and stock_of(candle) == (0, 0)


def test_f21_an_abandoned_checkout_gives_back_exactly_once(till: Till) -> None:
    candle = a_variant(stock=2)
    order = till.order(row(candle, 2))
    payment = till.check_out(order)
    gateway.expire_session(payment.session_id or "")
    till.deliver_and_work_off(times=3)
    order.refresh_from_db()
    assert (stock_of(candle), order.state, order.holds_stock) == ((2, 0), State.LAPSED, False)
    assert not OutgoingMail.objects.exists(), "nobody is written to for looking"


def test_the_same_order_is_started_again_after_it_lapsed(till: Till) -> None:
    candle = a_variant(stock=1)
    order = till.order(row(candle))
    checkout.close(till.check_out(order))
    order.refresh_from_db()
    till.pay(till.check_out(order))
    till.deliver_and_work_off()
    order.refresh_from_db()
    assert order.state == State.PAID and stock_of(candle) == (0, 0)


def test_a_shoppers_own_hold_never_blocks_their_next_try(till: Till) -> None:
    candle = a_variant(stock=1)
    order = till.order(row(candle))
    first = till.check_out(order)
    assert till.check_out(order).pk == first.pk
    # Another basket of the same shopper: their old checkout is closed before the new one begins.
    checkout.close(first)
    again = till.order(row(candle))
    till.pay(till.check_out(again))
    till.deliver_and_work_off()
    again.refresh_from_db()
    assert again.state == State.PAID and stock_of(candle) == (0, 0)


class TestABankDebit:
    def started(self, till: Till, outcome: str) -> Order:
        order = till.order(row(a_variant(stock=1)))
        till.pay(till.check_out(order), outcome)
        till.deliver_and_work_off()
        return order

    def test_f23_it_is_held_while_the_bank_is_at_work(self, till: Till) -> None:
        order = self.started(till, "sepa_paid_later")
        order.refresh_from_db()
        assert (order.state, order.holds_stock) == (State.UNPAID, True)
        assert not mails("order_confirmed")
        till.sandbox.advance(20 * 86400)
        till.deliver_and_work_off()
        order.refresh_from_db()
        assert order.state == State.PAID and len(mails("order_confirmed")) == 1

    def test_f24_one_that_fails_gives_the_units_back_and_says_so(self, till: Till) -> None:
        order = self.started(till, "sepa_fails_later")
        till.sandbox.advance(20 * 86400)
        till.deliver_and_work_off(times=2)
        order.refresh_from_db()
        assert order.state == State.LAPSED and stock_of(order.order_lines.get().variant) == (1, 0)
        (mail,) = mails("order_not_paid")
        assert "you owe us nothing" in mail.text and not Receipt.objects.exists()


def test_f25_a_lost_dispute_stops_what_is_not_sent(till: Till) -> None:
    order = till.sell(row(a_variant(stock=2), 2))
    payment = payment_of(order)
    till.sandbox.control("POST", f"/_sandbox/charges/{payment.charge_id}/dispute")
    till.deliver_and_work_off()
    (dispute,) = payment.disputes.all()
    till.sandbox.control("POST", f"/_sandbox/disputes/{dispute.dispute_id}/close", status="lost")
    till.deliver_and_work_off()
    order.refresh_from_db()
    line = order.order_lines.get()
    assert (order.state, line.cancelled, stock_of(line.variant)) == (State.CANCELLED, 2, (2, 0))
    assert ledger.account_balance(Account.MAKER_PAY_OWED, currency="USD") == 0
    assert not unexplained()


def test_f32_another_amount_than_asked_for_fulfils_nothing(till: Till) -> None:
    candle = a_variant(stock=1)
    order = till.order(row(candle))
    payment = till.check_out(order)
    Payment.objects.filter(pk=payment.pk).update(amount=100)
    till.pay(payment)
    till.deliver_and_work_off()
    order.refresh_from_db()
    assert order.state == State.UNPAID and not mails("order_confirmed")
    assert Issue.objects.filter(kind="amount_differs", closed_at=None).exists()
    till.sandbox.control("POST", f"/_sandbox/charges/{payment_of(order).charge_id}/refund")
    till.deliver_and_work_off()
    order.refresh_from_db()
    assert order.state == State.LAPSED and stock_of(candle) == (1, 0)


def test_paid_a_second_time_the_second_payment_goes_back(till: Till) -> None:
    candle = a_variant(stock=5)
    order = till.order(row(candle))
    first = till.check_out(order)
    release(first, Payment.Status.EXPIRED)
    order.refresh_from_db()
    second = till.check_out(order)
    for payment in (second, first):
        till.pay(payment)
        till.deliver_and_work_off()
    order.refresh_from_db()
    assert owed() == ["paid_twice"] and stock_of(candle) == (4, 0)
    till.give_back()
    assert Refund.objects.get().payment == first
    order.refresh_from_db()
    assert order.state == State.PAID and order.order_lines.get().cancelled == 0
    assert ledger.account_balance(Account.SHOP_SALES, currency="USD") == -2000
    assert not unexplained()


def test_a_free_order_is_placed_and_sold_out_it_owes_nothing() -> None:
    from tests.shop.shelves import an_order, by_post

    candle = a_variant(stock=1)
    first = an_order(row(candle, discount=2000), payer=bob(), delivery=by_post(0))
    second = an_order(row(candle, discount=2000), payer=bob(), delivery=by_post(0))
    first.pending()
    first.paid(None)
    second.paid(None)
    second.refresh_from_db()
    assert second.state == State.UNFILLABLE and not MoneyBack.objects.exists()
    assert "Nothing was charged" in mails("order_sold_out")[0].text


def test_the_worker_reads_an_open_checkout_again_without_harm(till: Till) -> None:
    candle = a_variant(stock=1)
    payment = till.check_out(till.order(row(candle)))
    worker.sync("checkout.session", payment.session_id or "")
    assert stock_of(candle) == (1, 1)
