"""Money of an order that goes back, by whom and by whatever way: what happens to its units (F33-F37)."""

from __future__ import annotations

import pytest

from accounts.models import OutgoingMail
from payments.models import Issue, Payment, PaymentLine, Refund
from payments.refund_parts import asked_of, left_of, total_of
from payments.refunding import RefundRefused, request_refund
from receipts import ledger
from receipts.chart import Account
from receipts.models import Entry, Invoice
from shop.models import MoneyBack, Order
from shop.orders import giving_back, owing
from shop.orders.cancelling import CannotCancel, cancel
from shop.orders.returning import CannotReturn, accept, ask, give_back, receive
from shop.orders.shown import invoices_of
from tests.offering.models import Offering
from tests.shop.shelves import a_variant, row, stock_of, unexplained
from tests.shop.till import Till, payment_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
State = Order.State


@pytest.fixture
def order(till: Till) -> Order:
    """Two candles of $20.00 with tax, a soap of $7.00, and the sending of $5.00."""
    soap = a_variant(title="Soap", price=700, maker_pay=300)
    return till.sell(row(a_variant(stock=2), 2, tax=221), row(soap))


def refund(payment: Payment, subject: str, quantity: int) -> Refund:
    (part,) = [left.of_quantity(quantity) for left in left_of(payment) if left.line.subject == subject]
    return request_refund(payment, amount=part.gross, reason="Staff", by=None, parts=[part])


def owed_to_makers() -> int:
    return -ledger.account_balance(Account.MAKER_PAY_OWED, currency="USD")


def counts(order: Order) -> list[tuple[int, int, int]]:
    return list(order.order_lines.values_list("sent", "cancelled", "returned"))


def test_how_many_of_a_thing_is_said_once_on_every_paper(till: Till, order: Order) -> None:
    payment = payment_of(order)
    (invoice,) = Invoice.objects.all()
    lines = [(line["description"], line["quantity"]) for line in invoice.snapshot["lines"]]
    assert lines[:2] == [("Candle", 2), ("Soap", 1)]
    assert payment.describe().startswith("2 × Candle, Soap, ")
    assert Entry.objects.filter(transaction=payment.transaction).earliest("pk").description == "2 × Candle"
    refund(payment, order.order_lines.all()[0].subject, 2)
    mail = OutgoingMail.objects.get(subject="About your payment")
    assert "2 × Candle" in mail.text and "× 2" not in mail.text


