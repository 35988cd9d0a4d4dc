"""Another country is chosen: its fields come, with a script and without one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from accounts.models import User
from receipts.models import Payer
from tests.journeys.walking import Walker
from tests.receipts import cast
from tests.receipts.books import a_payer

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def payer(live_server: Any, browser: BrowserContext, grace: User, settings: Any) -> Payer:
    settings.BASE_URL = live_server.url
    cookie = cast.signed_in(grace).cookies["sessionid"].value
    browser.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return a_payer(user=grace)


def look(walker: Walker, name: str) -> None:
    walker.look()
    for width in (320, 1280):
        walker.page.set_viewport_size({"width": width, "height": 900})
        assert walker.page.evaluate("document.documentElement.scrollWidth") <= width
        if folder := os.environ.get("PICTURES"):
            walker.page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def test_somebody_moves_abroad(payer: Payer, browser: BrowserContext, live_server: Any) -> None:
    walker = Walker(browser.new_page(), live_server.url)
    page = walker.page
    walker.go(reverse("account_details", args=[payer.public_id]))
    look(walker, "details-us")
    assert not page.get_by_role("button", name="Show the fields").is_visible()
    page.fill("#id_line1", "24 Sussex Drive")
    page.select_option("#id_country", "CA")
    page.get_by_label("Province").wait_for()
    assert page.input_value("#id_line1") == "24 Sussex Drive"
    assert page.evaluate("document.activeElement.id") in ("id_country", "")
    assert "The fields below fit this country now." in page.inner_text("[data-address-status]")
    page.fill("#id_city", "Ottawa")
    page.select_option("#id_region", label="Ontario")
    page.fill("#id_postcode", "90210")
    page.press("#id_postcode", "Enter")
    page.get_by_role("heading", name="problem").wait_for()
    # The browser calls an answer with faults in it a failed load.
    walker.troubles.clear()
    look(walker, "details-error")
    assert "90210 is no postcode of Canada. It looks like H3Z 2Y7." in page.inner_text("main")
    page.fill("#id_postcode", "k1m1m4")
    page.press("#id_postcode", "Enter")
    page.wait_for_url("**/account/")
    payer.refresh_from_db()
    assert payer.address_lines() == ["24 Sussex Drive", "Ottawa ON K1M 1M4", "Canada"]


def test_without_a_script_a_button_shows_them_and_enter_saves(
    payer: Payer, browser: BrowserContext, live_server: Any
) -> None:
    browser.route("**/*.js", lambda route: route.abort())
    walker = Walker(browser.new_page(), live_server.url)
    page = walker.page
    page.goto(live_server.url + reverse("account_details", args=[payer.public_id]))
    page.fill("#id_city", "London")
    page.select_option("#id_country", "GB")
    page.get_by_role("button", name="Show the fields of this country").click()
    page.wait_for_load_state()
    assert page.input_value("#id_city") == "London" and not page.locator("#id_region").count()
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / "details-no-script.png", full_page=True)
    page.fill("#id_postcode", "sw1a2aa")
    page.press("#id_postcode", "Enter")
    page.wait_for_url("**/account/")
    payer.refresh_from_db()
    assert (payer.city, payer.region, payer.postcode) == ("London", "", "SW1A 2AA")
