"""M25: fifty who want the last one at the same moment, as processes, on whichever database the suite runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from payments import checkout
from payments.booking import release
from payments.models import Payment, Refund
from receipts.models import Payer
from shop.models import MoneyBack, Order
from shop.orders import giving_back
from shop.stock.counting import count
from tests.at_once import at_once
from tests.shop.shelves import a_variant, an_order, row, stock_of, unexplained

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db(transaction=True)
BUYERS = 50


def payers(number: int) -> list[Payer]:
    return Payer.objects.bulk_create(
        Payer(name=f"Buyer {i}", email=f"buyer{i}@example.org", fingerprint=f"buyer {i}") for i in range(number)
    )


@pytest.mark.slow
def test_one_gets_the_last_one_and_forty_nine_are_told_before_they_pay(connected_sandbox: Sandbox) -> None:
    candle = a_variant(stock=1)
    told = at_once("tests.shop.buyers:start", *(f"{payer.pk}:{candle.pk}" for payer in payers(BUYERS)))
    assert sorted(told) == ["paid"] + ["“Candle” has just been sold out."] * (BUYERS - 1)
    assert stock_of(candle) == (0, 0)
    assert Order.objects.placed().count() == 1
    assert Payment.objects.count() == Payment.objects.paid().count() == 1, "nothing is left of the others"
    assert len(connected_sandbox.money()["charges"]) == 1, "nobody is charged without goods"
    assert not unexplained()


@pytest.mark.slow
def test_of_many_who_pay_too_late_at_once_only_so_many_are_served_and_all_others_get_it_back(
    connected_sandbox: Sandbox,
) -> None:
    """Each held one, lost it, and pays: three are left for eight."""
    candle = a_variant(stock=8)
    orders = [an_order(row(candle), payer=payer) for payer in payers(8)]
    started = [checkout.start(payer=order.payer, payables=[order], cancel_path="/") for order in orders]
    for payment in started:
        release(payment, Payment.Status.EXPIRED)
    count(candle, 3)
    assert at_once("tests.at_once:pay", *(str(payment.pk) for payment in started)) == ["paid"] * 8
    states = sorted(Order.objects.values_list("state", flat=True))
    assert states == ["paid"] * 3 + ["unfillable"] * 5
    assert stock_of(candle) == (0, 0)
    giving_back.give_back_all()
    assert Refund.objects.count() == MoneyBack.objects.exclude(settled_at=None).count() == 5
    charged = sum(Payment.objects.paid().values_list("amount", flat=True))
    assert not unexplained()
    assert charged - sum(Refund.objects.values_list("amount", flat=True)) == 3 * 2500
