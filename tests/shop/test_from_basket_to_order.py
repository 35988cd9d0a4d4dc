"""From the shelf by the basket to an order, over HTTP: own holds, faster strangers, a gift beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from payments import gateway, worker
from payments.models import BasketItem, DiscountCode, Payment, TaxRate, TaxSettings
from receipts.models import Entry, Invoice
from shop.models import Order, ShippingBand, ShippingMethod, ShippingZone, Variant
from shop.orders.links import order_path
from tests.offering.models import Offering
from tests.reading import text_of
from tests.shop.shelves import a_variant, stock_of, unexplained
from tests.shop.till import Till

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
DETAILS = {
    "name": "Bob Brown",
    "email": "bob@example.org",
    "line1": "2 Mill Lane",
    "city": "Portland",
    "region": "ME",
    "postcode": "04101",
    "country": "US",
}


@pytest.fixture(autouse=True)
def by_post(db: None) -> ShippingMethod:
    zone = ShippingZone.objects.create(name="Here", countries="US")
    method = ShippingMethod.objects.create(zone=zone, name="Parcel")
    ShippingBand.objects.create(method=method, up_to=5_000, price=600)
    return method


class Shopper:
    def __init__(self, till: Till, email: str = "bob@example.org") -> None:
        self.till, self.client, self.details = till, Client(), {**DETAILS, "email": email}

    def put(self, reference: Any, quantity: int = 1, kind: str = "shop.variant") -> None:
        self.client.post(reverse("basket_add"), {"kind": kind, "reference": reference.pk, "quantity": quantity})

    def go(self) -> Any:
        """To Stripe's page, with the total that the page before has shown."""
        self.client.post(reverse("checkout_details"), self.details)
        review = self.client.get(reverse("checkout_review"))
        return self.client.post(reverse("checkout_review"), {"step": "pay", "total": review.context["quote"].total})

    def pay(self) -> None:
        self.till.pay(Payment.objects.latest("pk"))
        self.till.deliver_and_work_off()


@pytest.fixture
def candle(db: None) -> Variant:
    return a_variant(stock=2)


@pytest.fixture
def shopper(till: Till) -> Shopper:
    return Shopper(till)


def test_what_is_in_the_basket_is_what_is_ordered(shopper: Shopper, candle: Variant) -> None:
    shopper.put(candle, 2)
    assert shopper.go().status_code == 303
    order = Order.objects.get()
    assert stock_of(candle) == (2, 2) and order.state == Order.State.UNPAID
    shopper.pay()
    order.refresh_from_db()
    assert order.state == Order.State.PAID and order.total == 2 * 2000 + 600
    assert (order.recipient, order.city, order.shipping_label) == ("Bob Brown", "Portland", "Parcel")
    line = order.order_lines.get()
    assert (line.sku, line.quantity, line.maker_pay, line.weight) == (candle.sku, 2, 800, 250)
    assert stock_of(candle) == (0, 0) and not unexplained()


def test_the_page_after_paying_leads_to_the_order_in_the_browser_that_paid(shopper: Shopper, candle: Variant) -> None:
    shopper.put(candle)
    shopper.go()
    shopper.pay()
    address = f"{reverse('checkout_return')}?session={Payment.objects.get().session_id}"
    order = Order.objects.get()
    page = shopper.client.get(address).text
    assert f'href="{order_path(order)}">Follow order {order.number}<' in page
    assert order.number in shopper.client.get(order_path(order)).text
    assert "/order/" not in Client().get(address).text and order.number not in Client().get(address).text


def test_ones_own_hold_never_blocks_the_next_try(shopper: Shopper, candle: Variant) -> None:
    shopper.put(candle, 2)
    shopper.go()
    assert shopper.go().status_code == 303, "the same again goes on with the same page"
    assert Payment.objects.count() == 1
    # Back from Stripe's page, with another basket and another address: all of the stock is their own.
    item = BasketItem.objects.get()
    shopper.client.post(reverse("basket_change", args=[item.pk]), {"quantity": "1"})
    assert shopper.go().status_code == 303 and stock_of(candle) == (2, 1)
    shopper.client.post(reverse("basket_change", args=[item.pk]), {"quantity": "2"})
    shopper.details["line1"] = "3 Mill Lane"
    assert shopper.go().status_code == 303 and stock_of(candle) == (2, 2)
    shopper.pay()
    assert Order.objects.placed().get().line1 == "3 Mill Lane"
    assert stock_of(candle) == (0, 0) and not unexplained()


