"""A membership given and redeemed in a real browser: accessible, and nothing sticks out on a narrow screen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from membership.models import GiftMembership, Membership, Tier
from tests.membership.test_gift_memberships import a_gift
from tests.reading import look

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db(transaction=True)
# Where somebody wants to look at the pages: STEADFAST_PICTURES=/tmp/pictures
PICTURES = os.environ.get("STEADFAST_PICTURES")


def picture(page: Page, name: str) -> None:
    if not PICTURES:
        return
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)


def test_it_is_given_and_printed(
    live_server: Any, browser: BrowserContext, connected_sandbox: Sandbox, tiers: list[Tier], alice: User
) -> None:
    page = browser.new_page()
    page.goto(f"{live_server.url}{reverse('gift_membership')}")
    picture(page, "give")
    look(page)
    page.get_by_role("button", name="Check before paying").click()
    assert page.evaluate("document.activeElement.className") == "error-summary"
    look(page)
    page.get_by_label("Friend, 12 months").check()
    page.get_by_label("Who is it for?").fill("Bob")
    page.get_by_label("A message to go with it").fill("For all the evenings on the phone.")
    page.get_by_label("Full name").fill("Alice Adams")
    page.get_by_label("E-mail address", exact=True).fill("alice@example.org")
    page.get_by_label("Address", exact=True).fill("1 Harbour Street")
    page.get_by_label("Town or city").fill("Portland")
    page.get_by_label("State").select_option("ME")
    page.get_by_label("ZIP code").fill("04101")
    page.get_by_role("button", name="Check before paying").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Check and pay"
    picture(page, "review")
    look(page)

    payer_gift = a_gift(Tier.objects.get(slug="friend"), recipient_name="Bob", message="For all the evenings.")
    payer_gift.payer.user = alice
    payer_gift.payer.save()
    client = Client()
    client.force_login(alice)
    cookie = client.cookies["sessionid"].value
    browser.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.goto(f"{live_server.url}{reverse('gift_membership_card', args=[payer_gift.public_id])}")
    assert payer_gift.code in page.inner_text("main")
    picture(page, "card")
    look(page)
    page.goto(f"{live_server.url}{reverse('account_home')}")
    picture(page, "account")
    look(page)


def test_it_is_redeemed(live_server: Any, browser: BrowserContext, tiers: list[Tier]) -> None:
    gift = a_gift(tiers[0])
    page = browser.new_page()
    page.goto(f"{live_server.url}{reverse('redeem')}")
    page.get_by_label("Your code").fill("AAAA-AAAA-AAAA")
    page.get_by_label("Your name").fill("Bob")
    page.get_by_label("Your e-mail address").fill("bob@example.org")
    page.get_by_role("button", name="Redeem").click()
    picture(page, "redeem")
    look(page)
    page.get_by_label("Your code").fill(gift.code.lower())
    page.get_by_role("button", name="Redeem").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Your membership has begun"
    picture(page, "redeemed")
    look(page)
    assert Membership.objects.get().is_live() and GiftMembership.objects.get().state == "redeemed"
