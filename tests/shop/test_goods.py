"""What a basket hears of a variant: what it costs this visitor now, and whether it can be had."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from payments.goods import Priced, Wanted, all_goods
from shop.goods import VariantGoods
from shop.models import MemberPrice, ProductPage, ShopPage, Stock, Variant
from tests.shop.rows import add_picture, add_variant, make_product

pytestmark = pytest.mark.django_db


def asked(*references: Any, held: int = 0, user: Any = None) -> list[Priced]:
    request = RequestFactory().get("/basket/")
    request.user = user or AnonymousUser()
    rows = [Wanted(reference=str(reference), quantity=1, held=held) for reference in references]
    return VariantGoods().price(rows, request)


@pytest.fixture
def variant(apron: ProductPage) -> Variant:
    return Variant.objects.get(product=apron)


def test_the_basket_knows_the_kind() -> None:
    assert isinstance(all_goods()["shop.variant"], VariantGoods)


def test_it_is_what_it_costs_and_where_to_read_on(variant: Variant) -> None:
    Variant.objects.update(first_value="Blue", weight=300)
    add_picture(variant.product, "A blue apron on a hook")
    (row,) = asked(variant.pk)
    assert (row.title, row.detail, row.unit_amount, row.weight) == ("Linen apron", "Blue", 3800, 300)
    assert row.url == "/shop/linen-apron/" and row.picture.endswith(".webp")
    assert row.picture_alt == "A blue apron on a hook"
    assert row.most == 5 and row.needs_delivery and row.tax_category == "standard" and row.problem == ""


@pytest.mark.parametrize(
    ("starts", "ends", "paid"), [(None, None, 3000), (-1, 1, 3000), (1, 2, 3800), (-2, -1, 3800), (None, 1, 3000)]
)
def test_a_sale_counts_between_its_dates(variant: Variant, starts: int | None, ends: int | None, paid: int) -> None:
    now = timezone.now()
    Variant.objects.update(
        sale_price=3000,
        sale_starts=None if starts is None else now + timedelta(days=starts),
        sale_ends=None if ends is None else now + timedelta(days=ends),
    )
    assert asked(variant.pk)[0].unit_amount == paid


@pytest.mark.parametrize(("sale", "percent", "paid"), [(None, 15, 3230), (3500, 10, 3420), (3000, 10, 3000)])
def test_a_member_pays_the_lower_of_their_price_and_the_sale(
    variant: Variant, alice: Any, friends: Group, sale: int | None, percent: int, paid: int
) -> None:
    Variant.objects.update(sale_price=sale)
    MemberPrice.objects.create(product=variant.product, group=friends, percent_off=percent)
    alice.groups.add(friends)
    assert asked(variant.pk, user=alice)[0].unit_amount == paid
    assert asked(variant.pk)[0].unit_amount == (sale or 3800), "nobody else does"


@pytest.mark.parametrize(("currency", "paid"), [("JPY", 1692), ("USD", 1692), ("KWD", 1690)])
def test_a_members_price_is_one_that_a_card_can_pay(
    variant: Variant, alice: Any, friends: Group, settings: Any, currency: str, paid: int
) -> None:
    """15 % off 1,990 leaves 1,691.5; of a dinar's three decimals, Stripe takes the last as 0 only."""
    settings.REPORTING_CURRENCY = currency
    Variant.objects.update(price=1990)
    MemberPrice.objects.create(product=variant.product, group=friends, percent_off=15)
    alice.groups.add(friends)
    assert asked(variant.pk, user=alice)[0].unit_amount == paid


def test_what_is_gone_is_left_out(variant: Variant) -> None:
    assert asked("0", "-1", "two", "1; DROP", "9" * 30, "", "１", variant.pk + 1) == []


def test_what_cannot_be_had_says_why(variant: Variant) -> None:
    Variant.objects.update(is_offered=False)
    assert asked(variant.pk)[0].problem == "This is not sold any more."
    Variant.objects.update(is_offered=True)
    ProductPage.objects.update(live=False, first_published_at=timezone.now())
    assert asked(variant.pk)[0].problem == "This is not sold any more."
    ProductPage.objects.update(live=True)
    Stock.objects.update(on_hand=2, reserved=2)
    assert (asked(variant.pk)[0].problem, asked(variant.pk)[0].most) == ("This is sold out.", 0)
    Stock.objects.all().delete()
    assert asked(variant.pk)[0].problem == "This is sold out.", "nobody has counted any"


def test_a_draft_that_was_never_published_does_not_exist(variant: Variant) -> None:
    ProductPage.objects.update(live=False, first_published_at=None)
    assert asked(variant.pk) == []


def test_what_their_own_checkout_holds_is_theirs_to_have(variant: Variant) -> None:
    Stock.objects.update(on_hand=3, reserved=3)
    (row,) = asked(variant.pk, held=2)
    assert (row.most, row.problem) == (2, "")


def test_what_is_made_to_order_never_runs_out(variant: Variant) -> None:
    ProductPage.objects.update(made_to_order_days=10)
    Stock.objects.update(on_hand=0)
    (row,) = asked(variant.pk)
    assert (row.most, row.problem) == (None, "")


def test_what_is_kept_for_members_is_sold_to_members(variant: Variant, alice: Any, friends: Group) -> None:
    restriction = PageViewRestriction.objects.create(page=variant.product, restriction_type="groups")
    restriction.groups.add(friends)
    add_picture(variant.product, "A blue apron on a hook")
    (row,) = asked(variant.pk)
    assert row.problem == "This is for members only."
    assert "apron" not in str(row) and row.unit_amount == 0, "who may not read its page learns nothing of it here"
    alice.groups.add(friends)
    assert asked(variant.pk, user=alice)[0].problem == ""


def test_a_full_basket_asks_as_often_as_one_with_two_rows(shop: ShopPage) -> None:
    products = [make_product(shop, f"Product {number}") for number in range(6)]
    for product in products:
        add_variant(product)
        add_picture(product)
    references = list(Variant.objects.values_list("pk", flat=True))
    asked(*references)  # Draws the pictures.
    counted = []
    for some in (references[:2], references):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(asked(*some)) == len(some)
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 7
