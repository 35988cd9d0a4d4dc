"""Somebody gives in memory of a person, sees what the family will get, pays, and sends it once more."""

from __future__ import annotations

import re
from datetime import time

import pytest
from django.apps import apps

from accounts.models import OutgoingMail
from receipts.checks import books_problems
from receipts.models import Entry
from tests.journeys.walking import Walker

if not apps.is_installed("membership"):
    pytest.skip("membership/ was deleted, and with it the way that this journey takes", allow_module_level=True)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

GRACE, FAMILY = "grace@example.org", "family@example.org"


def test_a_gift_in_memory_and_the_familys_message(walker: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    # Families are written to from eight o'clock; this walk is taken at any hour.
    monkeypatch.setattr("membership.models.tributes.MORNING", time.min)
    page = walker.page
    walker.go("/support-us/")
    page.get_by_role("group", name="How often?").get_by_label("Once").check()
    page.get_by_label("$100.00").check()
    walker.click("button", "Go on")
    assert page.get_by_label("$100.00").is_checked()
    walker.reads("$100.00 once")

    page.get_by_label("Also cover the card costs").check()
    walker.reads("$103.30 once", "For $100.00 this adds $3.30.")
    page.get_by_label("Night line").check()
    page.get_by_label("In memory of somebody").check()
    page.get_by_label("Whom do you give for?").fill("Ruth Abara")
    page.get_by_label("Name of the family").fill("Abara family")
    page.get_by_label("Their e-mail address").fill(FAMILY)
    page.get_by_label("Your words to them").fill("She always had a chair for one more.")
    page.get_by_label("Full name").fill("Grace Okafor")
    page.get_by_label(re.compile("^E-mail address")).fill(GRACE)
    page.get_by_label("Address", exact=True).fill("12 Lantern Court")
    page.get_by_label("Town or city").fill("Portland")
    page.get_by_label("State").select_option("ME")
    page.get_by_label("ZIP code").fill("04101")
    walker.look()
    walker.click("button", "Check before paying")
    walker.reads("$103.30 once", "Card costs covered $3.30", "All of it: $103.30", "In memory of Ruth Abara")
    page.get_by_text("Read the message").click()
    walker.reads("Dear Abara family,", "She always had a chair for one more.", "It does not tell the amount.")
    with page.context.expect_page() as another:
        page.get_by_role("button", name="See it as it looks").click()
    assert "In memory of Ruth Abara" in another.value.inner_text("h1")
    another.value.close()

    page.get_by_role("button", name="Continue to payment").click()
    page.wait_for_url("**/c/pay/**")
    page.get_by_role("radio", name="Payment succeeds").check()
    page.get_by_role("button", name="Pay").first.click()
    page.wait_for_url("**/checkout/return/**")
    walker.look()
    walker.reads("Thank you, Grace Okafor", "$103.30")
    hers = Entry.objects.filter(credit="gifts", transaction__payer__email=GRACE)
    assert sorted(hers.values_list("amount", "fund__name")) == [
        (330, "Night line"),
        (10000, "Night line"),
    ]
    assert OutgoingMail.objects.filter(to=FAMILY).count() == 1

    walker.go("/accounts/login/")
    page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).fill(GRACE)
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_load_state()
    page.get_by_label("code", exact=False).first.fill(walker.code_from_mail(GRACE))
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url("**/account/")
    walker.look()
    page.get_by_role("link", name="In memory of Ruth Abara").click()
    page.wait_for_load_state()
    walker.look()
    walker.click("button", "Send it once more")
    walker.reads("Sent", "1 time more")
    assert OutgoingMail.objects.filter(to=FAMILY).count() == 2
    walker.click("link", "A card to print")
    walker.reads("In memory of", "Ruth Abara", "Grace Okafor")
    assert not books_problems()
