"""A person with a real card gets through: by work that the browser does unseen, or by a mailed link."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.utils import timezone

if not apps.is_installed("membership"):
    pytest.skip("membership/ was deleted, and with it the form that is attacked here", allow_module_level=True)

from accounts.models import OutgoingMail
from membership.demo import build_tiers
from membership.models import Membership
from payments.guard import proof
from payments.models import SafeMode
from receipts.models import Issuer
from tests.browser import ARGUMENTS
from tests.journeys.walking import Walker

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Playwright

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
# Where somebody wants to look at the pages: STEADFAST_PICTURES=/tmp/pictures
PICTURES = os.environ.get("STEADFAST_PICTURES")


@pytest.fixture(autouse=True)
def tiers(transactional_db: None) -> None:
    Issuer.objects.update_or_create(defaults={"jurisdiction": "US", "legal_name": "Harbour Light"})
    build_tiers()


class Visitor(Walker):
    def _hear(self, message: object) -> None:
        # The page that asks for a moment is answered with 429 on purpose.
        if "status of 429" not in message.text:  # type: ignore[attr-defined]
            super()._hear(message)  # type: ignore[arg-type]

    def fill_in(self) -> None:
        page = self.page
        page.goto(f"{self.address}/join/friend/")
        page.get_by_label("Monthly, $15.00 a month").check()
        page.get_by_label("Full name").fill("Zoë O’Neill")
        page.get_by_label("E-mail address").fill("zoe@example.org")
        page.get_by_label("Address", exact=True).fill("1 Harbour Street")
        page.get_by_label("Town or city").fill("Portland")
        page.get_by_label("State").select_option("ME")
        page.get_by_label("ZIP code").fill("04101")
        page.get_by_role("button", name="Check before paying").click()
        page.get_by_role("button", name="Continue to payment").wait_for()

    def pay(self) -> None:
        self.page.get_by_role("radio", name="Payment succeeds").check()
        self.page.get_by_role("button", name="Subscribe").or_(self.page.get_by_role("button", name="Pay")).first.click()
        self.page.wait_for_url("**/checkout/return/**")
        assert Membership.objects.get().payer.name == "Zoë O’Neill"

    def look_at(self, name: str) -> None:
        """Accessible, and nothing sticks out at 320 pixels."""
        self.look()
        for width in (320, 768, 1280):
            self.page.set_viewport_size({"width": width, "height": 900})
            assert self.page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
            for colours in ("light", "dark") if PICTURES else ():
                self.page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
                self.page.screenshot(path=Path(PICTURES or "") / f"{name}-{width}-{colours}.png", full_page=True)
        self.page.emulate_media(color_scheme="light")


@pytest.fixture
def visitor(browser: BrowserContext, address: str) -> Visitor:
    return Visitor(browser.new_page(), address)


@pytest.fixture
def without_javascript(playwright_driver: Playwright, chromium: str, address: str) -> Iterator[Page]:
    started = playwright_driver.chromium.launch(executable_path=chromium, headless=True, args=ARGUMENTS)
    yield started.new_context(java_script_enabled=False, locale="en-US").new_page()
    started.close()


def mailed_link() -> str:
    (mail,) = OutgoingMail.objects.filter(to="zoe@example.org")
    return next(word for word in mail.text.split() if "/go-on/" in word)


def test_the_browser_works_unseen_and_goes_on_by_itself(visitor: Visitor, guarded: object) -> None:
    guarded.GUARD_SECONDS_TO_FILL_IN = 600  # type: ignore[attr-defined]
    visitor.fill_in()
    visitor.page.get_by_role("button", name="Continue to payment").click()
    visitor.page.wait_for_url("**/c/pay/**", timeout=60_000)
    assert visitor.troubles == []
    visitor.pay()
    assert not OutgoingMail.objects.filter(subject__contains="link").exists()


def test_meanwhile_a_screen_reader_is_told_what_happens(
    visitor: Visitor, guarded: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded.GUARD_SECONDS_TO_FILL_IN = 600  # type: ignore[attr-defined]
    monkeypatch.setattr(proof, "NUMBERS", 10**12)
    visitor.fill_in()
    visitor.page.get_by_role("button", name="Continue to payment").click()
    told = visitor.page.get_by_role("status").filter(has_text="short calculation")
    told.wait_for()
    visitor.look_at("working")
    assert visitor.page.title().startswith("One moment")
    visitor.page.get_by_role("button", name="Send me the link").press("Enter")
    visitor.page.get_by_role("heading", name="Look into your mailbox").wait_for()
    assert OutgoingMail.objects.count() == 1


def test_in_safe_mode_a_mailed_link_goes_on_where_one_was(visitor: Visitor) -> None:
    SafeMode.objects.create(pk=1, on_since=timezone.now(), on_until=timezone.now() + timedelta(hours=1))
    visitor.fill_in()
    visitor.page.get_by_role("button", name="Continue to payment").click()
    visitor.page.get_by_role("heading", name="Look into your mailbox").wait_for(timeout=60_000)
    visitor.reads("To protect donors from card fraud we have sent you a link", "zoe@example.org")
    visitor.look_at("sent")
    link = mailed_link()
    visitor.page.goto(link)
    visitor.look_at("go-on")
    visitor.page.get_by_role("button", name="Continue to payment").click()
    visitor.page.wait_for_url("**/c/pay/**")
    visitor.pay()
    assert visitor.page.request.get(link).status == 410
    visitor.page.goto(link)
    visitor.page.get_by_role("heading", name="This link is over").wait_for()
    visitor.troubles = [trouble for trouble in visitor.troubles if "status of 410" not in trouble]
    visitor.look_at("over")


def test_without_javascript_the_mailed_link_leads_on(without_javascript: Page, address: str, guarded: object) -> None:
    guarded.GUARD_SECONDS_TO_FILL_IN = 600  # type: ignore[attr-defined]
    visitor = Visitor(without_javascript, address)
    visitor.fill_in()
    visitor.page.get_by_role("button", name="Continue to payment").click()
    visitor.page.get_by_role("button", name="Send me the link").click()
    visitor.reads("we have sent you a link")
    visitor.page.goto(mailed_link())
    visitor.page.get_by_role("button", name="Continue to payment").click()
    visitor.page.wait_for_url("**/c/pay/**")
    visitor.pay()
