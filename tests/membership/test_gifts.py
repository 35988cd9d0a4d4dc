"""Giving, as a visitor does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from membership.models import Campaign, Gift, GivingSettings
from membership.states import State
from payments.models import Payment
from receipts.checks import books_problems
from receipts.models import Entry, Fund, Issuer, Payer
from tests.membership.giver import Giver, only_gift
from tests.membership.way import text_of

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def giver(connected_sandbox: Sandbox, client: Client) -> Giver:
    Issuer.objects.update_or_create(defaults={"jurisdiction": "US", "legal_name": "Harbour Light"})
    return Giver(sandbox=connected_sandbox, client=client)


@pytest.fixture
def roof(db: None) -> Fund:
    fund = Fund.objects.create(name="Roof fund")
    giving = GivingSettings.load()
    giving.save()
    giving.funds.add(fund)
    return fund


def checked(client: Client, query: str) -> dict[str, Any]:
    form = client.get(f"{reverse('give')}?{query}").context["form"]
    return {field: form[field].value() for field in ("frequency", "amount", "other_amount", "purpose")}


class TestWhatALinkPresets:
    def test_an_amount_and_a_frequency(self, client: Client, db: None) -> None:
        assert checked(client, "amount=20&frequency=monthly") == {
            "frequency": "month",
            "amount": "2000",
            "other_amount": None,
            "purpose": "any",
        }

    def test_an_amount_that_is_not_suggested_is_typed_in(self, client: Client, db: None) -> None:
        preset = checked(client, "amount=10.50")
        assert (preset["amount"], preset["other_amount"]) == ("other", "10.50")

    def test_a_fund_and_a_campaign(self, client: Client, roof: Fund) -> None:
        Campaign.objects.create(name="A boat", slug="boat", goal_amount=100000)
        assert checked(client, f"fund={roof.pk}")["purpose"] == f"fund-{roof.pk}"
        assert checked(client, "fund=roof%20FUND")["purpose"] == f"fund-{roof.pk}"
        assert checked(client, "campaign=boat")["purpose"] == "campaign-boat"

    @pytest.mark.parametrize(
        ("query", "note"),
        [
            ("amount=ten", "an amount that we can’t take"),
            ("amount=0.10", "The smallest gift that we can take by card is $5.00."),
            ("amount=-5", "an amount that we can’t take"),
            ("amount=999999999999999999", "an amount that we can’t take"),
            ("amount=10.505", "at most 2 decimals"),
            ("frequency=hourly", "a frequency that we don’t offer"),
            ("fund=7", "takes no gifts now"),
            ("campaign=%00%27--", "takes no gifts now"),
        ],
    )
    def test_what_makes_no_sense_is_left_out_with_a_word(self, client: Client, db: None, query: str, note: str) -> None:
        response = client.get(f"{reverse('give')}?{query}")
        assert response.status_code == 200 and note in text_of(response)

    def test_a_campaign_that_is_over_is_not_offered(self, client: Client, db: None) -> None:
        Campaign.objects.create(name="A boat", slug="boat", goal_amount=100000, is_open=False)
        assert "takes no gifts now" in text_of(client.get(f"{reverse('give')}?campaign=boat"))


class TestOneGift:
    def test_the_review_shows_everything_and_writes_nothing(self, giver: Giver) -> None:
        shown = text_of(giver.look("review"))
        assert "$50.00 once" in shown and "Today, once. Nothing recurs." in shown
        assert "All of it: $50.00" in shown and "Where it is needed most" in shown
        assert "Shown to others Nothing" in shown and "Alice Adams" in shown
        assert not Payer.objects.exists() and not Gift.objects.exists() and giver.sandbox.log() == []

    def test_it_leads_to_stripe_and_then_into_the_books(self, giver: Giver) -> None:
        payment = giver.give()
        assert giver.last["Location"] == payment.checkout_url
        assert only_gift().state == State.INCOMPLETE and not Entry.objects.exists()
        giver.pay()
        gift = only_gift()
        assert (gift.state, gift.amount, gift.interval, gift.fee_cover) == (State.GIVEN, 5000, "", 0)
        entry = Entry.objects.get(credit="gifts")
        assert (entry.amount, entry.fund, entry.advantage) == (5000, Fund.unrestricted(), 0)
        assert not books_problems()

    def test_the_review_promises_what_the_receipt_says(self, giver: Giver) -> None:
        parts = giver.look("review", covers_fee="on").context["parts"]
        giver.give(covers_fee="on")
        receipt = giver.pay().transaction.receipts.get()
        assert receipt.eligible_amount == parts.eligible_amount == parts.amount

    def test_ten_fifty_is_never_cut(self, giver: Giver) -> None:
        assert giver.give(amount="other", other_amount="$10.50").amount == 1050

    def test_it_goes_to_the_fund_and_the_campaign_that_were_chosen(self, giver: Giver, roof: Fund) -> None:
        giver.give(purpose=f"fund-{roof.pk}")
        giver.pay()
        boat = Campaign.objects.create(name="A boat", slug="boat", goal_amount=100000, fund=roof)
        giver.give(purpose="campaign-boat")
        giver.pay()
        first, second = Gift.objects.order_by("pk")
        assert (first.fund, first.campaign) == (roof, None) and (second.fund, second.campaign) == (roof, boat)
        assert set(Entry.objects.filter(credit="gifts").values_list("subject", flat=True)) == {"", boat.subject}
        assert not books_problems()

    def test_a_second_gift_is_a_gift_of_its_own(self, giver: Giver) -> None:
        giver.give()
        giver.pay()
        giver.give()
        giver.pay()
        assert Gift.objects.filter(state=State.GIVEN).count() == 2 and Payer.objects.count() == 1

    def test_a_company_gives_and_gets_the_receipt(self, giver: Giver) -> None:
        giver.give(giver="organisation", organisation="Lantern & Sons Ltd")
        payment = giver.pay()
        assert (payment.payer.kind, payment.payer.name) == ("organisation", "Lantern & Sons Ltd")
        assert only_gift().contact_name == only_gift().salutation == "Alice Adams"
        assert payment.transaction.receipts.get().snapshot["payer"]["name"] == "Lantern & Sons Ltd"

    def test_who_gives_for_two_companies_renames_neither(self, giver: Giver, client: Client, alice: User) -> None:
        client.force_login(alice)
        for name in ("Lantern & Sons Ltd", "Harbour Bakery", "lantern & sons ltd"):
            giver.give(giver="organisation", organisation=name)
            giver.pay()
        names = [gift.payer.name for gift in Gift.objects.order_by("pk")]
        assert names == ["lantern & sons ltd", "Harbour Bakery", "lantern & sons ltd"]
        assert Payer.objects.of_user(alice).count() == 2


class TestAGiftThatRecurs:
    @pytest.mark.parametrize(("frequency", "days"), [("month", 32), ("quarter", 93), ("year", 367)])
    def test_it_is_paid_again_and_again(self, giver: Giver, frequency: str, days: int) -> None:
        giver.give(frequency=frequency)
        giver.pay()
        giver.advance(days=days)
        gift = only_gift()
        assert (gift.state, gift.interval) == (State.ACTIVE, frequency)
        assert Payment.objects.paid().count() == 2 and gift.paid_until
        assert not books_problems()


class TestBadInput:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"amount": ""}, "amount"),
            ({"amount": "1e9"}, "amount"),
            ({"amount": "12.50"}, "amount"),
            ({"amount": "100"}, "amount"),
            ({"amount": "٥٠٠٠"}, "amount"),
            ({"amount": "other", "other_amount": ""}, "other_amount"),
            ({"amount": "other", "other_amount": "lots"}, "other_amount"),
            ({"amount": "other", "other_amount": "4.99"}, "other_amount"),
            ({"amount": "other", "other_amount": "1000000"}, "other_amount"),
            ({"other_amount": "40"}, "other_amount"),
            ({"frequency": "weekly"}, "frequency"),
            ({"purpose": "fund-999"}, "purpose"),
            ({"giver": "organisation"}, "organisation"),
            ({"giver": "ghost"}, "giver"),
            ({"name": ""}, "name"),
            ({"email": "alice"}, "email"),
            ({"website": "https://bot.example"}, "website"),
        ],
    )
    def test_the_error_stands_beside_the_field_and_what_was_typed_is_kept(
        self, giver: Giver, changes: dict[str, str], field: str
    ) -> None:
        response = giver.look("pay", **{"line1": "1 Harbour Street, flat <b>", **changes})
        form = response.context["form"]
        assert response.status_code == 422 and list(form.errors) == [field]
        assert form["line1"].value() == "1 Harbour Street, flat <b>"
        assert not Payer.objects.exists() and giver.sandbox.log() == []

    def test_change_something_brings_back_what_was_chosen(self, giver: Giver) -> None:
        form = giver.look("edit", is_on_wall="True", hides_name="False", amount="other", other_amount="12").context[
            "form"
        ]
        kept = {field: form[field].value() for field in ("is_on_wall", "hides_name", "covers_fee", "other_amount")}
        assert kept == {"is_on_wall": True, "hides_name": False, "covers_fee": False, "other_amount": "12"}

    def test_an_amount_of_another_frequency_stays_chosen(self, giver: Giver) -> None:
        form = giver.look("review", frequency="month", amount="25000", name="").context["form"]
        assert ("25000", "$250.00") in form.fields["amount"].choices

    def test_a_campaign_that_ended_meanwhile_is_refused_before_anything_is_written(self, giver: Giver) -> None:
        Campaign.objects.create(name="A boat", slug="boat", goal_amount=100000, is_open=False)
        assert list(giver.look("pay", purpose="campaign-boat").context["form"].errors) == ["purpose"]

    def test_another_sum_than_was_shown_is_shown_again(self, giver: Giver) -> None:
        response = giver.look("pay", covers_fee="on", total="5000")
        assert response.status_code == 422 and "Please look at the sum again." in text_of(response)
        assert not Payer.objects.exists()


class TestTwiceIsOnce:
    def test_sending_twice_makes_one_gift_and_one_session(self, giver: Giver) -> None:
        assert giver.give() == giver.give()
        assert Gift.objects.count() == Payer.objects.count() == giver.sessions() == 1

    def test_other_terms_replace_the_open_checkout(self, giver: Giver) -> None:
        first = giver.give()
        second = giver.give(frequency="month", amount="2000", covers_fee="on")
        first.refresh_from_db()
        assert first.status == Payment.Status.EXPIRED
        gift = only_gift()
        assert (gift.interval, gift.gift_amount, gift.amount) == ("month", 2000, second.amount)

    def test_what_is_shown_may_change_without_another_checkout(self, giver: Giver) -> None:
        first = giver.give(is_on_wall="on")
        assert giver.give(is_on_wall="on", hides_name="on", message="For my aunt") == first
        gift = only_gift()
        assert gift.hides_name and gift.message == "For my aunt"

    def test_who_turns_back_finds_what_was_typed(self, giver: Giver, client: Client) -> None:
        giver.give(giver="organisation", organisation="Lantern & Sons Ltd", frequency="month", amount="2000")
        form = client.get(f"{reverse('give')}?back=1").context["form"]
        typed = {field: form[field].value() for field in ("organisation", "name", "frequency", "amount", "giver")}
        assert typed == {
            "organisation": "Lantern & Sons Ltd",
            "name": "Alice Adams",
            "frequency": "month",
            "amount": "2000",
            "giver": "organisation",
        }
        assert Client().get(f"{reverse('give')}?back=1").context["form"]["email"].value() is None


class TestABankDebit:
    def test_nothing_is_given_before_the_money_is_there(self, giver: Giver) -> None:
        giver.give()
        payment = giver.pay(outcome="sepa_paid_later")
        assert payment.status == Payment.Status.PROCESSING
        assert only_gift().started_at is None and not Entry.objects.exists()

    def test_a_gift_in_the_meantime_is_another_one(self, giver: Giver) -> None:
        giver.give()
        debit = giver.pay(outcome="sepa_paid_later")
        card = giver.give()
        giver.pay(card)
        waiting, given = Gift.objects.order_by("pk")
        assert (waiting.state, given.state) == (State.UNDER_WAY, State.GIVEN)
        giver.advance(days=7)
        debit.refresh_from_db()
        waiting.refresh_from_db()
        assert (debit.status, waiting.state) == (Payment.Status.PAID, State.GIVEN)
        assert not books_problems()


def test_stripe_out_of_reach_keeps_what_was_typed(giver: Giver) -> None:
    giver.sandbox.fault("*", "503", times=50)
    response = giver.look("pay", total="5000")
    assert response.status_code == 503 and "Try again" in text_of(response)
    assert response.context["form"].cleaned_data["name"] == "Alice Adams"
    giver.sandbox.clear_faults()
    giver.give()
    giver.pay()
    assert only_gift().state == State.GIVEN


@pytest.mark.parametrize(
    ("currency", "typed", "minor"),
    [("JPY", "5000", 5000), ("ISK", "1000", 1000), ("HUF", "1999.50", 199950), ("KWD", "12.340", 12340)],
)
def test_currencies_without_cents_and_with_three_decimals(
    giver: Giver, settings: Any, currency: str, typed: str, minor: int
) -> None:
    settings.REPORTING_CURRENCY = currency
    payment = giver.give(amount="other", other_amount=typed, covers_fee="on")
    assert payment.amount > minor and payment.amount % (10 if currency == "KWD" else 1) == 0
    giver.pay()
    gift = only_gift()
    assert (gift.gift_amount, gift.currency) == (minor, currency)
    assert not books_problems()


@pytest.mark.parametrize(("currency", "typed"), [("JPY", "500.5"), ("KWD", "12.345"), ("USD", "12.345")])
def test_decimals_that_a_card_cannot_pay_are_refused_beside_the_field(
    giver: Giver, settings: Any, currency: str, typed: str
) -> None:
    settings.REPORTING_CURRENCY = currency
    response = giver.look("pay", amount="other", other_amount=typed)
    assert response.status_code == 422 and list(response.context["form"].errors) == ["other_amount"]


def test_a_gift_is_held_up_like_any_checkout_when_cards_are_tried(giver: Giver, settings: Any) -> None:
    settings.GUARD_CHECKOUTS_PER_ADDRESS = 2
    for number in range(6):
        answer = giver.look("pay", email=f"bot{number}@example.com", total="5000")
    assert answer.status_code != 303 and Payer.objects.count() <= 2 and giver.sessions() <= 2


def test_the_wall_shows_only_what_was_chosen(bob: Payer) -> None:
    gift = Gift(payer=bob, amount=5200, fee_cover=200, currency="USD")
    assert (gift.shown_name(), gift.shown_amount()) == ("", None)
    gift.is_on_wall = True
    assert (gift.shown_name(), gift.shown_amount()) == ("Bob Brown", 5000)
    gift.hides_name, gift.wall_name = True, "Bob of Portland"
    assert "Bob" not in gift.shown_name()
    gift.hides_name, gift.hides_amount = False, True
    assert (gift.shown_name(), gift.shown_amount()) == ("Bob of Portland", None)
