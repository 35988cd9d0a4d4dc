"""Makers who agreed to be shown, and what was sold of theirs."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.utils.text import slugify
from wagtail.models import Site

from receipts.models import Payer
from receipts.payers import find_or_create_payer
from shop.makers import accruing
from shop.models import Maker, Order, OrderLine, ProductPage, ShopPage, Variant
from tests.pages.consents import a_consent
from tests.shop.rows import make_product, make_shop_page

SOLD_AT = datetime(2026, 6, 15, 12, tzinfo=UTC)
_numbers = count(1)


def a_maker(alias: str = "Amara", **more: Any) -> Maker:
    facts = {"slug": slugify(alias), "story": f"I sew. – {alias}", "region": "the north", **more}
    if "consent" not in facts:
        facts["consent"] = a_consent(alias=alias)
    return Maker.objects.create(alias=alias, **facts)


def a_variant(maker: Maker | None = None, **more: Any) -> Variant:
    shop = ShopPage.objects.first() or make_shop_page(Site.objects.get(is_default_site=True).root_page)
    product: ProductPage = make_product(shop, f"Candle {next(_numbers)}", maker=maker)
    variant = Variant.objects.get(product=product)
    Variant.objects.filter(pk=variant.pk).update(**{"maker_pay": 900, "materials_cost": 400, **more})
    variant.refresh_from_db()
    return variant


def a_buyer() -> Payer:
    return find_or_create_payer(
        kind="person", name="Bob Brown", email="bob@example.org", line1="2 Mill Lane", city="Portland",
        region="ME", postcode="04101", country="US",
    )  # fmt: skip


def an_order_line(maker: Maker | None, quantity: int = 2, *, maker_pay: int = 900, currency: str = "USD") -> OrderLine:
    """Paid for and sent; the books know nothing of it yet."""
    order = Order.objects.create(
        payer=a_buyer(), currency=currency, email="bob@example.org", state="sent", placed_at=SOLD_AT
    )
    variant = a_variant(maker)
    return OrderLine.objects.create(
        order=order, variant=variant, maker=maker, title="Candle", sku=variant.sku, quantity=quantity,
        unit_price=3800, amount=3800 * quantity, maker_pay=maker_pay, sent=quantity,
    )  # fmt: skip


def sold(maker: Maker, quantity: int = 2, **more: Any) -> OrderLine:
    """Of this maker's work, with the pay that is owed for it in the books."""
    line = an_order_line(maker, quantity, **more)
    accruing.accrue(line, quantity, occurred_at=SOLD_AT)
    return line


def owed_maker(alias: str = "Amara", quantity: int = 2) -> Maker:
    """A maker with something sold and not paid."""
    maker = a_maker(alias)
    sold(maker, quantity)
    return maker
