from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models import Site

from pages.gates import Gate
from receipts.models import Issuer
from shop.catalogue.choices import options_at
from shop.models import ProductPage, ShopPage
from tests.receipts import cast
from tests.shop.rows import make_product, make_shop_page
from tests.shop.shelves import bob
from tests.shop.till import Till

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox


@pytest.fixture(autouse=True)
def forgotten_choices() -> None:
    """What the products of another test differed in: rows that were written without being published."""
    options_at.cache_clear()


@pytest.fixture
def shop(db: None) -> ShopPage:
    """An empty shop below the site's root page, at /shop/."""
    return make_shop_page(Site.objects.get(is_default_site=True).root_page)


@pytest.fixture
def apron(shop: ShopPage) -> ProductPage:
    return make_product(shop)


@pytest.fixture
def friends(db: None, monkeypatch: pytest.MonkeyPatch) -> Group:
    """A group with a gate, which is open to whoever is in it."""
    group = Group.objects.create(name="Friends")
    gate = Gate(
        groups=lambda: {group.pk: "Friends"}, live=lambda user: [group.pk], invitation=lambda request, groups: ""
    )
    monkeypatch.setattr("pages.gates.all_gates", lambda: [gate])
    return group


@pytest.fixture
def kit(db: None, settings: Any) -> Client:
    """A shop keeper, at the desk."""
    settings.STAFF_SECOND_FACTOR = False
    return cast.signed_in(cast.in_group("Shop keepers", "kit@example.org"))


@pytest.fixture
def till(connected_sandbox: Sandbox, db: None) -> Till:
    """The sandbox holds its webhooks back; the test decides what arrives, when and how often."""
    Issuer.objects.update_or_create(defaults={"jurisdiction": "US", "legal_name": "Harbour Light"})
    return Till(sandbox=connected_sandbox, payer=bob())
