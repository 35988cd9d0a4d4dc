"""Joining, as a visitor does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import OutgoingMail, User
from membership.models import Membership, Tier
from membership.states import State
from payments.models import Payment
from receipts.checks import books_problems
from receipts.models import Entry, Payer
from tests.membership.way import Way, only_membership, text_of

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db


def test_tiers_are_compared_monthly_and_yearly(client: Client, tiers: list[Tier]) -> None:
    monthly = text_of(client.get(reverse("join")))
    yearly = text_of(client.get(reverse("join"), {"interval": "year"}))
    assert "$15.00 a month" in monthly and "$150.00" not in monthly
    assert "$150.00 a year" in yearly and "$30.00 less than monthly" in yearly


def test_a_tier_that_is_not_offered_is_not_listed(client: Client, friend: Tier) -> None:
    Tier.objects.filter(pk=friend.pk).update(is_open=False)
    assert "Friend" not in text_of(client.get(reverse("join")))


def test_the_review_shows_the_receiptable_part_before_anything_is_written(
    way: Way, friend: Tier, nothing_happened: Any
) -> None:
    shown = text_of(way.send(friend, "review", interval="year"))
    assert "$150.00 a year, of it $8.00 benefits, $142.00 tax-deductible." in shown
    assert "Alice Adams" in shown and "1 Harbour Street" in shown and "United States" in shown
    # No index row for the year: the page says why nothing was disregarded.
    assert "The IRS amounts for" in shown
    nothing_happened()


def test_change_something_brings_back_what_was_typed(way: Way, friend: Tier) -> None:
    response = way.send(friend, "edit", name="Zoë O’Neill", amount="99", interval="year")
    form = response.context["form"]
    kept = {field: form[field].value() for field in ("name", "amount", "interval")}
    assert kept == {"name": "Zoë O’Neill", "amount": "99", "interval": "year"} and not form.is_bound


def test_joining_leads_to_stripe_and_books_nothing(way: Way, friend: Tier) -> None:
    payment = way.join(friend)
    assert way.last["Location"] == payment.checkout_url
    assert only_membership().state == State.INCOMPLETE
    assert payment.amount == 1500 and payment.interval == "month"
    assert not Entry.objects.exists()


def test_a_paid_membership_is_active_and_in_the_books(way: Way, friend: Tier) -> None:
    way.join(friend)
    payment = way.pay()
    membership = only_membership()
    assert payment.status == Payment.Status.PAID
    assert membership.state == State.ACTIVE and membership.is_live()
    assert membership.started_at and membership.paid_until
    entry = Entry.objects.get(credit="dues")
    # A month's share of $8 a year is 66.67 cents: rounded up, so that nothing is overstated.
    assert (entry.amount, entry.advantage, entry.yearly_amount) == (1500, 67, 18000)
    assert not books_problems()


def test_the_review_promises_what_the_receipt_says(way: Way, guardian: Tier) -> None:
    parts = way.send(guardian, "review", interval="year", amount="1,200").context["parts"]
    way.join(guardian, interval="year", amount="1,200")
    payment = way.pay()
    receipt = payment.transaction.receipts.get()
    assert (receipt.eligible_amount, receipt.advantage) == (parts.eligible_amount, parts.advantage)
    assert parts.amount == 120000


def test_supporters_may_give_more(way: Way, friend: Tier) -> None:
    assert way.join(friend, amount="$20.50").amount == 2050


def test_the_welcome_mail_comes_once_and_says_that_it_recurs(way: Way, friend: Tier) -> None:
    way.join(friend)
    way.pay()
    way.advance(days=31)
    assert Payment.objects.paid().count() == 2
    welcome = OutgoingMail.objects.get(subject__contains="membership has begun")
    assert welcome.to == "alice@example.org"
    assert "we take it every month until you end it" in welcome.text and "$15.00 a month" in welcome.text
    assert "Next payment:" in welcome.text and "/account/" in welcome.text
    assert [one.subject for one in mail.outbox].count(welcome.subject) == 1


def test_a_guest_who_paid_is_invited_and_gets_the_membership_by_confirming_the_address(way: Way, friend: Tier) -> None:
    from allauth.account.models import EmailAddress
    from allauth.account.signals import email_confirmed

    way.join(friend)
    way.pay()
    user = User.objects.get(email="alice@example.org")
    assert Payer.objects.get().user is None, "an unverified address attaches nothing"
    assert not user.groups.exists()
    address = EmailAddress.objects.get(user=user)
    email_confirmed.send(sender=EmailAddress, request=None, email_address=address)
    friend.refresh_from_db()
    assert list(user.groups.all()) == [friend.group]


def test_a_signed_in_member_cannot_join_the_same_tier_twice(
    way: Way, member: Membership, guardian: Tier, connected_sandbox: Sandbox
) -> None:
    connected_sandbox.clear_log()
    response = way.send(guardian, "pay")
    assert response.status_code == 422 and "already a member of Guardian" in text_of(response)
    assert Membership.objects.count() == 1 and connected_sandbox.log() == []


def test_a_signed_in_supporter_is_known_and_the_address_is_fixed(
    way: Way, client: Client, member: Membership, friend: Tier
) -> None:
    form = client.get(friend.get_absolute_url()).context["form"]
    assert form["line1"].value() == "1 Harbour Street" and form["email"].value() == "alice@example.org"
    way.join(friend, email="somebody.else@example.org")
    assert Payer.objects.get().email == "alice@example.org"


class TestTwiceIsOnce:
    """A double click, a reload, the back button and a second tab."""

    def test_sending_twice_makes_one_membership_and_one_session(self, way: Way, friend: Tier) -> None:
        first, second = way.join(friend), way.join(friend)
        assert first == second and Membership.objects.count() == 1 and way.sessions() == 1
        assert Payer.objects.count() == 1

    def test_other_terms_replace_the_open_checkout(self, way: Way, friend: Tier) -> None:
        monthly = way.join(friend)
        yearly = way.join(friend, interval="year")
        monthly.refresh_from_db()
        assert monthly.status == Payment.Status.EXPIRED
        assert yearly.amount == 15000
        membership = only_membership()
        assert (membership.state, membership.interval, membership.amount) == (State.INCOMPLETE, "year", 15000)
        way.pay(yearly)
        assert only_membership().is_live()

    def test_other_terms_after_paying_show_the_result_instead(self, way: Way, friend: Tier) -> None:
        payment = way.join(friend)
        way.sandbox.complete(payment.session_id or "")
        response = way.send(friend, "pay", interval="year")
        assert response.status_code == 302 and response["Location"].startswith(reverse("checkout_return"))
        assert Payment.objects.count() == 1
        assert only_membership().amount == 1500, "the terms that were paid stay"

    def test_an_abandoned_checkout_never_blocks_the_next(self, way: Way, friend: Tier) -> None:
        first = way.join(friend)
        way.sandbox.advance(days=2)
        way.deliver()
        first.refresh_from_db()
        assert first.status == Payment.Status.EXPIRED and only_membership().state == State.ABANDONED
        way.join(friend)
        way.pay()
        assert Membership.objects.filter(state=State.ACTIVE).count() == 1

    def test_a_declined_card_never_blocks_the_next(self, way: Way, friend: Tier) -> None:
        way.pay(way.join(friend), outcome="declined")
        assert only_membership().state == State.INCOMPLETE
        way.pay(way.join(friend))
        assert only_membership().state == State.ACTIVE

    def test_two_memberships_of_one_person_warn_staff(self, way: Way, friend: Tier) -> None:
        from payments.models import Issue

        way.join(friend)
        way.pay()
        way.client.logout()
        way.join(friend, line1="2 Other Street")
        way.pay()
        assert Membership.objects.filter(state=State.ACTIVE).count() == 2
        assert Issue.objects.filter(kind="duplicate_plan").exists()


class TestStripeDown:
    @pytest.mark.parametrize("kind", ["500", "503", "429", "drop_before"])
    def test_the_visitor_reads_a_sentence_and_retries(self, way: Way, friend: Tier, kind: str) -> None:
        way.sandbox.fault("*", kind, times=50)
        response = way.send(friend, "pay", name="Zoë O’Neill")
        assert response.status_code == 503
        shown = text_of(response)
        assert "can&#x27;t be reached right now" in response.content.decode() or "can't be reached right now" in shown
        assert "Zoë O’Neill" in shown and "Try again" in shown
        way.sandbox.clear_faults()
        payment = way.join(friend, name="Zoë O’Neill")
        assert Payment.objects.count() == 1 and Membership.objects.count() == 1 and way.sessions() == 1
        way.pay(payment)
        assert only_membership().is_live()

    def test_an_answer_that_was_lost_does_not_make_a_second_session(self, way: Way, friend: Tier) -> None:
        way.sandbox.fault("POST /v1/checkout/sessions", "drop_after", times=1)
        way.send(friend, "pay")
        way.join(friend)
        assert way.sessions() == 1


def test_the_browser_that_joined_may_see_the_result(way: Way, friend: Tier) -> None:
    payment = way.join(friend)
    assert way.client.session["checkouts"] == [str(payment.public_id)]


@pytest.mark.parametrize("currency, shown", [("JPY", "¥15"), ("KWD", "KWD")])
def test_currencies_without_cents_or_with_three_decimals_work(
    settings: Any, client: Client, db: None, currency: str, shown: str
) -> None:
    from membership.demo import build_tiers

    settings.REPORTING_CURRENCY = currency
    friend = build_tiers()[0]
    assert friend.price_of("month") == {"JPY": 15, "KWD": 15000}[currency]
    assert shown in text_of(client.get(friend.get_absolute_url()))
