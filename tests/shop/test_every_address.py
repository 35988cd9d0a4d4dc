"""Every address of the shop that names something has a rule, and a made-up key opens none of them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

pytestmark = pytest.mark.django_db
# Whoever has the key may come in: the tests of the order's page and of the wishes ask for others' and for changed ones.
# Who wants no more mail is told the same, whether there was any.
KEYS = {"order": 404, "order_cancel": 404, "order_return": 404, "shop_wish_stop": 200}
# Nothing of anybody's; a maker without a live consent is not there (test_maker_pages).
PUBLIC = {"shop_maker", "shop_wish"}


def addresses(resolver: URLResolver | None = None, before: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for one in (resolver or get_resolver()).url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            found += addresses(one, route)
        elif isinstance(one, URLPattern) and one.callback.__module__.startswith("shop."):
            found.append((route, one.name or route))
    return [(route, name) for route, name in found if not route.startswith("admin/")]


def test_an_address_with_an_id_without_a_rule_is_a_mistake() -> None:
    named = {name for route, name in addresses() if "<" in route}
    assert named == {*KEYS, *PUBLIC}, "Say in this file who may open these."


@pytest.mark.parametrize("name", sorted(KEYS))
def test_a_made_up_key_opens_nothing(name: str) -> None:
    assert Client().get(reverse(name, args=["made-up"])).status_code == KEYS[name]
