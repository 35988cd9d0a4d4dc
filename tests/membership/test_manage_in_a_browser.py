"""Upgrading with a preview, pausing and resuming, cancelling and beginning again, in a real browser."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from accounts.models import User
from membership.models import Membership, Tier
from payments.models import Payment
from tests.journeys.walking import Walker
from tests.membership.managing import Manager
from tests.membership.way import Way

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


class Looker(Walker):
    """A walker who looks at narrow screens too, and keeps pictures where $PICTURES says."""

    def look(self, part: str = "html") -> None:
        super().look(part)
        for width in (320, 768, 1280):
            self.page.set_viewport_size({"width": width, "height": 900})
            assert self.page.evaluate("document.documentElement.scrollWidth") <= width, self.page.url
            if folder := os.environ.get("PICTURES"):
                self._picture(Path(folder), width)

    def is_told(self, text: str) -> None:
        """A message above the page."""
        assert text in " ".join(self.page.inner_text("body").split()), self.page.url

    def _picture(self, folder: Path, width: int) -> None:
        name = "-".join(self.page.url.split("?")[0].rstrip("/").split("/")[5:]) or "account"
        number = len(list(folder.glob(f"*-{width}.png")))
        self.page.screenshot(path=folder / f"{number:02}-{name[-20:]}-{width}.png", full_page=True)


@pytest.fixture
def manager(
    live_server: Any, browser: BrowserContext, way: Way, alice: User, tiers: list[Tier], settings: Any
) -> Manager:
    """Alice, an ally by the month, signed in."""
    settings.BASE_URL = live_server.url
    policy = settings.CONTENT_SECURITY_POLICY
    directives = {**policy["DIRECTIVES"], "form-action": ["'self'", way.sandbox.url]}
    settings.CONTENT_SECURITY_POLICY = {**policy, "DIRECTIVES": directives}
    way.client.force_login(alice)
    way.join(tiers[1])
    way.pay()
    cookie = way.client.cookies["sessionid"].value
    browser.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return Manager(way, Membership.objects.get())


@pytest.fixture
def walker(browser: BrowserContext, live_server: Any) -> Looker:
    return Looker(browser.new_page(), live_server.url)


def tier_now() -> str:
    return Membership.objects.get().tier.name


def test_upgrade_with_a_preview(manager: Manager, walker: Looker) -> None:
    walker.go(manager.url("subscription"))
    walker.click("link", "Change the tier")
    walker.click("link", "Look at Guardian")
    walker.reads("To pay now", "Visa ending 4242", "Guardian begins as soon as this is paid")
    walker.page.get_by_role("button", name="and change").click()
    walker.page.wait_for_load_state()
    walker.look()
    walker.is_told("was charged, and you pay $100.00 a month from now on.")
    walker.reads("$100.00 a month", "What was changed")
    manager.way.deliver()
    assert tier_now() == "Guardian" and Payment.objects.paid().count() == 2


def test_an_upgrade_that_waits_for_the_bank(manager: Manager, walker: Looker) -> None:
    manager.way.sandbox.next_outcome(manager.plan.subscription_id, "authentication_required", times=9)
    walker.go(manager.url("tier") + "?to=guardian")
    walker.page.get_by_role("button", name="and change").click()
    walker.page.wait_for_load_state()
    walker.look()
    walker.reads("A change waits for its payment")
    assert tier_now() == "Ally"
    walker.page.get_by_role("button", name="Pay or approve it").click()
    walker.page.wait_for_url("**/i/in_**")


def test_pause_and_resume(manager: Manager, walker: Looker) -> None:
    walker.go(manager.url("subscription"))
    walker.click("link", "Pause")
    walker.page.get_by_label("For how long?").select_option("2")
    walker.click("button", "See what it means")
    walker.reads("Paused until", "Not charged", "First payment after it")
    walker.page.get_by_role("button", name="Pause until").click()
    walker.page.wait_for_load_state()
    walker.look()
    walker.is_told("Saved: paused until")
    walker.click("button", "Go on now")
    walker.is_told("It goes on.")
    walker.reads("It renews by itself until you end it.")


def test_cancel_and_begin_again(manager: Manager, walker: Looker) -> None:
    walker.go(manager.url("subscription"))
    walker.click("link", "Cancel membership")
    walker.page.get_by_label("Why are you leaving?").fill("Moving abroad")
    walker.click("button", "Cancel my membership")
    walker.is_told("Your membership is cancelled.")
    walker.reads("Changed your mind?")
    manager.way.advance(days=32)
    walker.go("/account/")
    walker.go(manager.url("subscription"))
    walker.click("link", "Begin again")
    walker.page.get_by_role("button", name="Continue to payment").click()
    walker.page.wait_for_url("**/c/pay/**")
    walker.page.get_by_role("radio", name="Payment succeeds").check()
    walker.page.get_by_role("button", name="Subscribe").or_(walker.page.get_by_role("button", name="Pay")).first.click()
    walker.page.wait_for_url("**/checkout/return/**")
    walker.look()
    assert Membership.objects.filter(state="active").count() == 1


@pytest.mark.parametrize("name", ["amount", "interval", "date", "card"])
def test_the_other_pages_are_fit_for_everybody(manager: Manager, walker: Looker, name: str) -> None:
    walker.go(manager.url(name))
    if name in ("amount", "date"):
        walker.page.locator("main input:not([type=hidden])").first.fill("")
        walker.page.locator("main form button").first.click()
        walker.page.get_by_role("heading", name="There is a problem").wait_for()
