"""Training: a seat waited for, and a gala of which only the gift stands on the tax receipt."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.apps import apps
from wagtail.models import Site

from accounts.models import OutgoingMail
from receipts.chart import Account
from receipts.checks import books_problems
from receipts.models import Entry, Receipt
from tests.journeys.walking import Walker

if not apps.is_installed("training"):
    pytest.skip("training/ was deleted, and with it the way that this journey takes", allow_module_level=True)

from tests.training.rows import make_course, make_event, make_index, make_session  # noqa: E402
from tests.training.seats import a_seat  # noqa: E402 (only where training is)
from training.models import CoursePage, Enrolment, EventPage, Offer, TrainingIndexPage  # noqa: E402
from training.seats.freeing import give_back  # noqa: E402

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def index(charity: str) -> TrainingIndexPage:
    home = Site.objects.get(is_default_site=True).root_page
    return TrainingIndexPage.objects.first() or make_index(home)


@pytest.fixture
def course(index: TrainingIndexPage) -> CoursePage:
    return make_course(index, "Bread for a living")


@pytest.fixture
def gala(index: TrainingIndexPage) -> EventPage:
    return make_event(index, "Midwinter gala")


def link_in_mail(to: str, what: str) -> str:
    """From the newest mail to somebody that has one."""
    texts = OutgoingMail.objects.filter(to=to).order_by("-pk").values_list("text", flat=True)
    return next(found[0] for text in texts if (found := re.search(rf"https?://\S+/{what}/[^\s/]+/", text)))


def pay(walker: Walker, name: str, email: str, *, with_address: bool = False) -> None:
    """From the basket to the thanks."""
    page = walker.page
    walker.click("link", "Go to the checkout")
    page.get_by_label("Full name").fill(name)
    page.get_by_label(re.compile("^E-mail")).fill(email)
    if with_address:
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


def put_in(walker: Walker, path: str) -> None:
    page = walker.page
    walker.go(path)
    page.get_by_role("button", name=re.compile("basket")).first.click()
    page.wait_for_url(re.compile("/basket/"))
    if "/basket/add/" in page.url:
        page.get_by_role("button", name="Put into the basket").click()
        page.wait_for_url("**/basket/")
    walker.look()


def test_a_full_session_a_place_in_the_line_and_the_seat(
    walker: Walker, course: CoursePage, stripe_tells: Callable[[], None]
) -> None:
    session = make_session(course, seats=1)
    other = a_seat(session)
    page = walker.page
    walker.go("/training/bread-for-a-living/")
    page.get_by_role("link", name=re.compile("waiting list")).first.click()
    page.wait_for_url("**/waiting/join/**")
    walker.look()
    page.get_by_label("Your name").fill("Wren Walker")
    page.get_by_label("E-mail address").fill("wren@example.org")
    walker.click("button", "Join the list")
    walker.reads("We will write to you")

    page.goto(link_in_mail("wren@example.org", "waiting"))
    walker.look()
    walker.reads("You are the next")
    Enrolment.objects.filter(pk=other.pk).update(state="lapsed", holds_seat=False)
    give_back({other.ticket_id: 1})
    page.goto(link_in_mail("wren@example.org", "waiting"))
    walker.look()
    walker.reads("A seat is free for you")
    page.get_by_role("button", name="Take it and go on to pay").click()
    page.wait_for_url("**/basket/")
    walker.look()
    pay(walker, "Wren Walker", "wren@example.org")
    stripe_tells()
    assert session.enrolments.confirmed().get().shown_as == "Wren Walker"
    assert Offer.objects.get(ticket__session=session).state == "taken"
    session.refresh_from_db()
    assert session.taken == 1 and not books_problems()


def test_of_a_gala_only_the_gift_is_on_the_tax_receipt(
    walker: Walker, gala: EventPage, stripe_tells: Callable[[], None]
) -> None:
    make_session(gala, price=15000, ticket={"name": "Dinner", "value": 6000})
    walker.go("/training/midwinter-gala/")
    walker.reads("$150.00", "$90.00")
    put_in(walker, "/training/midwinter-gala/")
    pay(walker, "Gil Garza", "gil@example.org", with_address=True)
    stripe_tells()
    assert dict(Entry.objects.filter(transaction__payer__email="gil@example.org").values_list("credit", "amount")) == {
        Account.EVENT_TICKETS: 6000,
        Account.GIFTS: 9000,
    }
    receipt = Receipt.objects.get()
    assert receipt.amount == receipt.eligible_amount == 9000
    assert [line.amount for line in receipt.lines.all()] == [9000] and not books_problems()