class TestCancelling:
    def test_a_unit_goes_back_with_its_money_by_itself(self, till: Till, order: Order) -> None:
        candles, _ = order.order_lines.all()
        cancel(order, {candles.pk: 1})
        assert till.give_back() == 1
        # A half of 4000 and of 221; the last one takes what is left.
        assert Refund.objects.get().amount in (2110, 2111)
        order.refresh_from_db()
        assert (order.state, counts(order)) == (State.PAID, [(0, 1, 0), (0, 0, 0)])
        assert stock_of(candles.variant) == (1, 0) and owed_to_makers() == 800 + 300
        cancel(order, {candles.pk: 1})
        till.give_back()
        assert sum(Refund.objects.values_list("amount", flat=True)) == 4221
        assert counts(order)[0] == (0, 2, 0) and owed_to_makers() == 300
        assert not unexplained() and till.books_agree()

    def test_the_whole_order_takes_the_sending_along(self, till: Till, order: Order) -> None:
        cancel(order, {line.pk: line.quantity for line in order.order_lines.all()})
        till.give_back()
        assert Refund.objects.get().amount == order.total
        order.refresh_from_db()
        assert order.state == State.CANCELLED and owed_to_makers() == 0
        assert ledger.account_balance(Account.SHIPPING_INCOME, currency="USD") == 0

    def test_what_was_sent_can_not_be_cancelled(self, till: Till, order: Order) -> None:
        till.send_all(order)
        line = order.order_lines.first()
        assert line
        with pytest.raises(CannotCancel):
            cancel(order, {line.pk: 1})
        assert not MoneyBack.objects.exists()

    def test_all_or_none(self, till: Till, order: Order) -> None:
        first, second = order.order_lines.all()
        with pytest.raises(CannotCancel):
            cancel(order, {first.pk: 1, second.pk: 2})
        assert counts(order) == [(0, 0, 0), (0, 0, 0)] and stock_of(first.variant) == (0, 0)

    @pytest.mark.parametrize("quantity", [-1, 3, 10_000])
    def test_no_wrong_number(self, order: Order, quantity: int) -> None:
        line = order.order_lines.first()
        assert line
        with pytest.raises(CannotCancel):
            cancel(order, {line.pk: quantity})

    def test_nor_a_line_of_another_order(self, till: Till, order: Order) -> None:
        other = till.sell(row(a_variant())).order_lines.get()
        with pytest.raises(CannotCancel):
            cancel(order, {other.pk: 1})
        other.refresh_from_db()
        assert other.cancelled == 0

    def test_a_refund_that_breaks_off_is_found_again(self, till: Till, order: Order) -> None:
        line = order.order_lines.first()
        assert line
        cancel(order, {line.pk: 1})
        till.give_back()
        # As if we had been killed before we could note that it was asked for.
        MoneyBack.objects.update(settled_at=None, refund=None)
        till.give_back()
        assert till.sandbox.count("refund") == 1
        assert MoneyBack.objects.get().refund == Refund.objects.get()

    def test_another_refund_on_its_way_is_waited_for(self, till: Till, order: Order) -> None:
        payment, (candles, soap) = payment_of(order), list(order.order_lines.all())
        till.sandbox.fault("POST /v1/refunds", "drop_after", times=9)
        with pytest.raises(RefundRefused):
            refund(payment, soap.subject, 1)
        cancel(order, {candles.pk: 2})
        assert giving_back.give_back_all() == 0
        till.sandbox.clear_faults()
        waiting = Refund.objects.get()
        request_refund(payment, amount=waiting.amount, reason="", by=None, parts=asked_of(waiting))
        assert till.give_back() == 1
        assert sorted(Refund.objects.values_list("amount", flat=True)) == [700, 4221]

    def test_money_that_stayed_with_us_for_a_unit_does_not_go_back_with_another(self, till: Till, order: Order) -> None:
        """Both candles were paid back by hand, less 5.00 for a scratch."""
        payment, (candles, soap) = payment_of(order), list(order.order_lines.all())
        left = left_of(payment)[0]
        part = left.of_amount(left.gross - 500, quantity=2)
        request_refund(payment, amount=part.gross, reason="Scratched", by=None, parts=[part])
        owing.owe_units(order, {candles.pk: 1, soap.pk: 1}, MoneyBack.Reason.CANCELLED)
        till.give_back()
        assert sorted(Refund.objects.values_list("amount", flat=True)) == [700, 3721]

    def test_where_no_lines_are_found_a_person_hears_of_it(self, till: Till, order: Order) -> None:
        PaymentLine.objects.filter(payment=payment_of(order)).update(account=Account.GIFTS)
        cancel(order, {line.pk: line.quantity for line in order.order_lines.all()})
        assert till.give_back() == till.give_back() == 0
        owed = MoneyBack.objects.get()
        assert owed.settled_at and owed.problem == giving_back.NO_LINES and not Refund.objects.exists()
        issue = Issue.objects.get(kind="refund_failed", closed_at=None)
        assert order.number in issue.detail and issue.payment == payment_of(order)
        assert unexplained() == []


