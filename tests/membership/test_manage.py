"""The page of one's own membership or gift: who sees it, what it shows, and the amount, the card, the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail, User
from membership.managing.urls import urlpatterns
from membership.models import Gift, GivingSettings, Membership, Tier
from membership.states import State
from payments.models import CardChange, Customer, Payment, PlanTerms
from receipts.checks import books_problems
from receipts.models import Issuer, Payer
from tests.membership.giver import Giver
from tests.membership.managing import Manager
from tests.membership.way import Way, text_of

pytestmark = pytest.mark.django_db

NAMES = [str(pattern.name) for pattern in urlpatterns]
ONLY_POST = {"manage_finish_change", "manage_resume", "manage_keep"}


@pytest.fixture
def manager(way: Way, member: Membership) -> Manager:
    return Manager(way, member)


@pytest.fixture
def giver(way: Way, client: Client, alice: User) -> Manager:
    """Alice, who gives 20 dollars a month and covers the card costs."""
    Issuer.objects.update_or_create(defaults={"jurisdiction": "US", "legal_name": "Harbour Light"})
    client.force_login(alice)
    giver = Giver(sandbox=way.sandbox, client=client)
    giver.give(frequency="month", amount="2000", covers_fee="on")
    giver.pay()
    return Manager(way, Gift.objects.get())


def address(name: str, subscription: Membership | Gift) -> str:
    more = [uuid4()] if name == "manage_card_return" else []
    return reverse(name, args=[subscription.public_id, *more])


class TestWhoSeesIt:
    @pytest.mark.parametrize("name", NAMES)
    def test_a_stranger_gets_404_from_every_page(self, manager: Manager, charlie: User, name: str) -> None:
        stranger = Client()
        stranger.force_login(charlie)
        url = address(name, manager.subscription)
        assert stranger.post(url).status_code in (404, 405)
        seen = stranger.get(url).status_code
        # What only takes POST refuses GET before anything is looked up; it says the same to its owner.
        assert seen == (405 if name in ONLY_POST else 404)
        if name in ONLY_POST:
            assert stranger.post(url).status_code == 404
        manager.reload()
        assert manager.subscription.state == State.ACTIVE

    @pytest.mark.parametrize("name", NAMES)
    def test_without_signing_in_one_is_sent_to_the_login(self, manager: Manager, name: str) -> None:
        method = "post" if name in ONLY_POST else "get"
        response = getattr(Client(), method)(address(name, manager.subscription))
        assert response.status_code == 302 and reverse("account_login") in response["Location"]
        assert "no-store" in response["Cache-Control"] or "no-cache" in response["Cache-Control"]

    def test_a_merged_payers_membership_belongs_to_the_same_user(self, manager: Manager, alice: User) -> None:
        kept = Payer.objects.create(name="Alice A.", email="a@example.org", user=alice, fingerprint="kept")
        Payer.objects.filter(pk=manager.subscription.payer_id).update(merged_into=kept)
        assert manager.get().status_code == 200

    def test_an_organisations_membership_belongs_to_its_user(self, manager: Manager) -> None:
        Payer.objects.update(kind="organisation", name="Harbour Bakery")
        assert "Harbour Bakery" in manager.page()


class TestWhatItShows:
    def test_a_membership_with_its_card_next_payment_and_receipt(self, manager: Manager) -> None:
        page = manager.page()
        for text in ("Guardian", "$100.00 a month", "Visa ending 4242", "Next payment", "Enamel pin", "Payments"):
            assert text in page, text
        assert manager.get()["Cache-Control"].count("no-store")

    def test_a_gift_with_its_card_costs(self, giver: Manager) -> None:
        page = giver.page()
        assert "Monthly gift" in page and "for the card costs" in page and "Change the tier" not in page

    def test_a_card_that_ends_before_the_next_payment_is_warned_of(self, manager: Manager, way: Way) -> None:
        way.sandbox.set_card_expiry(manager.plan.payment_method_id, month=1, year=2026)
        way.deliver()
        from payments.changing import reread

        reread(manager.plan)
        assert "Your card ends before the next payment." in manager.page()

    def test_the_page_asks_as_often_for_many_payments(
        self, manager: Manager, django_assert_max_num_queries: Any
    ) -> None:
        # One of them looks for a basket of theirs, for the menu.
        with django_assert_max_num_queries(18):
            manager.get()
        manager.way.advance(days=95)
        with django_assert_max_num_queries(18):
            assert manager.page().count("$100.00") > 4


class TestAnotherAmount:
    def test_it_holds_from_the_next_payment_on(self, manager: Manager) -> None:
        assert "Saved: you pay $120.00 a month, first on" in manager.said("amount", amount="120")
        assert manager.way.sandbox.count("charge") == 1
        manager.way.advance(days=32)
        assert Payment.objects.paid().latest("pk").amount == 12000
        assert "What was changed" in manager.page() and not books_problems()

    @pytest.mark.parametrize(
        ("typed", "problem"),
        [
            ("", "Enter an amount."),
            ("ten", "amount"),
            ("99.99", "The smallest amount of this tier is $100.00."),
            ("100", "You pay that already."),
            ("9999999", "The largest amount"),
            ("-5", "amount"),
        ],
    )
    def test_bad_input_is_said_beside_the_field_and_kept(self, manager: Manager, typed: str, problem: str) -> None:
        answer = manager.post("amount", amount=typed)
        assert answer.status_code == 422 and problem in text_of(answer)
        assert f'value="{typed}"' in answer.content.decode() or not typed
        assert PlanTerms.objects.count() == 1

    def test_the_card_costs_follow_the_amount_of_a_gift(self, giver: Manager) -> None:
        before = giver.subscription.fee_cover  # type: ignore[union-attr]
        giver.said("amount", amount="40", covers_fee="on")
        giver.reload()
        gift = giver.subscription
        assert isinstance(gift, Gift) and gift.gift_amount == 4000 and gift.fee_cover > before > 0
        giver.said("amount", amount="40")
        giver.reload()
        assert giver.subscription.amount == 4000
        giver.way.advance(days=32)
        assert Payment.objects.paid().latest("pk").amount == 4000 and not books_problems()

    def test_a_link_can_suggest_an_amount(self, manager: Manager) -> None:
        assert 'value="150"' in manager.get("amount", amount="150").content.decode()

    def test_stripe_away_keeps_what_was_typed(self, manager: Manager) -> None:
        manager.way.sandbox.fault("*", "503", times=50)
        answer = manager.post("amount", amount="120")
        manager.way.sandbox.clear_faults()
        assert answer.status_code == 503 and 'value="120"' in answer.content.decode()
        assert "Nothing was changed" in text_of(answer)


class TestAnotherCard:
    def begin(self, manager: Manager, **typed: str) -> CardChange:
        answer = manager.post("card", **typed)
        assert answer.status_code == 303 and "/p/session/" in answer["Location"]
        return CardChange.objects.latest("pk")

    def back(self, manager: Manager, change: CardChange) -> str:
        return text_of(manager.way.client.get(manager.url("card_return", change.public_id), follow=True))

    def test_it_is_called_saved_when_the_subscription_says_so(self, manager: Manager) -> None:
        change = self.begin(manager)
        manager.way.sandbox.new_card(Customer.objects.get().stripe_id or "", "mastercard")
        assert "Saved: Mastercard ending 4444 is used for this payment from now on." in self.back(manager, change)
        assert manager.plan.card_last4 == "4444"

    def test_turning_back_says_that_nothing_was_changed(self, manager: Manager) -> None:
        assert "Nothing was changed" in self.back(manager, self.begin(manager))

    def test_one_card_for_all(self, manager: Manager, way: Way, friend: Tier) -> None:
        way.join(friend)
        way.pay()
        assert "All of my regular payments (2)" in text_of(manager.get("card"))
        change = self.begin(manager, **{"for": "all"})
        way.sandbox.new_card(Customer.objects.get().stripe_id or "", "mastercard")
        assert "all 2 of your regular payments" in self.back(manager, change)

    def test_what_is_open_is_paid_with_it(self, manager: Manager, way: Way) -> None:
        way.sandbox.next_outcome(manager.plan.subscription_id, "insufficient_funds", times=1)
        way.advance(days=32)
        change = self.begin(manager)
        way.sandbox.new_card(Customer.objects.get().stripe_id or "", "mastercard")
        assert "The payment that was open is paid." in self.back(manager, change)

    def test_a_stranger_cannot_finish_it(self, manager: Manager, charlie: User) -> None:
        change = self.begin(manager)
        stranger = Client()
        stranger.force_login(charlie)
        assert stranger.get(manager.url("card_return", change.public_id)).status_code == 404

    def test_stripe_away_on_the_way_back_promises_nothing(self, manager: Manager) -> None:
        change = self.begin(manager)
        manager.way.sandbox.fault("*", "503", times=50)
        said = self.back(manager, change)
        manager.way.sandbox.clear_faults()
        assert "could not see the new card" in said and "Saved" not in said

    def test_a_customer_deleted_at_stripe_is_a_sentence(self, manager: Manager, way: Way) -> None:
        way.sandbox.delete_customer(Customer.objects.get().stripe_id or "")
        assert "has no card of yours any more" in manager.said("card")
        way.deliver()
        assert "Ended" in manager.page() and "Begin again" in manager.page()


class TestTheEndOfAGift:
    def test_cancelled_and_kept_with_a_mail_each(self, giver: Manager) -> None:
        OutgoingMail.objects.all().delete()
        assert "Your gift is cancelled." in giver.said("cancel", reason="")
        assert "Your gift goes on." in giver.said("keep")
        subjects = list(OutgoingMail.objects.order_by("pk").values_list("subject", flat=True))
        assert subjects == ["Your regular gift ends", "Your regular gift goes on"]

    def test_less_is_offered_once_as_plain_links(self, manager: Manager) -> None:
        page = manager.get("cancel").content.decode()
        assert page.count(manager.url("pause")) == 1 and page.count(manager.url("amount")) == 1
        assert "Cancel my membership" in page


class TestChangedInTheDashboard:
    def test_f29_price_pause_and_end_show_here(self, manager: Manager, way: Way) -> None:
        subscription_id = manager.plan.subscription_id
        way.sandbox.change_subscription(subscription_id, amount=13000)
        way.deliver()
        page = manager.page()
        assert "$130.00 a month" in page and "changed by our staff" in page
        way.sandbox.pause_subscription(subscription_id)
        way.deliver()
        assert "Paused" in manager.page()
        way.sandbox.resume_subscription(subscription_id)
        way.sandbox.cancel_subscription(subscription_id, at_period_end=True)
        way.deliver()
        assert "Will end" in manager.page() and "Keep my membership" in manager.page()

    @pytest.mark.parametrize("tells", [True, False])
    def test_f29_the_supporter_is_told_by_mail_where_staff_want_that(
        self, manager: Manager, way: Way, tells: bool
    ) -> None:
        giving = GivingSettings.load()
        giving.tells_of_changes = tells
        giving.save()
        OutgoingMail.objects.all().delete()
        way.sandbox.change_subscription(manager.plan.subscription_id, amount=13000)
        way.deliver()
        way.deliver()
        mails = [(mail.subject, "$130.00 a month" in mail.text) for mail in OutgoingMail.objects.all()]
        assert mails == ([("Your regular payment was changed", True)] if tells else [])
        manager.said("amount", amount="140")
        assert OutgoingMail.objects.count() == len(mails)


def test_what_was_given_says_so_and_offers_nothing_to_pay(client: Client, alice: User, guardian: Tier) -> None:
    client.force_login(alice)
    payer = Payer.objects.create(name="Alice", email=alice.email, user=alice, fingerprint="given")
    given = Membership.objects.create(
        payer=payer,
        tier=guardian,
        interval="year",
        amount=100000,
        currency="USD",
        state=State.CANCEL_AT_END,
        started_at=timezone.now(),
        paid_until=timezone.now() + timedelta(days=90),
    )
    page = text_of(client.get(address("manage_subscription", given)))
    assert "Somebody gave this to you." in page and "$1,000.00" not in page and "Cancel" not in page
    assert client.post(address("manage_restart", given)).status_code == 302
