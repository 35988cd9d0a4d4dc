"""Looking for something in a real browser, narrow and wide, with and without scripts: nothing axe finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pages.demo import build_site
from shop.demo import build_shop
from tests.light_and_dark import look

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(browser: BrowserContext) -> Any:
    page: Any = browser.new_page()
    page.troubles = []
    page.on("console", lambda told: page.troubles.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    return page


def go(page: Any, selector: str) -> None:
    with page.expect_navigation():
        page.click(selector)


def test_a_customer_filters_chooses_and_puts_it_into_the_basket(live_server: Any, page: Any) -> None:
    build_site()
    build_shop()
    page.goto(f"{live_server.url}/shop/")
    look(page, "shop")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.check("text=Kitchen and table")
    page.check("text=Natural")
    page.fill("#filter-price-to", "50")
    go(page, "text=Show products")
    assert page.url.endswith("/shop/?category=kitchen&colour=Natural&price-to=50")
    assert page.locator(".product-card").count() == 1
    go(page, ".chip >> text=Up to")
    assert page.url.endswith("/shop/?category=kitchen&colour=Natural")
    go(page, ".product-card a")
    look(page, "product")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.check("text=Green, Large")
    assert "$52.00" in page.inner_text("[data-price]"), "the price follows what is chosen"
    page.fill("#buy-quantity", "2")
    go(page, "text=Put into the basket")
    assert page.url.endswith("/basket/"), "with a script, without the page between"
    assert "Green, Large" in page.inner_text("main") and page.input_value("[name=quantity]") == "2"
    assert page.troubles == []


def test_a_narrow_screen_unfolds_the_filters_and_a_keyboard_reaches_them(live_server: Any, page: Any) -> None:
    build_site()
    build_shop()
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{live_server.url}/shop/")
    assert not page.is_visible("text=What is on sale")
    page.focus(".filters__more > summary")
    page.keyboard.press("Enter")
    page.check("text=What is on sale")
    go(page, "text=Show products")
    assert page.locator(".product-card").count() == 2
    page.goto(f"{live_server.url}/shop/harbour-tote/")
    page.click(".gallery__small li:last-child a")
    assert page.url.endswith("#picture-2")
    assert page.troubles == []
