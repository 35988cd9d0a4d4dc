"""Customers of the demo's history: they fill a basket and pay; at its end most of it was sent and makers were paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from random import Random
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from payments.basket import keeping
from payments.basket.placing import place
from payments.basket.quoting import quote
from payments.goods import Destination
from payments.models import Basket, Payment
from shop.demo.building import build_shop
from shop.demo.ground import lay_ground, make_makers
from shop.goods import KIND
from shop.makers import payouts
from shop.models import (
    MakerPayout,
    Order,
    OrderLine,
    ProductPage,
    Shipment,
    ShipmentLine,
    Stock,
    StockMovement,
    Variant,
)
from shop.stock.counting import count

CARRIER = "Post"
BATCH = 12


def prepare() -> bool:
    """False on a site without a home page: there is no shop then."""
    lay_ground()
    if build_shop() is None:
        return False
    makers = make_makers()
    for number, product in enumerate(ProductPage.objects.filter(maker=None).order_by("pk")):
        ProductPage.objects.filter(pk=product.pk).update(maker=makers[number % len(makers)])
        # The page that editors open next is the latest draft, not the row.
        product.refresh_from_db()
        product.save_revision()
    return True


def start_checkout(person: Mapping[str, str], dice: Random) -> Payment:
    """Somebody fills a basket with one to three things and goes to Stripe's page."""
    basket = Basket.objects.create(**{field: person[field] for field in person if hasattr(Basket, field)})
    variants = list(Variant.objects.filter(is_offered=True, product__live=True).order_by("pk"))
    for variant in dice.sample(variants, k=min(dice.choices((1, 2, 3), (60, 30, 10))[0], len(variants))):
        quantity = dice.choices((1, 2), (85, 15))[0]
        _see_that_there_are(variant, quantity)
        keeping.put(basket, kind=KIND, reference=str(variant.pk), quantity=quantity)
    whereto = Destination(country=person["country"], region=person["region"], postcode=person["postcode"])
    quoted = quote(basket, _somebodys_request(), destination=whereto)
    return place(basket, quoted, user=AnonymousUser(), cancel_path="/basket/", locale="en")


def _somebodys_request() -> HttpRequest:
    """A guest's: prices are asked for a visitor of this site."""
    request = HttpRequest()
    request.user = AnonymousUser()
    address = urlsplit(settings.BASE_URL)
    request.META |= {"SERVER_NAME": address.hostname or "localhost", "SERVER_PORT": str(address.port or 80)}
    return request


def _see_that_there_are(variant: Variant, quantity: int) -> None:
    stock = Stock.objects.filter(variant=variant).first()
    if stock is not None and stock.available < quantity:
        count(variant, BATCH, StockMovement.Reason.MADE, note="A new batch")


def end_history() -> None:
    """What was ordered some days ago has been sent, and makers were paid for it."""
    Basket.objects.filter(items=None, user=None).delete()
    Order.objects.filter(placed_at__isnull=False).update(created_at=F("placed_at"))
    long_ago = timezone.now() - timedelta(days=20)
    for order in Order.objects.filter(state=Order.State.PAID, placed_at__lt=long_ago):
        _was_sent(order)
    Stock.objects.filter(low_at=0).update(low_at=3)
    _pay_makers()


def _was_sent(order: Order) -> None:
    sent_at = (order.placed_at or timezone.now()) + timedelta(days=2)
    carrier = "" if order.is_pickup else CARRIER
    shipment = Shipment.objects.create(order=order, carrier=carrier, sent_at=sent_at, mailed_at=sent_at)
    lines = list(OrderLine.objects.filter(order=order))
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, line=line, quantity=line.to_send) for line in lines if line.to_send
    )
    OrderLine.objects.filter(order=order).update(sent=F("quantity") - F("cancelled"))
    Order.objects.filter(pk=order.pk).update(state=Order.State.SENT)


def _pay_makers() -> None:
    """All but what the last two makers are owed: there is something left to draw up."""
    currency = settings.REPORTING_CURRENCY
    owed = payouts.to_pay(currency)
    if len(owed) <= 2:
        return
    payout = payouts.draw_up(makers=[maker for maker, _ in owed[:-2]], currency=currency, by=None)
    payouts.say_paid(payout, paid_on=timezone.localdate(), method=MakerPayout.Method.BANK, by=None)
