"""Makers' pages and their pay in a real browser: accessible, nothing sticks out, and paid in a few clicks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from accounts.models import User
from receipts.chart import Account
from receipts.checks import books_problems
from receipts.ledger import account_balance
from receipts.models import Fund
from shop.makers import accruing, pay, payouts
from shop.models import Maker
from tests.reading import is_drawn
from tests.shop.looking import Looker
from tests.shop.makers import a_maker, an_order_line, sold
from tests.shop.rows import make_picture

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.django_db(transaction=True)


def with_portrait(maker: Maker) -> Maker:
    picture = make_picture("Hands")
    picture.consent = maker.consent
    picture.save()
    maker.picture, maker.picture_alt = picture, "Hands that pour wax"
    maker.save()
    return maker


def test_from_the_makers_to_one_and_to_where_a_price_goes(live_server: Any, browser: BrowserContext) -> None:
    Fund.unrestricted()
    amara = with_portrait(a_maker())
    makers = [amara, *(Maker.objects.create(alias=f"M{n}", slug=f"m{n}") for n in range(4))]
    for maker in makers:
        accruing.accrue(an_order_line(maker, 3), 3, occurred_at=datetime(2025, 5, 1, tzinfo=UTC))
    payout = payouts.draw_up(makers=makers, currency="USD", by=None)
    payouts.say_paid(payout, paid_on=date(2025, 6, 1), method="bank", by=None)

    page = browser.new_page()
    look = Looker(page, live_server.url).look
    page.goto(f"{live_server.url}/shop/makers/")
    assert "$135.00" in page.inner_text("main")
    look()
    page.get_by_role("link", name="Amara").click()
    assert is_drawn(page.get_by_alt_text("Hands that pour wax"))
    look()
    page.get_by_role("link", name="Candle").first.click()
    table = page.get_by_role("table", name="Where $38.00 goes")
    assert "The maker" in table.inner_text() and "$9.00" in table.inner_text()
    look()


def test_staff_pay_makers(live_server: Any, browser: BrowserContext, tess: User, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    Fund.unrestricted()
    sold(a_maker(), 3)
    sold(a_maker("Bimala"), 1)
    client = Client()
    client.force_login(tess)
    browser.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])

    page = browser.new_page()
    look = Looker(page, live_server.url).look
    page.goto(f"{live_server.url}/admin/maker_payouts/")
    page.get_by_role("link", name="Draw up a payout").click()
    page.wait_for_url("**/draw-up/")
    look(".books-page")
    page.get_by_label("Bimala").uncheck()
    page.get_by_role("button", name="Draw it up").click()
    page.wait_for_url("**/inspect/*/")
    look(".books-page")
    with page.expect_download() as sheet:
        page.get_by_role("link", name="Sheet (CSV)").click()
    assert "Amara" in sheet.value.path().read_text() and "Bimala" not in sheet.value.path().read_text()
    page.get_by_role("link", name="The makers are paid").click()
    page.wait_for_url("**/paid/*/")
    look(".books-page")
    page.get_by_label("Bank transfer").check()
    page.get_by_label("Every maker on this sheet").check()
    page.get_by_role("button", name="Book it as paid").click()
    page.get_by_text("$27.00 is in the books").wait_for()
    assert account_balance(Account.BANK, currency="USD") == -2700
    assert [*books_problems(), *pay.problems()] == []
