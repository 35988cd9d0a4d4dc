"""Things to sell, and orders of them, for tests that need some."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.utils.text import slugify
from wagtail.models import Site

from payments.goods import Buyer, Delivery, DeliveryChoice, Ordered, Priced, Wanted
from receipts.checks import books_problems
from receipts.models import Payer
from shop.makers import pay
from shop.models import Maker, Order, ProductPage, ShopPage, Stock, StockMovement, Variant
from shop.orders.placing import place_order
from shop.stock import checks

NUMBERS = count(1)


def a_shop() -> ShopPage:
    found = ShopPage.objects.first()
    if found is None:
        found = ShopPage(title="Shop", slug="things")
        Site.objects.get(is_default_site=True).root_page.add_child(instance=found)
    return found


def a_product(title: str = "Candle", **fields: Any) -> ProductPage:
    product = ProductPage(title=title, slug=f"{slugify(title)}-{next(NUMBERS)}", summary="A thing.", **fields)
    a_shop().add_child(instance=product)
    return product


def a_maker(alias: str = "Rosa") -> Maker:
    return Maker.objects.get_or_create(alias=alias, defaults={"slug": slugify(alias)})[0]


def a_variant(*, stock: int = 5, title: str = "Candle", days: int | None = None, **fields: Any) -> Variant:
    """A variant of a product of its own, by Rosa, with so many in stock."""
    product = a_product(title, maker=a_maker(), made_to_order_days=days)
    values = {"price": 2000, "maker_pay": 800, "materials_cost": 200, "weight": 250, **fields}
    variant = Variant.objects.create(product=product, sku=f"SKU-{next(NUMBERS)}", **values)
    Stock.objects.create(variant=variant, on_hand=stock)
    if stock:
        StockMovement.objects.create(variant=variant, change=stock, on_hand_after=stock, reason="made")
    return variant


def bob() -> Payer:
    values = {"name": "Bob Buyer", "email": "bob@example.org", "country": "US"}
    return Payer.objects.get_or_create(fingerprint="bob", defaults=values)[0]


def row(variant: Variant, quantity: int = 1, *, tax: int = 0, discount: int = 0) -> Ordered:
    net = variant.price * quantity - discount
    return Ordered(
        wanted=Wanted(reference=str(variant.pk), quantity=quantity),
        priced=Priced(reference=str(variant.pk), title=variant.product.title, unit_amount=variant.price),
        discount=discount,
        net=net,
        tax=tax,
        taxes=({"name": "Sales tax", "rate": "5.5000", "amount": tax},) if tax else (),
    )


def by_post(net: int = 500, **fields: Any) -> Delivery:
    to = {"recipient": "Bob Buyer", "line1": "2 Mill Lane", "city": "Portland", "region": "ME", "postcode": "04101"}
    choice = DeliveryChoice(key="post", label="By post", amount=net)
    return Delivery(choice=choice, net=net, tax=0, **{**to, "country": "US", **fields})


def an_order(*rows: Ordered, payer: Payer | None = None, delivery: Delivery | None = None) -> Order:
    """Written down, not held and not paid for."""
    buyer = Buyer(payer=payer or bob(), email=(payer or bob()).email)
    return place_order(rows or [row(a_variant())], buyer, "USD", delivery or by_post())


def stock_of(variant: Variant) -> tuple[int, int]:
    """How many are there, and how many of those are set apart."""
    stock = Stock.objects.get(pk=variant.pk)
    return stock.on_hand, stock.reserved


def unexplained() -> list[str]:
    """What ``check_books`` would say of the books, of the stock, and of what makers are owed."""
    return [*books_problems(), *checks.problems(), *pay.problems()]