def test_a_page_that_was_left_open_in_another_tab_can_not_be_paid_too(shopper: Shopper, candle: Variant) -> None:
    shopper.put(candle)
    shopper.go()
    first = Payment.objects.latest("pk")
    shopper.put(candle)
    shopper.go()
    assert gateway.read_session(first.session_id or "").status == "expired"
    shopper.pay()
    assert Order.objects.placed().count() == 1 and stock_of(candle) == (0, 0)


def test_who_was_slower_is_told_in_words_and_keeps_the_rest(till: Till, shopper: Shopper, candle: Variant) -> None:
    soap = a_variant(title="Soap")
    shopper.put(candle, 2)
    shopper.put(soap)
    shopper.client.post(reverse("checkout_details"), shopper.details)
    total = shopper.client.get(reverse("checkout_review")).context["quote"].total
    other = Shopper(till, "eve@example.org")
    other.put(candle, 1)
    other.go()
    other.pay()
    answer = shopper.client.post(reverse("checkout_review"), {"step": "pay", "total": total}, follow=True)
    assert "1" in text_of(answer) and "Candle" in text_of(answer)
    assert Payment.objects.count() == 1 and BasketItem.objects.filter(reference=str(soap.pk)).exists()
    assert stock_of(soap) == (5, 0), "nothing of it is held"


def test_a_gift_beside_it_is_booked_for_itself(shopper: Shopper, candle: Variant) -> None:
    gift = Offering.objects.create(name="A gift", amount=3000)
    shopper.put(candle)
    shopper.put(gift, kind="offering.thing")
    shopper.go()
    shopper.pay()
    payment = Payment.objects.get()
    assert payment.status == Payment.Status.PAID and payment.items.count() == 3
    assert sorted(payment.lines.values_list("account", flat=True)) == ["gifts", "shipping_income", "shop_sales"]
    worker.sync("checkout.session", payment.session_id or "")
    assert Order.objects.placed().count() == 1 and not unexplained()


@pytest.mark.parametrize("includes_tax", [False, True])
@pytest.mark.parametrize("currency", ["JPY", "USD", "KWD"])
def test_totals_are_the_sums_of_their_lines_in_every_currency(
    shopper: Shopper, settings: Any, currency: str, includes_tax: bool
) -> None:
    """Two odd prices, a code, two taxes and sending: the page, the order, Stripe, the books and the invoice agree."""
    settings.REPORTING_CURRENCY = currency
    TaxSettings.objects.create(includes_tax=includes_tax, tax_shipping=True, ships_from="US")
    for name, rate in (("State tax", "5.5"), ("County tax", "1.3750")):
        TaxRate.objects.create(name=name, country="US", rate=rate, valid_from=date(2020, 1, 1))
    DiscountCode.objects.create(code="SPRING", percent="12.5", currency=currency)
    step = 10 if currency == "KWD" else 1
    for title, price, quantity in (("Candle", 199 * step, 3), ("Soap", 77 * step, 2)):
        shopper.put(a_variant(title=title, price=price, maker_pay=10 * step, materials_cost=step), quantity)
    shopper.client.post(reverse("checkout_details"), shopper.details)
    shopper.client.post(reverse("checkout_review"), {"step": "code", "code": "SPRING"})
    quoted = shopper.client.get(reverse("checkout_review")).context["quote"]
    # An eighth of 751 is 93.875; of three decimals, 939 is 930 for a card.
    assert quoted.discount == {"JPY": 94, "USD": 94, "KWD": 930}[currency]
    extra = 0 if includes_tax else quoted.tax
    assert quoted.total == quoted.subtotal - quoted.discount + quoted.shipping + extra
    assert shopper.go().status_code == 303
    shopper.pay()
    payment, order = Payment.objects.get(), Order.objects.get()
    assert order.state == Order.State.PAID
    assert payment.amount == order.total == quoted.total == quoted.tax + sum(line.net for line in lines_of(quoted))
    charge = gateway.client().v1.charges.retrieve(str(payment.charge_id))
    assert (charge.amount, charge.currency) == (quoted.total, currency.lower())
    assert sum(Entry.objects.filter(transaction=payment.transaction).values_list("amount", flat=True)) == quoted.total
    for line in payment.lines.all():
        assert line.tax == sum(tax["amount"] for tax in line.taxes)
    invoice = Invoice.objects.get()
    assert (invoice.net + invoice.tax, invoice.tax) == (quoted.total, quoted.tax)
    assert not unexplained()


def lines_of(quoted: Any) -> list[Any]:
    return [*quoted.sold, quoted.delivery]
