"""Members' pages in a real browser: nothing that axe finds, nothing that sticks out, and gone after signing out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from membership.diary import build_diary
from membership.models import Tier
from pages.demo import build_site
from tests.membership.gated import make_member
from tests.reading import is_drawn

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ("/from-the-workshop/", "/from-the-workshop/pattern-book/", "/what-we-do/", "/search/?q=workshop")
# Where to leave pictures of the pages for somebody who wants to look at them.
SHOTS = os.environ.get("STEADFAST_SHOTS", "")


@pytest.fixture
def demo_site(tiers: list[Tier]) -> None:
    build_site()
    build_diary()


def look(page: Page, name: str) -> None:
    for width, scheme in ((320, "light"), (768, "dark"), (1280, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{scheme}.png", full_page=True)
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], (page.url, width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)


def sign_in(browser: BrowserContext, address: str, user: Any) -> None:
    client = Client()
    client.force_login(user)
    browser.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])


def test_teaser_and_page_have_no_fault(
    live_server: Any, browser: BrowserContext, demo_site: None, friend: Tier
) -> None:
    page = browser.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    for number, path in enumerate(PAGES):
        page.goto(live_server.url + path)
        look(page, f"outside-{number}")
    sign_in(browser, live_server.url, make_member("fred@example.org", friend))
    for number, path in enumerate(PAGES[:3]):
        page.goto(live_server.url + path)
        look(page, f"friend-{number}")
    page.goto(live_server.url + PAGES[0])
    # The picture of a private collection is there: drawn, and not only asked for.
    picture = page.locator("main figure img").first
    assert is_drawn(picture)
    assert "/members/pictures/" in str(picture.get_attribute("src"))
    assert troubles == []
    browser.clear_cookies()
    page.go_back()
    page.goto(live_server.url + PAGES[0])
    assert "The week of the linen" not in page.inner_text("body")
    page.go_back()
    page.go_forward()
    assert "The week of the linen" not in page.inner_text("body"), "the browser kept nothing of it"
