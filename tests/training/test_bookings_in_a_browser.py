"""From a course to a seat under an alias, its calendar file, and the money back as it was said: in a browser."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from icalendar import Calendar

from accounts.models import OutgoingMail
from payments.models import Refund
from receipts.checks import books_problems
from tests.journeys.walking import Walker
from tests.training.booked import rules_for
from tests.training.enrolling import Trainee
from tests.training.rows import make_session
from training.models import CoursePage, Enrolment, Session
from training.seats.checks import problems
from training.sessions.cancelling import cancel

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from tests.sandbox_client import Sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WIDTHS = (320, 768, 1280)


class Visitor(Walker):
    def look(self, part: str = "html") -> None:
        super().look(part)
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            assert self.page.evaluate("document.documentElement.scrollWidth") <= width, self.page.url
            if pictures := os.environ.get("PICTURES"):
                name = re.sub(r"\W+", "-", self.page.inner_text("h1"))[:30]
                self.page.screenshot(path=f"{pictures}/{name}-{width}.png", full_page=True)


@pytest.fixture
def visitor(browser: BrowserContext, live_server: Any, connected_sandbox: Sandbox, settings: Any) -> Visitor:
    settings.BASE_URL = live_server.url
    policy = settings.CONTENT_SECURITY_POLICY
    directives = {**policy["DIRECTIVES"], "form-action": ["'self'", connected_sandbox.url]}
    settings.CONTENT_SECURITY_POLICY = {**policy, "DIRECTIVES": directives}
    return Visitor(browser.new_page(), live_server.url)


def book_as_a_guest(visitor: Visitor, course: CoursePage) -> None:
    page = visitor.page
    page.goto(visitor.address + course.url)
    page.get_by_role("button", name=re.compile("^Put into the basket")).first.click()
    page.wait_for_url(re.compile("/basket/"))
    if "/basket/add/" in page.url:
        page.get_by_role("button", name="Put into the basket").click()
        page.wait_for_url("**/basket/")
    page.get_by_role("link", name="Go to the checkout").click()
    page.get_by_label("Full name").fill("Grace Okafor")
    page.get_by_label(re.compile("^E-mail")).fill("grace@example.org")
    page.get_by_role("button", name="Go on to the total").click()
    page.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    page.wait_for_url("**/c/pay/**")
    page.get_by_role("radio", name="Payment succeeds").check()
    page.get_by_role("button", name="Pay").first.click()
    page.wait_for_url("**/checkout/return/**")
    visitor.reads("Thank you")


def link_in_mail(kind: str) -> str:
    text = OutgoingMail.objects.get(kind=f"training/mail/{kind}").text
    found = re.search(r"https?://[^/]+(/booking/\S+)", text)
    assert found
    return found[1]


def test_a_guest_pays_takes_an_alias_and_gives_the_seat_up(
    visitor: Visitor, trainee: Trainee, course: CoursePage, session: Session
) -> None:
    rules_for(session, (14, 50), move_days=3)
    book_as_a_guest(visitor, course)
    trainee.hear()
    visitor.go(link_in_mail("booking_confirmed"))
    visitor.reads("You are booked", "Grace Okafor", "$90.00", "(New York)")
    visitor.click("link", "Change the name (seat 1)")
    visitor.page.get_by_label(re.compile("^Called on lists")).fill("Robin")
    visitor.click("button", "Save")
    visitor.reads("Robin")
    assert "Grace" not in visitor.page.inner_text("main")
    (event,) = Calendar.from_ical(visitor.fetch("a[href*='calendar']")).walk("VEVENT")
    assert event["STATUS"] == "CONFIRMED"
    visitor.click("link", "Give it up (seat 1)")
    visitor.reads("$45.00 of $90.00 goes back", "until 14 days before: 50 %")
    visitor.click("button", "Give the seat up")
    visitor.reads("Cancelled")
    trainee.give_back()
    assert list(Refund.objects.values_list("amount", "status")) == [(4500, "succeeded")]
    assert Enrolment.objects.get().person == "Grace Okafor" and Session.objects.get().taken == 0
    assert not books_problems() and not list(problems())


def test_we_cancel_and_they_choose(visitor: Visitor, trainee: Trainee, course: CoursePage, session: Session) -> None:
    booking = trainee.book(session.tickets.get(), 2)
    make_session(course, name="Spring group", days=3)
    cancel(session, "The trainer is ill, and nobody else can teach it.")
    visitor.go(link_in_mail("session_cancelled"))
    visitor.reads("Cancelled by us", "The trainer is ill")
    visitor.click("link", "Choose what becomes of it (seat 1)")
    visitor.click("button", "Leave it as a gift")
    visitor.click("link", "Choose what becomes of it (seat 2)")
    visitor.page.get_by_role("radio", name=re.compile("Spring group")).check()
    visitor.click("button", "Move my seat")
    visitor.reads("Spring group")
    assert {seat.state for seat in booking.enrolments.all()} == {"cancelled", "confirmed"}
    assert not books_problems() and not list(problems())
