"""Choosing a tier, giving what one can, and showing a card, in a real browser: accessible, and nothing sticks out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from membership.models import MemberCard, Membership, Tier, TierPrice
from tests.membership.rows import make_memberships
from tests.reading import look

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_the_comparison_to_an_amount_of_ones_own(
    live_server: Any, browser: BrowserContext, tiers: list[Tier]
) -> None:
    Tier.objects.filter(slug="friend").update(free_amount=True)
    TierPrice.objects.filter(tier=tiers[0], interval="month").update(suggested="20 50")
    page = browser.new_page()
    page.goto(f"{live_server.url}/join/compare/")
    look(page)
    page.set_viewport_size({"width": 320, "height": 700})
    region = page.locator(".compare")
    region.evaluate("table => { table.scrollLeft = 200; table.scrollTop = 200 }")
    head, tier = page.get_by_role("rowheader", name="Quarterly").last, page.get_by_role("columnheader", name="Ally")
    assert head.bounding_box()["x"] == pytest.approx(region.bounding_box()["x"], abs=2), "a row keeps its head"  # type: ignore[index]
    assert tier.bounding_box()["y"] == pytest.approx(region.bounding_box()["y"], abs=2), "a column too"  # type: ignore[index]
    page.set_viewport_size({"width": 1280, "height": 900})

    page.get_by_role("link", name="Friend", exact=True).click()
    look(page)
    page.get_by_role("link", name="Join monthly").click()
    look(page)
    assert not page.get_by_label("Another amount").last.is_visible()
    page.get_by_label("$20.00", exact=True).check()
    page.get_by_label("Yearly, from $150.00 a year").check()
    assert page.get_by_label("$150.00", exact=True).is_checked(), "the amount in the same place"
    page.get_by_role("radio", name="Another amount").check()
    page.get_by_role("textbox", name="Another amount").fill("200")
    look(page)
    page.get_by_label("$300.00", exact=True).check()
    assert page.locator("#id_amount").input_value() == "", "what is out of sight contradicts nothing"


def test_a_card_is_shown_checked_and_replaced(
    live_server: Any, browser: BrowserContext, alice: User, tiers: list[Tier], settings: Any
) -> None:
    settings.BASE_URL = live_server.url
    make_memberships(1, user=alice)
    Membership.objects.update(started_at=timezone.now() - timedelta(days=400))
    client = Client()
    client.force_login(alice)
    browser.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = browser.new_page()
    page.goto(live_server.url + reverse("account_home"))
    page.get_by_role("link", name="Show or print your card").click()
    look(page)
    old = MemberCard.objects.get().token
    page.get_by_role("button", name="Make a new card").click()
    assert "The old one is not valid any more." in page.inner_text("body")
    for token, word in ((old, "not valid"), (MemberCard.objects.get().token, "valid")):
        page.goto(live_server.url + reverse("card_verify", args=[token]))
        assert page.inner_text("main").strip() == word
        look(page)