class TestRefundsByStaff:
    def test_named_units_that_were_not_sent_are_there_again(self, till: Till, order: Order) -> None:
        candles, _ = order.order_lines.all()
        refund(payment_of(order), candles.subject, 1)
        assert counts(order)[0] == (0, 1, 0) and stock_of(candles.variant) == (1, 0)
        assert owed_to_makers() == 800 + 300

    def test_named_units_that_were_sent_count_as_come_back(self, till: Till, order: Order) -> None:
        till.send_all(order)
        candles, _ = order.order_lines.all()
        refund(payment_of(order), candles.subject, 1)
        order.refresh_from_db()
        assert counts(order)[0] == (2, 0, 1) and order.state == State.SENT
        assert stock_of(candles.variant) == (0, 0), "whether it can be sold again, whoever unpacks it says"
        assert owed_to_makers() == 800 + 300

    def test_what_came_back_and_is_refunded_by_hand_is_counted_once(self, till: Till, order: Order) -> None:
        till.send_all(order)
        candles, _ = order.order_lines.all()
        back = ask(order, {candles.pk: 1}, "")
        accept(back)
        receive(back, {candles.pk: 1})
        refund(payment_of(order), candles.subject, 1)
        assert counts(order)[0] == (2, 0, 1) and owed_to_makers() == 800 + 300
        refund(payment_of(order), candles.subject, 1)
        assert counts(order)[0] == (2, 0, 2) and owed_to_makers() == 300

    def test_what_is_on_its_way_back_is_counted_when_it_arrives(self, till: Till, order: Order) -> None:
        till.send_all(order)
        candles, _ = order.order_lines.all()
        back = ask(order, {candles.pk: 1}, "")
        accept(back)
        refund(payment_of(order), candles.subject, 1)
        assert counts(order)[0] == (2, 0, 0)
        receive(back, {candles.pk: 1})
        assert counts(order)[0] == (2, 0, 1) and owed_to_makers() == 800 + 300
        with pytest.raises(CannotReturn, match="given back already"):
            give_back(back)

    def test_what_was_refunded_by_hand_is_not_given_back_again_for_its_return(self, till: Till, order: Order) -> None:
        till.send_all(order)
        candles, _ = order.order_lines.all()
        back = ask(order, {candles.pk: 1}, "")
        accept(back)
        receive(back, {candles.pk: 1})
        refund(payment_of(order), candles.subject, 1)
        with pytest.raises(CannotReturn, match="given back already"):
            give_back(back)
        assert Refund.objects.count() == 1

    def test_a_cancelled_unit_whose_refund_failed_is_refunded_by_hand_and_the_other_is_still_sent(
        self, till: Till, order: Order
    ) -> None:
        till.sandbox.settings(pending_refunds=True)
        candles, _ = order.order_lines.all()
        cancel(order, {candles.pk: 1})
        till.give_back()
        till.sandbox.control("POST", f"/_sandbox/refunds/{Refund.objects.get().refund_id}/fail")
        till.deliver_and_work_off()
        till.sandbox.settings(pending_refunds=False)
        refund(payment_of(order), candles.subject, 1)
        till.deliver_and_work_off()
        assert counts(order)[0] == (0, 1, 0) and stock_of(candles.variant) == (1, 0)

    def test_a_cancelled_unit_that_waits_for_its_money_is_not_mistaken_for_another(
        self, till: Till, order: Order
    ) -> None:
        candles, _ = order.order_lines.all()
        cancel(order, {candles.pk: 1})
        refund(payment_of(order), candles.subject, 1)
        assert counts(order)[0] == (0, 2, 0)

    def test_goodwill_moves_nothing(self, till: Till, order: Order) -> None:
        payment = payment_of(order)
        left = left_of(payment)[0]
        part = left.of_amount(500)
        request_refund(payment, amount=500, reason="Sorry", by=None, parts=[part])
        assert counts(order) == [(0, 0, 0), (0, 0, 0)] and owed_to_makers() == 1900

    def test_f34_never_more_than_was_paid(self, till: Till, order: Order) -> None:
        payment = payment_of(order)
        candles, _ = order.order_lines.all()
        refund(payment, candles.subject, 2)
        with pytest.raises(RefundRefused):
            refund(payment, candles.subject, 1)
        cancelled = order.order_lines.get(pk=candles.pk)
        assert cancelled.cancelled == 2


