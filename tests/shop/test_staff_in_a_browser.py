"""The shop's staff screens in a browser: nothing axe finds, nothing blocked, nothing wider than a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from receipts.chart import Account
from receipts.ledger import IncomeLine, record_income
from receipts.models import Fund
from shop.models import Order
from shop.orders.returning import receive
from tests.shop.desk import a_paid_order, a_return, send_all
from tests.shop.shelves import a_variant, by_post, row
from tests.shop.test_shipping_choices import a_way, a_zone
from tests.staff_screens import faults_of, page_at_the_desk

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.django_db(transaction=True)


def sell(order: Order) -> None:
    """Into the books, as if paid in cash."""
    lines = [
        IncomeLine(account=Account.SHOP_SALES, amount=line.amount, fund=Fund.unrestricted(), subject=line.subject)
        for line in order.order_lines.all()
    ]
    record_income(
        reference=f"cash:{order.number}", occurred_at=order.placed_at, payer=order.payer, currency="USD",
        lines=lines, held_in=Account.CASH,
    )  # fmt: skip


@pytest.fixture
def addresses() -> dict[str, str]:
    """Every screen, with something on it."""
    way = a_way(a_zone("Near home", "US CA MX"), (1000, 450), (None, 900), name="By post", free_over=10_000)
    a_zone("North", "US", "04\n05", order=4)
    candle, soap = a_variant(title="Beeswax candle in a jar"), a_variant(title="Soap", price=900, maker_pay=400)
    waiting = a_paid_order(
        row(candle, 2, tax=220),
        row(soap, 1, discount=100),
        delivery=by_post(is_discreet=True, note="Please ring twice"),
    )
    back = a_paid_order(row(soap, 2))
    for order in (waiting, back):
        sell(order)
    send_all(back)
    returned = a_return(back)
    came = a_paid_order(row(candle))
    send_all(came)
    here = a_return(came, is_accepted=True)
    receive(here, {})
    coming = a_paid_order(row(candle), is_pickup=True)
    send_all(coming)
    coming_back = a_return(coming, is_accepted=True)
    orders = {name: reverse(f"shop_orders:{name}", args=[waiting.pk]) for name in ("inspect", "send", "cancel")}
    return {
        **orders,
        "orders": reverse("shop_orders:index"),
        "sent-back": reverse("shop_orders:inspect", args=[back.pk]),
        "pack": f"{reverse('shop_orders:pack')}?all=1",
        "mark-sent": f"{reverse('shop_orders:mark_sent')}?order={waiting.pk}",
        "answer": reverse("shop_orders:answer_return", args=[returned.pk]),
        "receive": reverse("shop_orders:receive_return", args=[coming_back.pk]),
        "give-back": reverse("shop_orders:give_back", args=[here.pk]),
        "sales": reverse("shop_reports:index"),
        "stock": reverse("shop_reports:stock"),
        "zones": reverse("shipping_zones:index"),
        "zone": reverse("shipping_zones:edit", args=[way.zone_id]),
        "ways": reverse("shipping_methods:index"),
        "way": reverse("shipping_methods:edit", args=[way.pk]),
        "try": f"{reverse('shipping_zones:try')}?country=US&postcode=04101&weight=500&price=20",
    }


def test_nothing_is_wrong_with_our_screens_on_a_phone_and_on_a_desk(
    browser: BrowserContext, live_server: Any, addresses: dict[str, str]
) -> None:
    page = page_at_the_desk(browser, live_server.url)
    assert faults_of(page, live_server.url, addresses) == []
