"""A campaign's page: true numbers, and of givers what they chose to show, in the source of the page too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, Site

from accounts.models import OutgoingMail, User
from membership.campaign_shown import render_campaign, render_campaigns
from membership.models import Campaign, CampaignPage, CampaignUpdate, Gift, Pledge, WallMessage
from pages.models import HomePage
from receipts import ledger
from receipts.models import Issuer
from tests.membership.campaigner import a_campaign, a_payer, a_pool, an_offline_gift, book
from tests.membership.giver import Giver
from tests.membership.way import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def boat(db: None) -> CampaignPage:
    return page_of(a_campaign())


def page_of(campaign: Campaign) -> CampaignPage:
    home = HomePage.objects.first()
    if home is None:
        home = Page.objects.get(depth=1).add_child(instance=HomePage(title="Home", slug="our-home"))
        Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": home})
    page: CampaignPage = home.add_child(
        instance=CampaignPage(title=campaign.name, slug=campaign.slug, campaign=campaign, introduction="A new boat.")
    )
    return page


def read(client: Client, page: CampaignPage, **query: Any) -> str:
    response = client.get(f"/{page.slug}/", query)
    assert response.status_code == 200
    return text_of(response)


class TestTheBar:
    def test_it_says_what_is_received_and_what_is_promised(self, client: Client, boat: CampaignPage) -> None:
        book(boat.campaign, 1_234_000)
        Pledge.objects.create(campaign=boat.campaign, payer=a_payer(), amount=200_000)
        text = read(client, boat)
        assert "$12,340.00 of $20,000.00 received, $2,000.00 more promised" in text and "61% of the goal" in text

    def test_no_copy_is_shown_without_asking_again(self, client: Client, boat: CampaignPage) -> None:
        assert client.get("/boat/")["Cache-Control"] == "no-cache"

    def test_many_givers_cost_as_many_queries_as_one(self, client: Client, boat: CampaignPage) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as counted:
                read(client, boat)
            return len(counted)

        an_offline_gift(boat.campaign, "Ada Byron", is_on_wall=True)
        queries()
        few = queries()
        for name in ("Grace Hopper", "Joan Clarke", "Mary Somerville"):
            an_offline_gift(boat.campaign, name, is_on_wall=True)
            CampaignUpdate.objects.create(campaign=boat.campaign, title=name, text="")
        assert queries() == few


class TestTheMatch:
    def test_the_rest_is_exact_and_the_promise_ends_by_itself(self, client: Client, boat: CampaignPage) -> None:
        a_pool(boat.campaign, cap=12_000)
        book(boat.campaign, 5000)
        assert "Lovelace Ltd doubles your gift. $70.00 of $120.00 is left" in read(client, boat)
        book(boat.campaign, 9000)
        text = read(client, boat)
        assert "doubles" not in text and "Matched in full. Lovelace Ltd added $120.00" in text

    def test_the_thank_you_says_what_was_really_added(
        self, connected_sandbox: Any, client: Client, boat: CampaignPage
    ) -> None:
        Issuer.objects.update_or_create(defaults={"jurisdiction": "US", "legal_name": "Harbour Light"})
        a_pool(boat.campaign, cap=12_000)
        giver = Giver(sandbox=connected_sandbox, client=client)
        assert "Lovelace Ltd adds $50.00" in text_of(giver.look("review", purpose="campaign-boat"))
        payment = giver.give(purpose="campaign-boat")
        # Somebody else is faster.
        book(boat.campaign, 10_000)
        giver.pay(payment)
        mail = OutgoingMail.objects.get(kind="membership/mail/gift_thanks")
        assert "Lovelace Ltd adds: $20.00" in mail.text and "$20.00" in mail.html
        assert "adds" not in text_of(giver.look("review", purpose="campaign-boat"))


class TestTheWall:
    def test_only_who_asked_to_be_shown_is_shown_and_only_as_they_asked(
        self, client: Client, boat: CampaignPage
    ) -> None:
        an_offline_gift(boat.campaign, "Ada Byron", amount=3100)
        an_offline_gift(
            boat.campaign, "Grace Hopper", amount=3200, is_on_wall=True, hides_name=True, wall_name="Gracie"
        )
        an_offline_gift(boat.campaign, "Joan Clarke", amount=3300, is_on_wall=True, hides_amount=True)
        an_offline_gift(boat.campaign, "Mary Somerville", amount=3400, is_on_wall=True, wall_name="Mary")
        source = client.get("/boat/").content.decode()
        assert [
            word for word in ("Byron", "31.00", "Hopper", "Gracie", "33.00", "Somerville", "@") if word in source
        ] == []
        text = read(client, boat)
        assert "Somebody who stays unnamed $32.00" in text and "Joan Clarke" in text and "Mary $34.00" in text

    def test_words_wait_for_staff_and_later_words_wait_again(self, client: Client, boat: CampaignPage) -> None:
        gift = an_offline_gift(boat.campaign, "Ada Byron", is_on_wall=True, message="Buy <b>now</b>")
        assert "Buy" not in read(client, boat)
        WallMessage.objects.create(gift=gift, text="Ahoy <b>all</b>", is_shown=True)
        source = client.get("/boat/").content.decode()
        assert "Ahoy &lt;b&gt;all" in source and "Buy" not in source

    def test_who_got_it_all_back_stands_there_no_more(
        self, connected_sandbox: Any, client: Client, boat: CampaignPage
    ) -> None:
        Issuer.objects.update_or_create(defaults={"jurisdiction": "US", "legal_name": "Harbour Light"})
        giver = Giver(sandbox=connected_sandbox, client=client)
        payment = giver.pay(giver.give(purpose="campaign-boat", is_on_wall="on", wall_name="Ada B."))
        assert "Ada B." in read(client, boat)
        ledger.record_refund(reference="part", of=payment.transaction, amount=4000, occurred_at=timezone.now())
        assert "Ada B." in read(client, boat)
        ledger.record_refund(reference="rest", of=payment.transaction, amount=1000, occurred_at=timezone.now())
        assert "Ada B." not in read(client, boat)

    def test_it_has_pages_and_can_be_left_out(self, client: Client, boat: CampaignPage) -> None:
        fund, payer = boat.campaign.fund_of_gifts(), a_payer("Ada Byron")
        Gift.objects.bulk_create(
            Gift(payer=payer, fund=fund, campaign=boat.campaign, amount=500, currency="USD", state="given",
                 method="cash", is_on_wall=True, wall_name=f"Giver-{n:02}", started_at=timezone.now())
            for n in range(30)
        )  # fmt: skip
        assert "Page 1 of 2" in read(client, boat) and "Giver-00" in read(client, boat, p="2")
        assert "Giver-00" in read(client, boat, p="99") and "Giver-29" in read(client, boat, p="x")
        CampaignPage.objects.update(has_wall=False)
        assert "Giver" not in read(client, boat)


class TestTheEnd:
    def test_after_the_deadline_the_form_is_gone_and_thanks_are_said(self, client: Client, boat: CampaignPage) -> None:
        assert 'name="campaign"' in client.get("/boat/").content.decode()
        Campaign.objects.update(starts_at=timezone.now() - timedelta(days=9), ends_at=timezone.now())
        response = client.get("/boat/")
        assert 'name="campaign"' not in response.content.decode()
        assert "This campaign is over. Thank you" in text_of(response) and "Campaign, closed" in text_of(response)

    def test_an_update_is_shown_from_its_day(self, client: Client, boat: CampaignPage) -> None:
        day = timedelta(days=1)
        CampaignUpdate.objects.create(campaign=boat.campaign, title="Keel laid", text="<p>Yes</p>")
        CampaignUpdate.objects.create(
            campaign=boat.campaign, title="Launch", text="", published_at=timezone.now() + day
        )
        assert "Keel laid" in read(client, boat) and "Launch" not in read(client, boat)


class TestTheBlocks:
    def test_one_and_all_open_ones(self, boat: CampaignPage) -> None:
        over = a_campaign(name="A roof", slug="roof", is_open=False)
        assert "/boat/" in render_campaign(None, "boat", {}) and render_campaign(None, "nothing", {}) == ""
        assert "A roof" in render_campaign(None, "roof", {}) and "campaign=roof" not in render_campaign(
            None, "roof", {}
        )
        assert over.name not in render_campaigns(None, "", {}) and "A boat" in render_campaigns(None, "", {})
        assert over.name in render_campaigns(None, "", {"past": "yes"})

    def test_a_page_that_is_not_for_everybody_is_not_spoken_of(self, boat: CampaignPage) -> None:
        CampaignPage.objects.update(introduction="CANARY")
        assert "CANARY" in render_campaign(None, "boat", {})
        PageViewRestriction.objects.create(page=boat, restriction_type="login")
        shown = render_campaign(None, "boat", {})
        assert "CANARY" not in shown and "/boat/" not in shown and reverse("give") in shown

    def test_a_draft_is_not_spoken_of(self, boat: CampaignPage) -> None:
        boat.unpublish()
        assert "/boat/" not in render_campaigns(None, "", {})


def test_a_stranger_sees_what_everybody_sees(client: Client, boat: CampaignPage, charlie: User) -> None:
    an_offline_gift(boat.campaign, "Ada Byron", message="CANARY")
    client.force_login(charlie)
    source = client.get("/boat/").content.decode()
    assert "Byron" not in source and "CANARY" not in source
