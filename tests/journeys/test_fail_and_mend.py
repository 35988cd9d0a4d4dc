"""A renewal fails, and the supporter mends it by the link in the mail, without a log-in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.test import Client

from accounts.models import OutgoingMail
from receipts.checks import books_problems
from tests.journeys.walking import Walker

if not apps.is_installed("membership"):
    pytest.skip("membership/ was deleted, and with it the way that this journey takes", allow_module_level=True)

from membership.models import Membership, Tier
from payments.models import Payment, Plan
from tests.membership.way import Way

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def link_in_mail(walker: Walker) -> str:
    mail = OutgoingMail.objects.filter(kind="membership/mail/renewal_failed").latest("pk")
    found = re.search(rf"{walker.address}(/mend/\S+/)", mail.text)
    assert found, mail.text
    return found[1]


def test_a_failed_renewal_is_mended_by_the_link(walker: Walker, connected_sandbox: Sandbox) -> None:
    page, way = walker.page, Way(sandbox=connected_sandbox, client=Client())
    way.join(Tier.objects.get(slug="guardian"))
    way.pay()
    connected_sandbox.next_outcome(Plan.objects.get().subscription_id, "insufficient_funds", times=9)
    way.advance(days=31)
    assert Membership.objects.get().state == "past_due"

    path = link_in_mail(walker)
    walker.go(path)
    walker.reads("A payment did not go through", "for your Guardian membership", "Visa ending in 4242")
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    walker.click("button", "Try the same card again")
    walker.reads("Your bank said no again.", "There was not enough money")

    page.get_by_role("button", name="Use another card").click()
    page.wait_for_url("**/p/session/**")
    page.get_by_label("A Mastercard that works").check()
    page.get_by_role("button", name="Use this card").click()
    page.wait_for_url("**/mend/**")
    walker.look()
    walker.reads("Thank you, it is paid", "From now on your Mastercard ending in 4444 is used.")
    way.deliver()
    assert Membership.objects.get().state == "active" and Payment.objects.paid().count() == 2
    assert not books_problems()

    missing: Any = page.goto(f"{walker.address}{path[:-4]}xxx/")
    assert missing.status == 404
    walker.troubles.clear()
    walker.look()
    page.get_by_label("Your e-mail address").fill("alice@example.org")
    walker.click("button", "Send me a new link")
    walker.reads("Look into your mailbox")
