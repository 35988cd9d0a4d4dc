"""A course: found, read, booked and paid for, and its lesson tried; nothing that axe finds, light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.apps import apps

from receipts.chart import Account
from receipts.checks import books_problems
from receipts.models import Entry
from tests.journeys.walking import Walker
from tests.light_and_dark import look

if not apps.is_installed("training"):
    pytest.skip("training/ was deleted, and with it the way that this journey takes", allow_module_level=True)

from training.models import Enrolment  # noqa: E402 (only where training is)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def find_it(walker: Walker) -> None:
    page = walker.page
    walker.go("/training/")
    look(page, "training")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_label("Course", exact=True).check()
    page.get_by_label("Online", exact=True).check()
    page.get_by_role("button", name="Show what fits").click()
    page.wait_for_url("**/training/?kind=course&place=online")
    walker.look()
    assert page.locator(".course-card").count() == 1
    page.get_by_role("link", name=re.compile("Remove: Online")).click()
    page.wait_for_url("**/training/?kind=course")
    page.get_by_role("link", name="Sewing for a living").click()
    page.wait_for_url("**/training/sewing-for-a-living/")


def try_a_lesson(walker: Walker) -> None:
    walker.page.get_by_role("link", name="Your machine").click()
    walker.page.wait_for_url("**/your-machine/")
    look(walker.page, "lesson")
    walker.reads("This lesson is open to everybody.")
    walker.page.get_by_role("link", name=re.compile("^Next: A straight seam")).click()
    walker.page.wait_for_url("**/a-straight-seam/")
    look(walker.page, "teaser")
    walker.reads("For people who have a seat in this course")
    walker.page.get_by_role("link", name="See the course and book a seat").click()


def check_out(walker: Walker) -> None:
    page = walker.page
    walker.click("link", "Go to the checkout")
    page.get_by_label("Full name").fill("Grace Okafor")
    page.get_by_label(re.compile("^E-mail")).fill("grace@example.org")
    if page.get_by_label("Address", exact=True).count():
        page.get_by_label("Address", exact=True).fill("12 Lantern Court")
        page.get_by_label("Town or city").fill("Portland")
        page.get_by_label("State").select_option("ME")
        page.get_by_label("ZIP code").fill("04101")
    walker.click("button", "Go on to the total")
    page.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    page.wait_for_url("**/c/pay/**")
    page.get_by_role("radio", name="Payment succeeds").check()
    page.get_by_role("button", name="Pay").first.click()
    page.wait_for_url("**/checkout/return/**")
    walker.look()
    walker.reads("Thank you")


def test_a_guest_finds_a_course_tries_a_lesson_and_books(walker: Walker, stripe_tells: Callable[[], None]) -> None:
    page = walker.page
    find_it(walker)
    look(page, "course")
    walker.reads("Early price until", "Cancel until 14 days before it begins")
    try_a_lesson(walker)
    walker.go("/training/lantern-gala/")
    look(page, "gala")
    walker.reads("Of $150.00, $90.00 is a gift that your tax receipt will show.")
    page.set_viewport_size({"width": 1280, "height": 900})
    walker.go("/training/sewing-for-a-living/")
    page.get_by_role("button", name=re.compile("^Put into the basket")).first.click()
    page.wait_for_url("**/basket/")
    walker.look()
    walker.reads("Sewing for a living")
    check_out(walker)
    stripe_tells()
    seat = Enrolment.objects.get()
    assert (seat.state, seat.shown_as, seat.paid) == ("confirmed", "Grace Okafor", 20000)
    assert Entry.objects.filter(subject=seat.subject, credit=Account.COURSE_FEES, amount=20000).exists()
    assert not books_problems()
