"""F33 to F37 by line and quantity: of one payment of an order and a gift, what came back and nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connections, transaction

from payments import worker
from payments.lines_in_books import booked_lines, left_of_payable
from payments.models import Issue, Payment, Refund, RefundLine
from payments.refund_parts import LineLeft, RefundPart, left_of, parts_of, rest_of, total_of
from payments.refunding import RefundRefused, refund_rest, request_refund
from receipts import ledger
from receipts.chart import Account
from receipts.models import Receipt
from tests.offering.models import Offering
from tests.payments.basket import CANDLES, a_gift, an_order, paid, refund_in_the_dashboard
from tests.receipts.books import an_issuer, books_balance

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def payment(connected_sandbox: Sandbox) -> Payment:
    an_issuer()
    return paid(connected_sandbox)


def order() -> Offering:
    return Offering.objects.get(name="An order")


def gift() -> Offering:
    return Offering.objects.get(name="A gift")


def the(payment: Payment, description: str) -> LineLeft:
    return next(left for left in left_of(payment) if left.line.description == description)


def give_back(payment: Payment, *parts: RefundPart) -> Refund:
    return request_refund(payment, amount=total_of(parts), reason="", by=None, parts=parts)


def remains(payment: Payment) -> list[tuple[str, int, int, int]]:
    return [(left.line.description, left.amount, left.tax, left.quantity) for left in left_of(payment)]


WHOLE = [("Candle", 3000, 570, 3), ("Lantern", 2000, 380, 1), ("Shipping", 400, 76, 1), ("A gift", 5000, 0, 1)]


def test_one_candle_of_three_goes_back_with_its_tax_and_nothing_else(
    payment: Payment, connected_sandbox: Sandbox
) -> None:
    refund = give_back(payment, the(payment, "Candle").of_quantity(1))
    assert (refund.amount, refund.status) == (1190, Refund.Status.SUCCEEDED)
    assert remains(payment) == [("Candle", 2000, 380, 2), *WHOLE[1:]]
    assert refund.transaction is not None
    assert list(refund.transaction.entries.values_list("debit", "amount", "subject")) == [
        (Account.SHOP_SALES, 1000, "orderline:1"),
        (Account.SALES_TAX, 190, "orderline:1"),
    ]
    (part,) = parts_of(refund.transaction)
    assert (part.line.subject, part.amount, part.tax, part.quantity) == ("orderline:1", 1000, 190, 1)
    assert connected_sandbox.money()["charges"][payment.charge_id]["refunded"] == 1190
    assert books_balance()


@pytest.mark.parametrize("jurisdiction", ["US", ""])
def test_only_whose_lines_were_taken_back_hears_of_it_and_the_gift_keeps_its_receipt(
    connected_sandbox: Sandbox, jurisdiction: str
) -> None:
    an_issuer(jurisdiction)
    payment = paid(connected_sandbox)
    give_back(payment, *rest_of(payment, order()))
    assert (order().refunded_count, gift().refunded_count) == (1, 0)
    assert Receipt.objects.get().state == Receipt.State.ISSUED
    assert not Issue.objects.filter(kind="refund_partial").exists()
    assert left_of_payable(order(), payment.transaction) == 0  # type: ignore[arg-type]
    assert left_of_payable(gift(), payment.transaction) == 5000  # type: ignore[arg-type]
    give_back(payment, *rest_of(payment))
    assert gift().refunded_count == 1
    assert Receipt.objects.get().state == Receipt.State.VOID
    assert not Issue.objects.filter(kind="refund_partial").exists()


def test_part_of_the_gift_voids_its_receipt_and_asks_for_a_new_one(payment: Payment) -> None:
    give_back(payment, the(payment, "A gift").of_amount(1000))
    assert Receipt.objects.get().state == Receipt.State.VOID
    assert Issue.objects.filter(kind="refund_partial", payment=payment).exists()
    assert (order().refunded_count, gift().refunded_count) == (0, 1)


def test_money_without_the_things_leaves_their_number_as_it_was(payment: Payment) -> None:
    refund = give_back(payment, the(payment, "Candle").of_amount(119))
    assert remains(payment)[0] == ("Candle", 2900, 551, 3)
    assert [part.quantity for part in parts_of(refund.transaction)] == [0]  # type: ignore[arg-type]


def test_f34_a_line_gives_back_no_more_than_was_paid_for_it(payment: Payment) -> None:
    candle = the(payment, "Candle")
    give_back(payment, candle.of_quantity(2))
    with pytest.raises(RefundRefused, match="left of a line"):
        give_back(payment, candle.of_quantity(2))
    left = the(payment, "Candle")
    for amount, tax, quantity in [(1001, 0, 0), (0, 191, 0), (1, 0, 2), (-1, 2, 0)]:
        with pytest.raises(RefundRefused):
            give_back(payment, RefundPart(line=left.line, amount=amount, tax=tax, quantity=quantity))
    with pytest.raises(RefundRefused):
        give_back(payment, left.of_amount(500), left.of_amount(500))
    assert remains(payment)[0] == ("Candle", 1000, 190, 1)
    assert Refund.objects.count() == 1


def test_a_line_of_another_payment_is_refused(payment: Payment, connected_sandbox: Sandbox) -> None:
    other = paid(connected_sandbox, an_order(CANDLES, name="Another"))
    with pytest.raises(RefundRefused):
        give_back(payment, the(other, "Candle").of_quantity(1))


def test_the_last_of_uneven_ones_takes_what_is_left(connected_sandbox: Sandbox) -> None:
    payment = paid(connected_sandbox, an_order({**CANDLES, "amount": 1000, "tax": 200, "taxes": []}))
    for _ in range(3):
        give_back(payment, the(payment, "Candle").of_quantity(1))
    assert sorted(RefundLine.objects.values_list("amount", flat=True)) == [333, 333, 334]
    assert payment.refundable_amount == 0


def test_parts_that_do_not_sum_are_a_mistake_of_the_caller(payment: Payment) -> None:
    with pytest.raises(ValueError, match="sum to it"):
        request_refund(payment, amount=1, reason="", by=None, parts=[the(payment, "Candle").of_quantity(1)])


def test_f34_the_dashboard_takes_its_share_of_every_line(payment: Payment, connected_sandbox: Sandbox) -> None:
    give_back(payment, the(payment, "Candle").of_quantity(3))
    refund_in_the_dashboard(connected_sandbox, payment, 3928)
    assert remains(payment)[1:] == [("Lantern", 1000, 190, 1), ("Shipping", 200, 38, 1), ("A gift", 2500, 0, 1)]
    told = parts_of(Refund.objects.get(reason="made at Stripe").transaction)  # type: ignore[arg-type]
    assert [(part.line.description, part.amount, part.quantity) for part in told] == [
        ("Lantern", 1000, 0),
        ("Shipping", 200, 0),
        ("A gift", 2500, 0),
    ]
    with pytest.raises(RefundRefused):
        give_back(payment, RefundPart(line=the(payment, "Lantern").line, amount=1001))
    assert books_balance()


def test_f34_what_the_dashboard_took_meanwhile_is_made_up_from_the_other_lines(
    payment: Payment, connected_sandbox: Sandbox
) -> None:
    """Ours is at Stripe and not in the books yet, when one made in the dashboard is booked before it."""
    connected_sandbox.fault("GET /v1/refunds/{refund}", "503", times=9)
    mine = give_back(payment, the(payment, "Candle").of_quantity(3))
    assert mine.status == Refund.Status.PENDING
    assert remains(payment)[0] == ("Candle", 0, 0, 0)
    connected_sandbox.clear_faults()
    refund_in_the_dashboard(connected_sandbox, payment, 5713)
    worker.sync("refund", str(mine.refund_id))
    mine.refresh_from_db()
    assert mine.transaction is not None
    assert (mine.status, ledger.unrefunded(payment.transaction)) == (Refund.Status.SUCCEEDED, 11426 - 5713 - 3570)  # type: ignore[arg-type]
    booked = {part.line.description: (part.amount, part.tax, part.quantity) for part in parts_of(mine.transaction)}
    assert booked["Candle"] == (1500, 285, 3)
    assert sum(amount + tax for amount, tax, _ in booked.values()) == 3570
    assert books_balance()


def test_f35_pending_then_failed_makes_the_line_free_again(payment: Payment, connected_sandbox: Sandbox) -> None:
    connected_sandbox.settings(pending_refunds=True)
    refund = give_back(payment, the(payment, "Candle").of_quantity(3))
    assert refund.status == Refund.Status.PENDING
    assert remains(payment)[0] == ("Candle", 0, 0, 0)
    connected_sandbox.control("POST", f"refunds/{refund.refund_id}/fail")
    worker.sync("refund", str(refund.refund_id))
    assert remains(payment) == WHOLE
    assert (order().refund_failed_count, gift().refund_failed_count) == (1, 0)
    reversal = refund.transaction.reversed_by  # type: ignore[union-attr]
    assert [(part.amount, part.tax, part.quantity) for part in parts_of(reversal)] == [(3000, 570, 3)]
    connected_sandbox.settings(pending_refunds=False)
    assert give_back(payment, the(payment, "Candle").of_quantity(3)).status == Refund.Status.SUCCEEDED
    assert books_balance()


def test_f35_refused_by_stripe_the_line_is_free_at_once(payment: Payment, connected_sandbox: Sandbox) -> None:
    connected_sandbox.control("POST", f"charges/{payment.charge_id}/refund")
    with pytest.raises(RefundRefused, match="Stripe refused"):
        give_back(payment, the(payment, "Candle").of_quantity(1))
    assert remains(payment) == WHOLE


def test_f36_a_request_that_did_not_get_through_goes_on_with_the_same_lines_only(
    payment: Payment, connected_sandbox: Sandbox
) -> None:
    connected_sandbox.fault("POST /v1/refunds", "503", times=9)
    candle, lantern = the(payment, "Candle").of_quantity(2), the(payment, "Lantern").of_quantity(1)
    assert candle.gross == lantern.gross
    with pytest.raises(RefundRefused, match="could not be reached"):
        give_back(payment, candle)
    with pytest.raises(RefundRefused, match="on its way"):
        give_back(payment, lantern)
    connected_sandbox.clear_faults()
    assert refund_rest(payment, reason="the job goes on with it") is True
    assert remains(payment)[0] == ("Candle", 1000, 190, 1)
    assert Refund.objects.count() == 1


def test_f37_of_two_payments_for_one_order_one_goes_back_and_the_other_stays(connected_sandbox: Sandbox) -> None:
    bought = an_order()
    first, second = paid(connected_sandbox, bought), paid(connected_sandbox, bought)
    give_back(second, *rest_of(second))
    assert remains(first) == WHOLE[:3]
    assert left_of_payable(bought, first.transaction) == first.amount  # type: ignore[arg-type]
    assert left_of_payable(bought, second.transaction) == 0  # type: ignore[arg-type]
    assert first.refundable_amount == first.amount


def test_what_was_booked_otherwise_has_no_lines_to_choose(payment: Payment) -> None:
    payment.lines.filter(description="Lantern").update(amount=1)
    assert booked_lines(payment) == [] and left_of(payment) == []
    refund = request_refund(payment, amount=100, reason="", by=None)
    assert parts_of(refund.transaction) == []  # type: ignore[arg-type]
    assert (order().refunded_count, gift().refunded_count) == (1, 1)


def test_the_database_refuses_a_row_that_takes_nothing_or_names_a_line_twice(payment: Payment) -> None:
    line = the(payment, "Candle").line
    refund = give_back(payment, the(payment, "Candle").of_quantity(1))
    for row in (
        {"amount": 1},
        {"amount": 0, "line": payment.lines.last()},
        {"amount": -1, "line": payment.lines.last()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            RefundLine.objects.create(**{"refund": refund, "line": line, **row})


@pytest.mark.django_db(transaction=True)
def test_f36_two_staff_and_a_double_click_give_a_line_back_once(connected_sandbox: Sandbox) -> None:
    payment = paid(connected_sandbox, an_order(), a_gift())
    wanted = the(payment, "Candle").of_quantity(2)

    def ask(_: int) -> bool:
        try:
            give_back(payment, wanted)
        except RefundRefused:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(ask, range(6)))
    assert any(answers)
    assert remains(payment)[0] == ("Candle", 1000, 190, 1)
    assert connected_sandbox.money()["charges"][payment.charge_id]["refunded"] == wanted.gross
    assert Refund.objects.exclude(status=Refund.Status.FAILED).count() == 1