class TestAtStripe:
    def test_f33_all_of_it_stops_the_order(self, till: Till, order: Order) -> None:
        till.sandbox.control("POST", f"/_sandbox/charges/{payment_of(order).charge_id}/refund")
        till.deliver_and_work_off(times=2)
        order.refresh_from_db()
        assert (order.state, counts(order)) == (State.CANCELLED, [(0, 2, 0), (0, 1, 0)])
        assert stock_of(order.order_lines.all()[0].variant) == (2, 0) and owed_to_makers() == 0
        assert not unexplained()

    def test_a_part_of_it_stops_nothing(self, till: Till, order: Order) -> None:
        till.sandbox.control("POST", f"/_sandbox/charges/{payment_of(order).charge_id}/refund", amount=1000)
        till.deliver_and_work_off()
        order.refresh_from_db()
        assert (order.state, counts(order)) == (State.PAID, [(0, 0, 0), (0, 0, 0)])

    def test_after_that_a_cancelling_gives_back_what_is_left(self, till: Till, order: Order) -> None:
        till.sandbox.control("POST", f"/_sandbox/charges/{payment_of(order).charge_id}/refund", amount=1000)
        till.deliver_and_work_off()
        cancel(order, {line.pk: line.quantity for line in order.order_lines.all()})
        till.give_back()
        assert sum(Refund.objects.values_list("amount", flat=True)) == order.total
        assert till.books_agree() and not unexplained()


def test_f35_a_refund_that_fails_leaves_it_cancelled_and_asks_a_person(till: Till, order: Order) -> None:
    till.sandbox.settings(pending_refunds=True)
    line = order.order_lines.first()
    assert line
    cancel(order, {line.pk: 2})
    till.give_back()
    till.sandbox.control("POST", f"/_sandbox/refunds/{Refund.objects.get().refund_id}/fail")
    till.deliver_and_work_off()
    assert counts(order)[0] == (0, 2, 0)
    assert Issue.objects.filter(kind="refund_failed", closed_at=None).exists()
    # The customer finds what cancels the credit note beside it.
    assert [one.kind for one in invoices_of(order)] == ["invoice", "credit_note", "invoice"]
    assert till.books_agree()


def test_f36_two_clicks_on_cancel_are_one_refund(till: Till, order: Order) -> None:
    line = order.order_lines.first()
    assert line
    cancel(order, {line.pk: 2})
    with pytest.raises(CannotCancel):
        cancel(order, {line.pk: 2})
    till.give_back()
    till.give_back()
    assert till.sandbox.count("refund") == 1


def test_f37_a_refund_of_one_order_leaves_the_other(till: Till, order: Order) -> None:
    other = till.sell(row(a_variant()))
    till.sandbox.control("POST", f"/_sandbox/charges/{payment_of(other).charge_id}/refund")
    till.deliver_and_work_off()
    order.refresh_from_db()
    other.refresh_from_db()
    assert (order.state, other.state) == (State.PAID, State.CANCELLED)


def test_a_gift_in_the_same_payment_stays(till: Till) -> None:
    order = till.order(row(a_variant()))
    till.pay(till.check_out(order, Offering.objects.create(amount=3000)))
    till.deliver_and_work_off()
    cancel(order, {order.order_lines.get().pk: 1})
    till.give_back()
    assert Refund.objects.get().amount == 2500
    assert ledger.account_balance(Account.GIFTS, currency="USD") == -3000


def test_m27_a_return_comes_back_is_counted_and_paid_back_once(till: Till, order: Order) -> None:
    till.send_all(order)
    candles, soap = order.order_lines.all()
    back = ask(order, {candles.pk: 2, soap.pk: 1}, "Too bright")
    accept(back, "Send it to our post box.")
    receive(back, {candles.pk: 1})
    assert counts(order) == [(2, 0, 2), (1, 0, 1)] and owed_to_makers() == 0
    assert stock_of(candles.variant) == (1, 0), "one of them was broken"
    give_back(back)
    till.give_back()
    assert Refund.objects.get().amount == 4921, "the sending is not given back, unless staff say so"
    order.refresh_from_db()
    assert order.state == State.SENT
    assert not unexplained() and till.books_agree()
    assert total_of([left for left in left_of(payment_of(order)) if left.line.subject == candles.subject]) == 0
