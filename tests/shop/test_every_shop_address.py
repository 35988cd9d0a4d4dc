"""Every staff screen of the shop asks for a permission: with rows behind them, an editor of pages gets nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from shop.models import Category
from shop.staff.urls import order_actions
from tests.receipts import cast
from tests.shop.desk import a_paid_order, a_return, send_all
from tests.shop.test_shipping_choices import a_way, a_zone

pytestmark = pytest.mark.django_db
OF_RETURNS = ("answer_return", "receive_return", "give_back")


@pytest.fixture
def addresses(settings: Any) -> list[str]:
    settings.STAFF_SECOND_FACTOR = False
    order = a_paid_order()
    send_all(order)
    back = a_return(order)
    way = a_way(a_zone(), (None, 400))
    found = [
        reverse(f"shop_orders:{name}", args=[back.pk if name in OF_RETURNS else order.pk] if "<int" in path else [])
        for path, _, name in order_actions()
    ]
    found += [reverse("shop_orders:index"), reverse("shop_orders:inspect", args=[order.pk])]
    category = Category.objects.create(name="Bags", slug="bags")
    screens = (("shipping_zones", way.zone_id), ("shipping_methods", way.pk), ("shop_categories", category.pk))
    for space, pk in screens:
        found += [reverse(f"{space}:{name}") for name in ("index", "add")]
        found += [reverse(f"{space}:{name}", args=[pk]) for name in ("edit", "delete")]
    return [*found, reverse("shipping_zones:try"), reverse("shop_reports:index"), reverse("shop_reports:stock")]


def test_an_editor_of_pages_gets_nowhere(addresses: list[str]) -> None:
    editor = cast.signed_in(cast.in_group("Editors", "eddie@example.org"))
    for url in addresses:
        for ask in (editor.get, editor.post):
            answer = ask(url)
            away = answer.status_code in (403, 405) or answer.get("Location") == reverse("wagtailadmin_home")
            assert away, (url, ask.__name__, answer.status_code)


def test_who_is_no_staff_gets_nowhere(addresses: list[str]) -> None:
    charlie = cast.signed_in(cast.somebody("charlie@example.org"))
    assert {charlie.get(url).status_code for url in addresses} == {403}


def test_who_may_look_may_do_nothing(addresses: list[str]) -> None:
    from django.contrib.auth.models import Permission

    looker = cast.somebody("laura@example.org")
    looker.user_permissions.add(*Permission.objects.filter(codename__in=["access_admin", "view_order"]))
    client = cast.signed_in(looker)
    let_in = {url for url in addresses if client.get(url).status_code == 200}
    assert let_in == {url for url in addresses if url.endswith("shop_orders/") or "/inspect/" in url}
