"""Joining in a real browser: accessible on every page, usable by keyboard, no sideways scrolling at 320 pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from accounts.models import User
from membership.models import Membership, Tier
from tests.membership.way import Way
from tests.reading import look

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_the_tiers_to_the_review(
    live_server: Any, browser: BrowserContext, connected_sandbox: Sandbox, tiers: list[Tier]
) -> None:
    page = browser.new_page()
    page.goto(f"{live_server.url}/join/")
    page.get_by_role("link", name="Yearly", exact=True).click()
    look(page)
    page.get_by_role("link", name="Choose Ally").click()
    assert page.get_by_label("Yearly, $400.00 a year").is_checked()
    look(page)

    page.get_by_label("Give more").fill("ten")
    page.get_by_role("button", name="Check before paying").click()
    assert page.evaluate("document.activeElement.className") == "error-summary"
    look(page)
    page.get_by_role("link", name="Full name: Enter your name.").click()
    assert page.evaluate("document.activeElement.name") == "name"

    page.get_by_label("Give more").fill("")
    page.keyboard.press("Tab")
    # The country is chosen already, and the fields are those of its addresses.
    for typed in ("Alice Adams", "alice@example.org", "", "1 Harbour Street", "", "Portland", "Maine", "04101"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Check before paying").press("Enter")
    assert page.get_by_role("heading", level=1).inner_text() == "Check and pay"
    assert "$400.00 a year, of it $20.00 benefits, $380.00 tax-deductible." in page.inner_text("main")
    look(page)

    connected_sandbox.fault("*", "503", times=50)
    page.get_by_role("button", name="Continue to payment").click()
    assert page.get_by_role("button", name="Try again").is_visible()
    look(page)
    connected_sandbox.clear_faults()
    page.get_by_role("button", name="Change something").click()
    assert page.get_by_label("Full name").input_value() == "Alice Adams"


def test_a_tier_that_is_gone(live_server: Any, browser: BrowserContext, tiers: list[Tier]) -> None:
    page = browser.new_page()
    page.goto(f"{live_server.url}/join/ally/")
    Tier.objects.filter(slug="ally").update(is_open=False)
    page.get_by_label("Full name").fill("Alice Adams")
    page.get_by_role("button", name="Check before paying").click()
    look(page)
    page.get_by_role("button", name="Friend").click()
    assert page.get_by_label("Full name").input_value() == "Alice Adams"
    page.goto(f"{live_server.url}/join/ally/")
    look(page)


def test_the_account_and_cancelling(
    live_server: Any, browser: BrowserContext, way: Way, alice: User, guardian: Tier
) -> None:
    client: Client = way.client
    client.force_login(alice)
    way.join(guardian)
    way.pay()
    cookie = client.cookies["sessionid"].value
    browser.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = browser.new_page()
    page.goto(f"{live_server.url}/account/")
    # Other apps' parts of the account page have tests of their own.
    look(page, "main .card")
    page.get_by_role("link", name="Change, pause or end it").click()
    look(page)
    page.get_by_role("link", name="Cancel membership").click()
    look(page)
    page.get_by_role("button", name="Cancel my membership").click()
    page.get_by_role("button", name="Keep my membership").wait_for()
    assert Membership.objects.get().state == "cancel_at_end"
    look(page)
