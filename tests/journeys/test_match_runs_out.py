"""A campaign with a match that runs out: two givers see the same promise, and only one of them gets all of it."""

from __future__ import annotations

import re

import pytest
from django.apps import apps

from accounts.models import OutgoingMail
from receipts.checks import books_problems
from tests.journeys.walking import Walker

if not apps.is_installed("membership"):
    pytest.skip("membership/ was deleted, and with it the way that this journey takes", allow_module_level=True)

from membership.campaign_demo import give_to_campaigns  # noqa: E402 (only where membership is)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def fill_in(walker: Walker, name: str, email: str) -> None:
    """From the campaign's page to the last look before paying; 100.00, where 125.00 is left in the pool."""
    page = walker.page
    walker.go("/sewing-room/")
    page.get_by_label("$100.00").check()
    walker.click("button", "Go on")
    page.get_by_label("Full name").fill(name)
    page.get_by_label(re.compile("^E-mail address")).fill(email)
    page.get_by_label("Address", exact=True).fill("12 Lantern Court")
    page.get_by_label("Town or city").fill("Portland")
    page.get_by_label("State").select_option("ME")
    page.get_by_label("ZIP code").fill("04101")
    walker.click("button", "Check before paying")
    walker.reads("$100.00 once", "A second sewing room", "Lantern Wharf Outfitters adds $100.00")


def pay(walker: Walker) -> None:
    page = walker.page
    page.get_by_role("button", name="Continue to payment").click()
    page.wait_for_url("**/c/pay/**")
    page.get_by_role("radio", name="Payment succeeds").check()
    page.get_by_role("button", name="Pay").first.click()
    page.wait_for_url("**/checkout/return/**")
    walker.look()
    walker.reads("$100.00")


def thanks_to(email: str) -> str:
    return OutgoingMail.objects.get(to=email, kind="membership/mail/gift_thanks").text


def test_the_last_match_is_shared_out_honestly(walker: Walker) -> None:
    give_to_campaigns()
    walker.go("/sewing-room/")
    walker.reads("$3,375.00 of $12,000.00 received", "doubles your gift. $125.00 of $3,500.00 is left")

    another = Walker(walker.page.context.new_page(), walker.address)
    fill_in(walker, "Grace Okafor", "grace@example.org")
    fill_in(another, "Ada Byron", "ada@example.org")
    pay(walker)
    assert "Lantern Wharf Outfitters adds: $100.00" in thanks_to("grace@example.org")

    pay(another)
    assert "Lantern Wharf Outfitters adds: $25.00" in thanks_to("ada@example.org")

    walker.go("/sewing-room/")
    walker.reads("$3,575.00 of $12,000.00 received", "Matched in full. Lantern Wharf Outfitters added $3,500.00")
    assert "doubles" not in walker.page.inner_text("main")
    assert not books_problems()
