"""Apply for a bursary, be approved, attend, get a certificate and verify it: in a browser, on narrow screens too."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail
from receipts.checks import books_problems
from receipts.models import Payer
from tests.journeys.walking import Walker
from tests.staff_screens import faults_of, page_at_the_desk
from tests.training.applying import WORDS, a_bursary_fund, held, mailed_link
from training.completing.rules import complete_all
from training.models import Application, Attendance, Enrolment, Meeting, Session

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.django_db(transaction=True)
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


def test_from_asking_to_the_seat(
    browser: BrowserContext, live_server: Any, session: Session, bob: Payer, settings: Any
) -> None:
    settings.SIGN_IN_SECONDS, settings.BASE_URL = 0, live_server.url
    Session.objects.update(takes_applications=True)
    fund = a_bursary_fund((bob, 20000))
    visitor = Visitor(browser.new_page(), live_server.url)
    visitor.go(reverse("training_apply", args=[session.public_id]))
    visitor.reads("Nobody asks for proof")
    for label, typed in (
        ("Your name", "Amara Obi"),
        ("E-mail address", "amara@example.org"),
        ("What can you pay", "20"),
    ):
        visitor.page.get_by_label(re.compile(f"^{label}")).fill(typed)
    visitor.page.get_by_label(re.compile("^Anything you would like")).fill(WORDS)
    visitor.click("button", "Send my application")
    visitor.reads("A seat is kept for you")
    visitor.go(mailed_link())
    visitor.reads("Your seat is kept for you while we look at it.")

    application = Application.objects.get()
    staff = page_at_the_desk(browser, live_server.url)
    screens = {"queue": reverse("training_applications:index")}
    screens |= {name: reverse(f"training_applications:{name}", args=[application.pk]) for name in ("inspect", "decide")}
    assert not faults_of(staff, live_server.url, screens)
    staff.goto(live_server.url + screens["inspect"])
    staff.get_by_role("button", name="Read and decide").click()
    assert WORDS in staff.inner_text("main")
    staff.get_by_role("radio", name=re.compile("Approve")).check()
    staff.get_by_label(re.compile("The bursary pays")).fill("90.00")
    staff.get_by_role("button", name="Go on").click()
    assert "News about your place" in staff.inner_text("main")
    if pictures := os.environ.get("PICTURES"):
        staff.screenshot(path=f"{pictures}/second-look.png", full_page=True)
    staff.get_by_role("button", name="Yes, and send the mail").click()
    staff.wait_for_url(re.compile("/inspect/"))

    visitor.go(mailed_link())
    visitor.reads("Your seat is booked")
    visitor.click("link", "See your seat")
    assert Enrolment.objects.get().is_confirmed and held(fund) == 20000 - 9000
    assert not books_problems()

    # The day has come.
    began = timezone.now() - timedelta(hours=3)
    Meeting.objects.update(starts_at=began, ends_at=began + timedelta(hours=2))
    Session.objects.update(starts_at=began, ends_at=began + timedelta(hours=2))
    day = Meeting.objects.get()
    staff.goto(live_server.url + reverse("training_sessions:attendance", args=[session.pk, day.pk]))
    assert "Amara Obi" in staff.inner_text("main") and "bursary" not in staff.inner_text("main").lower()
    staff.get_by_role("button", name="All others were there").click()
    staff.wait_for_load_state()
    assert Attendance.objects.get().was_there and complete_all() == 1

    mail = OutgoingMail.objects.get(subject="Your certificate is ready")
    visitor.go(re.search(r"https?://[^/]+(/training/certificates/\S+/)", mail.text)[1])  # type: ignore[index]
    assert visitor.fetch("a[href*='/pdf/']").startswith(b"%PDF-")
    visitor.page.locator("main a[href*='/training/verify/']").click()
    visitor.page.wait_for_url("**/training/verify/**")
    visitor.look()
    visitor.reads("This certificate is valid", "Amara Obi", "Sewing for a living")
    assert "bursary" not in visitor.page.inner_text("main").lower()
    assert not staff.problems and not books_problems()
