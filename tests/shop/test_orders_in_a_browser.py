"""An order behind its link, a wish, and the staff's stock, in a real browser: narrow, wide, without a fault for axe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from shop.models import Order
from shop.orders.links import order_path
from shop.orders.returning import accept
from shop.orders.sending import send
from shop.staff.roles import SHOP_KEEPERS
from tests.receipts.cast import in_group
from tests.shop.looking import Looker
from tests.shop.shelves import a_variant, an_order, row
from tests.shop.till import Till

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def walker(browser: BrowserContext, live_server: Any, settings: Any) -> Looker:
    settings.BASE_URL = live_server.url
    settings.STAFF_SECOND_FACTOR = False
    return Looker(browser.new_page(), live_server.url)


@pytest.fixture
def order(till: Till) -> Order:
    blanket = a_variant(title="Blanket woven from the wool of last winter", price=12900, first_value="Deep blue")
    return till.sell(row(blanket, 2, tax=1419), row(a_variant(title="Candle")))


def test_a_customer_follows_cancels_and_sends_back(walker: Looker, till: Till, order: Order) -> None:
    walker.go(order_path(order))
    walker.reads("We are getting it ready", "$297.19", "2 Mill Lane")
    walker.click("link", "Cancel what is not sent")
    walker.page.get_by_label("Candle").fill("9")
    walker.click("button", "Cancel these")
    walker.reads("There is only 1 of it.")
    walker.page.get_by_label("Candle").fill("1")
    walker.page.get_by_label("Blanket").fill("0")
    walker.click("button", "Cancel these")
    walker.is_told("It is cancelled")
    till.give_back()
    blanket = order.order_lines.all()[0]
    send(order, {blanket.pk: 2}, "Post", "RR123456785US", url="https://post.example/RR123456785US")
    walker.go(order_path(order))
    walker.reads("All that was to be sent has left us", "1 cancelled", "RR123456785US", "Given back", "$20.00")
    walker.click("link", "Send something back")
    walker.page.get_by_label("Blanket").fill("1")
    walker.page.get_by_label("Why do you send it back?").fill("It is too blue.")
    walker.click("button", "Ask for the return")
    walker.is_told("answer by mail")
    accept(order.returns.get(), "Send it to our post box.")
    walker.go(order_path(order))
    walker.reads("You can send it back")


def test_who_wants_to_hear_leaves_an_address(walker: Looker) -> None:
    walker.go(reverse("shop_wish", args=[a_variant(stock=0).pk]))
    walker.page.get_by_label("Your e-mail address").fill("ada")
    walker.click("button", "Write to me")
    walker.reads("There is a problem")
    walker.page.get_by_label("Your e-mail address").fill("ada@example.org")
    walker.click("button", "Write to me")
    walker.reads("We will write to you")


def test_staff_look_at_the_stock_and_count(walker: Looker, browser: BrowserContext, live_server: Any) -> None:
    candle = a_variant(stock=3)
    for number in range(4):
        a_variant(title=f"Soap {number}", stock=number)
    sold = an_order(row(candle))
    sold.pending()
    sold.paid(None)
    client = Client()
    client.force_login(in_group(SHOP_KEEPERS, "kim@example.org"))
    cookie = client.cookies["sessionid"].value
    browser.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = walker.page
    for path in ("index", "file"):
        page.goto(live_server.url + reverse(f"shop_stock:{path}"))
        walker.picture(path)
    page.goto(live_server.url + reverse("shop_stock:count", args=[candle.pk]))
    walker.picture("count")
    page.get_by_label("How many").fill("1")
    page.get_by_label("Note").fill("Yearly count")
    page.get_by_role("button", name="Save").click()
    page.wait_for_load_state()
    walker.picture("stock")
    assert "Yearly count" in page.inner_text("main") and "1 more on the shelf" in page.inner_text("main")
    assert walker.troubles == []
