"""What only a browser can tell of the mail screens: frames that may do nothing still show, and nothing axe finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse

from accounts.choices import switch_on, wants
from accounts.models import MailWording, User
from accounts.stopping import stop_url
from tests.accounts.conftest import sign_in_with_second_factor
from tests.accounts.mails import KEY, NEWS

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("harbour")]


@pytest.fixture
def page(browser: BrowserContext, live_server: Any) -> Any:
    """A page signed in as staff that remembers in ``problems`` what the policy blocked."""
    client = Client()
    sign_in_with_second_factor(client, User.objects.create_superuser("dora@example.org", "a long password"))
    session = client.cookies["sessionid"].value
    browser.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page: Any = browser.new_page()
    page.problems = []
    page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
    return page


def test_what_is_typed_shows_beside_it_and_nothing_of_it_runs(page: Any, live_server: Any) -> None:
    page.goto(live_server.url + reverse("mails:edit", args=["en", KEY]))
    frame = page.frame_locator("iframe[name=mail-preview]")
    frame.frame_locator("iframe").get_by_text("Heron is in").wait_for()
    page.get_by_label("Text").fill("Ahoy **{name}** <img src=x onerror=alert(1)>\n\n[Look]({boat_url})")
    page.get_by_role("button", name="Show preview").click()
    mail = frame.frame_locator("iframe")
    mail.get_by_text("Ahoy Grace Hopper <img src=x onerror=alert(1)>").wait_for()
    assert mail.get_by_role("link", name="Look").count() == 1
    assert page.get_by_label("Text").input_value().startswith("Ahoy"), "the form is where it was"
    assert not MailWording.objects.exists() and not page.problems


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_our_part_of_the_screens(page: Any, live_server: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for url in (reverse("mails:index"), reverse("mails:edit", args=["en", KEY]), reverse("outbox:index")):
        page.goto(live_server.url + url)
        found = Axe().run(page, context="#main", options={"iframes": False}).response["violations"]
        assert not found, [(one["id"], one["nodes"][0]["html"]) for one in found]


def test_mails_are_stopped_in_two_clicks_without_a_log_in(browser: BrowserContext, live_server: Any) -> None:
    switch_on("grace@example.org", "news")
    page = browser.new_page()
    page.goto(stop_url("grace@example.org", NEWS).replace("http://testserver", live_server.url))
    assert not Axe().run(page).response["violations"]
    page.get_by_role("button", name="Stop them").click()
    page.get_by_role("heading", name="These mails are stopped").wait_for()
    assert not wants("grace@example.org", "news")
