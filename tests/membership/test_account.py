"""A member's own page: what it shows, changing the card, cancelling, staying; and that a stranger gets nowhere."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import OutgoingMail, User
from membership.models import Membership, Tier
from membership.states import State
from payments.models import Plan
from tests.membership.way import Way, only_membership, text_of

pytestmark = pytest.mark.django_db

ADDRESSES = ["manage_cancel", "manage_keep", "manage_card"]


def address(name: str, membership: Membership) -> str:
    return reverse(name, args=[membership.public_id])


def home(client: Client) -> str:
    return text_of(client.get(reverse("account_home")))


def test_the_account_shows_the_membership(client: Client, member: Membership) -> None:
    shown = home(client)
    assert "Guardian" in shown and "$100.00 a month" in shown and "It renews by itself." in shown
    assert "Next payment" in shown and "Enamel pin" in shown


def test_somebody_without_a_membership_is_told_where_to_find_one(client: Client, charlie: User) -> None:
    client.force_login(charlie)
    assert "You are not a member yet." in home(client)


def test_a_checkout_that_led_nowhere_is_not_shown(way: Way, client: Client, alice: User, friend: Any) -> None:
    client.force_login(alice)
    way.join(friend)
    assert "You are not a member yet." in home(client)


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_gets_404(client: Client, member: Membership, charlie: User, name: str, method: str) -> None:
    way_in = Client()
    way_in.force_login(charlie)
    response = getattr(way_in, method)(address(name, member))
    # GET on what only takes POST is refused before anything is looked up; it says the same to its owner.
    assert response.status_code == (405 if method == "get" and name == "manage_keep" else 404)
    assert only_membership().state == State.ACTIVE


@pytest.mark.parametrize("name", ADDRESSES)
def test_without_signing_in_one_is_sent_to_the_login(member: Membership, name: str) -> None:
    response = Client().post(address(name, member))
    assert response.status_code == 302 and reverse("account_login") in response["Location"]


class TestCancelling:
    def test_two_steps_end_it_at_the_end_of_the_paid_period(self, client: Client, member: Membership) -> None:
        page = text_of(client.get(address("manage_cancel", member)))
        until = only_membership().paid_until
        assert until and f"{until:%B %Y}".split()[1] in page and "Your benefits go on until" in page
        answer = client.post(address("manage_cancel", member), {"reason": "Moving abroad"}, follow=True)
        membership = only_membership()
        assert "Your membership is cancelled." in text_of(answer) and "Will end" in text_of(answer)
        assert membership.state == State.CANCEL_AT_END and membership.cancel_reason == "Moving abroad"
        assert membership.is_live() and membership.cancel_requested_at
        assert Plan.objects.get().cancel_at_period_end

    def test_no_reason_is_asked_for(self, client: Client, member: Membership) -> None:
        client.post(address("manage_cancel", member))
        assert only_membership().state == State.CANCEL_AT_END

    def test_one_can_change_ones_mind(self, client: Client, member: Membership) -> None:
        client.post(address("manage_cancel", member), {"reason": "Oops"})
        answer = client.post(address("manage_keep", member), follow=True)
        membership = only_membership()
        assert "Your membership goes on." in text_of(answer)
        assert membership.state == State.ACTIVE and membership.cancel_reason == ""

    def test_behind_with_a_payment_one_can_cancel_and_keep(self, way: Way, client: Client, member: Membership) -> None:
        plan = member.plan()
        assert plan
        way.sandbox.next_outcome(plan.subscription_id, "declined", times=5)
        way.advance(days=32)
        member.refresh_from_db()
        assert member.state == "past_due"
        said = client.post(reverse("manage_cancel", args=[member.public_id]), {"reason": ""}, follow=True)
        assert "may be tried again" in said.content.decode()
        account = client.get(reverse("manage_subscription", args=[member.public_id])).content.decode()
        assert reverse("manage_keep", args=[member.public_id]) in account
        assert reverse("manage_cancel", args=[member.public_id]) not in account

    def test_it_ends_without_another_payment(self, way: Way, client: Client, member: Membership, alice: User) -> None:
        client.post(address("manage_cancel", member))
        way.advance(days=32)
        assert only_membership().state == State.CANCELLED
        assert way.sandbox.count("charge") == 1
        with time_machine.travel(only_membership().paid_until):  # type: ignore[arg-type]
            client.force_login(alice)
            shown = home(client)
        assert "Join again" in shown and "Change card" not in shown

    def test_stripe_down_changes_nothing_and_says_so(self, way: Way, client: Client, member: Membership) -> None:
        way.sandbox.fault("*", "503", times=50)
        response = client.post(address("manage_cancel", member), {"reason": "Moving"})
        assert response.status_code == 503
        shown = text_of(response)
        assert "Nothing was changed" in shown and "Moving" in shown
        assert only_membership().state == State.ACTIVE and only_membership().cancel_reason == ""
        way.sandbox.clear_faults()

    def test_it_is_not_said_before_stripe_says_so(self, way: Way, client: Client, member: Membership) -> None:
        way.sandbox.fault("GET /v1/subscriptions/{subscription_exposed_id}", "503", times=50)
        shown = text_of(client.post(address("manage_cancel", member), follow=True))
        way.sandbox.clear_faults()
        assert "has taken your request" in shown and "is cancelled" not in shown
        way.deliver()
        assert only_membership().state == State.CANCEL_AT_END


class TestCard:
    def test_the_card_is_changed_at_stripe(self, client: Client, member: Membership) -> None:
        response = client.post(address("manage_card", member))
        assert response.status_code == 303 and "/p/session/" in response["Location"]

    def test_stripe_down_is_a_sentence(self, way: Way, client: Client, member: Membership) -> None:
        way.sandbox.fault("*", "503", times=50)
        shown = text_of(client.post(address("manage_card", member), follow=True))
        way.sandbox.clear_faults()
        assert "Nothing was changed" in shown


def test_the_account_asks_as_often_for_many_memberships(
    way: Way, client: Client, member: Membership, django_assert_max_num_queries: Any
) -> None:
    from membership.account import section
    from tests.membership.rows import make_memberships

    make_memberships(20, user=member.payer.user)
    request = client.get(reverse("account_home")).wsgi_request
    with django_assert_max_num_queries(4):
        assert len(section(request).context["rows"]) == 21  # type: ignore[union-attr]


class TestWrittenConfirmation:
    def test_cancelling_and_keeping_are_confirmed_by_mail(self, client: Client, member: Membership) -> None:
        OutgoingMail.objects.all().delete()
        client.post(address("manage_cancel", member))
        client.post(address("manage_keep", member))
        subjects = OutgoingMail.objects.order_by("pk").values_list("subject", flat=True)
        assert list(subjects) == ["Your membership ends", "Your membership goes on"]

    def test_nothing_is_confirmed_that_did_not_happen(self, way: Way, client: Client, member: Membership) -> None:
        OutgoingMail.objects.all().delete()
        way.sandbox.fault("*", "503", times=50)
        client.post(address("manage_cancel", member))
        assert not OutgoingMail.objects.exists()


class TestTurningBack:
    def test_what_was_typed_is_still_there(self, way: Way, client: Client, friend: Tier) -> None:
        way.join(friend, interval="year", name="Grace Okafor", city="Duluth")
        page = client.get(friend.get_absolute_url(), {"interval": "year", "back": "1"}).content.decode()
        assert "Nothing was charged." in page
        assert 'value="Grace Okafor"' in page and 'value="Duluth"' in page

    def test_another_browser_gets_nothing_of_it(self, way: Way, friend: Tier) -> None:
        way.join(friend, name="Grace Okafor")
        page = Client().get(friend.get_absolute_url(), {"back": "1"}).content.decode()
        assert "Grace" not in page

    def test_a_member_is_told_that_it_would_be_a_second_one(
        self, client: Client, member: Membership, friend: Tier
    ) -> None:
        page = text_of(client.get(friend.get_absolute_url()))
        assert "You are a Guardian already." in page
