"""What only a browser can tell: nothing axe finds, nothing that scrolls sideways, nothing the policy blocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from pages.models import HomePage

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage

    from accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = [
    "/",
    "/what-we-do/",
    "/where-the-money-goes/",
    "/stories/",
    "/about/",
    "/support-us/",
    "/contact/",
    "/privacy/",
    "/search/?q=harbour",
    "/no/such/page/",
    "/accounts/login/",
    "/accounts/login/password/",
    "/accounts/signup/",
    "/accounts/password/reset/",
]
SIGNED_IN = [
    "/account/",
    "/account/name/",
    "/accounts/email/",
    "/accounts/logout/",
    "/accounts/password/set/",
    "/accounts/2fa/",
    "/admin/",
]


@pytest.fixture
def page(browser: BrowserContext) -> Any:
    """A page that remembers in ``problems`` what went wrong on it."""
    page: Any = browser.new_page()
    page.problems = []

    def note(message: ConsoleMessage) -> None:
        # A page that answers 403 or 404 on purpose is logged as a failed load of itself.
        if message.type == "error" and not re.search(r"status of 40[34]", message.text):
            page.problems.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    return page


def press(page: Any, selector: str) -> None:
    """Click, and wait until the next page is there: a click alone does not."""
    with page.expect_navigation():
        page.click(selector)


def expect_no_fault(page: Any) -> None:
    found = Axe().run(page).response["violations"]
    assert [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in found] == [], page.url
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide, f"{page.url} scrolls sideways at {page.viewport_size['width']} px"
    assert page.problems == [], page.url


@pytest.mark.parametrize(
    ("width", "scheme", "paths"),
    [(320, "light", PAGES), (768, "dark", PAGES[:3]), (1280, "light", PAGES[:3]), (1280, "dark", PAGES)],
)
def test_public_pages_have_no_fault(
    page: Any, live_server: Any, site: HomePage, width: int, scheme: str, paths: list[str]
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    for path in paths:
        page.goto(live_server.url + path)
        expect_no_fault(page)


def test_signing_in_and_the_account_have_no_fault(
    page: Any, live_server: Any, site: HomePage, alice: User, settings: Any
) -> None:
    settings.DEMO = True
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(live_server.url + reverse("account_login"))
    press(page, "text=Send me a code")
    expect_no_fault(page)
    assert page.evaluate("document.activeElement.className") == "error-summary", "the summary takes the focus"
    page.fill("input[type=email]", alice.email)
    press(page, "text=Send me a code")
    expect_no_fault(page)
    page.goto(live_server.url + reverse("demo_mail_list"))
    expect_no_fault(page)
    press(page, "tbody a")
    expect_no_fault(page)
    code = page.inner_text("h1").split(": ")[1]
    press(page, "text=Type the code")
    page.fill("input[name=code]", code)
    press(page, "main button:has-text('Sign in')")
    assert page.url.endswith(reverse("account_home"))
    expect_no_fault(page)
    for path in SIGNED_IN[1:]:
        page.goto(live_server.url + path)
        expect_no_fault(page)


def test_the_menu_opens_on_a_narrow_screen_and_the_page_is_reached_by_keyboard(
    page: Any, live_server: Any, site: HomePage
) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(live_server.url + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert not page.is_visible(".site-menu nav")
    page.focus(".site-menu > summary")
    page.keyboard.press("Enter")
    assert page.is_visible(".site-menu nav")
    press(page, ".site-menu >> text=Stories")
    assert page.url.endswith("/stories/")


def test_a_printed_page_leaves_the_furniture_away(page: Any, live_server: Any, site: HomePage) -> None:
    page.emulate_media(media="print")
    page.goto(live_server.url + "/about/")
    assert page.is_visible("h1")
    for furniture in (".sandbox-bar", ".site-nav", ".site-menu", ".site-footer"):
        assert not page.locator(furniture).first.is_visible(), furniture
