"""Failed payments on the staff's desk and on the supporter's own page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.models import OutgoingMail, User
from membership.models import Membership
from payments.models import Payment, Plan, RenewalFailure
from payments.recovering import recovered
from tests.membership.way import Way, text_of

pytestmark = pytest.mark.django_db
ACTIONS = ("retry", "resend")


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


def colleague(*codenames: str) -> Client:
    user = User.objects.create_user(f"{'-'.join(codenames) or 'nobody'}@example.org")
    user.user_permissions.add(*Permission.objects.filter(codename__in=["access_admin", *codenames]))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk() -> Client:
    return colleague("view_renewalfailure", "mend_renewalfailure")


@pytest.fixture
def fail(way: Way, member: Membership) -> Callable[..., RenewalFailure]:
    def failing(outcome: str = "insufficient_funds", times: int = 20) -> RenewalFailure:
        way.sandbox.next_outcome(Plan.objects.get().subscription_id, outcome, times=times)
        way.advance(days=31)
        return RenewalFailure.objects.get()

    return failing


def url(name: str, failure: RenewalFailure | None = None) -> str:
    return reverse(f"failed_payments:{name}", args=[failure.pk] if failure else [])


def mails() -> int:
    return OutgoingMail.objects.filter(kind="membership/mail/renewal_failed").count()


def test_the_list_and_the_details_say_why_in_words(desk: Client, fail: Callable[..., RenewalFailure]) -> None:
    failure = fail("stolen_card")
    for page in (desk.get(url("index")), desk.get(url("inspect", failure))):
        assert "The card is reported stolen: do not tell the payer" in text_of(page)


def test_trying_again_asks_first_then_pays_and_is_logged(
    way: Way, desk: Client, fail: Callable[..., RenewalFailure]
) -> None:
    failure = fail(times=1)
    asked = desk.get(url("retry", failure))
    assert "Charge $100.00" in text_of(asked) and Payment.objects.paid().count() == 1
    done = desk.post(url("retry", failure), follow=True)
    assert "$100.00 is paid" in text_of(done) and Payment.objects.paid().count() == 2
    assert ModelLogEntry.objects.filter(action="membership.retry_payment").count() == 1
    again = desk.post(url("retry", failure), follow=True)
    assert "settled already" in text_of(again) and Payment.objects.paid().count() == 2


def test_a_try_that_fails_says_why(desk: Client, fail: Callable[..., RenewalFailure]) -> None:
    failure = fail()
    done = desk.post(url("retry", failure), follow=True)
    assert "It failed again: not enough money on the account" in text_of(done)


def test_stripe_out_of_reach_is_said(way: Way, desk: Client, fail: Callable[..., RenewalFailure]) -> None:
    failure = fail()
    way.sandbox.fault("*", "503", times=20)
    done = desk.post(url("retry", failure), follow=True)
    way.sandbox.clear_faults()
    assert "Stripe could not be reached" in text_of(done)


def test_the_link_is_sent_to_the_address_on_file_and_logged(desk: Client, fail: Callable[..., RenewalFailure]) -> None:
    failure = fail()
    assert "alice@example.org" in text_of(desk.get(url("resend", failure))) and mails() == 1
    desk.post(url("resend", failure), {"email": "charlie@example.org"})
    assert mails() == 2
    assert set(OutgoingMail.objects.filter(text__contains="/mend/").values_list("to", flat=True)) == {
        "alice@example.org"
    }
    assert ModelLogEntry.objects.filter(action="membership.resend_link").count() == 1


def test_who_may_look_may_not_act_and_a_stranger_may_neither(
    fail: Callable[..., RenewalFailure], charlie: User
) -> None:
    failure = fail()
    looking = colleague("view_renewalfailure")
    page = looking.get(url("inspect", failure))
    assert page.status_code == 200 and "Try again now" not in text_of(page)
    stranger = Client()
    stranger.force_login(charlie)
    for client in (looking, stranger, Client(), colleague()):
        for action in ACTIONS:
            for answer in (client.get(url(action, failure)), client.post(url(action, failure))):
                assert answer.status_code in (302, 403)
    for name, args in (("index", None), ("inspect", failure)):
        assert stranger.get(url(name, args)).status_code in (302, 403)
    assert mails() == 1 and Payment.objects.paid().count() == 1


@pytest.mark.parametrize("group", ["Finance", "Fundraisers"])
def test_finance_and_fundraisers_may(group: str, db: None) -> None:
    names = set(Group.objects.get(name=group).permissions.values_list("codename", flat=True))
    assert {"view_renewalfailure", "mend_renewalfailure"} <= names


def test_no_query_per_row(desk: Client, fail: Callable[..., RenewalFailure]) -> None:
    plan = fail().plan

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert desk.get(url("index")).status_code == 200
        return len(captured)

    queries()
    before = queries()
    RenewalFailure.objects.bulk_create(
        RenewalFailure(plan=plan, invoice_id=f"in_{number}", attempt=1, amount=1, currency="USD")
        for number in range(20)
    )
    assert queries() == before


class TestMyAccount:
    def test_it_shows_the_trouble_first_with_the_way_to_mend_it(
        self, way: Way, fail: Callable[..., RenewalFailure]
    ) -> None:
        fail()
        page = way.client.get(reverse("account_home"))
        assert "A payment needs you" in text_of(page) and "/mend/" in page.content.decode()

    def test_nobody_else_sees_it(self, charlie: User, fail: Callable[..., RenewalFailure]) -> None:
        fail()
        stranger = Client()
        stranger.force_login(charlie)
        assert "/mend/" not in stranger.get(reverse("account_home")).content.decode()

    def test_it_goes_when_it_is_paid(self, way: Way, fail: Callable[..., RenewalFailure]) -> None:
        fail(times=1)
        way.advance(days=4)
        assert "A payment needs you" not in text_of(way.client.get(reverse("account_home")))


def test_what_came_back_is_counted_by_the_attempt_it_came_back_after(member: Membership) -> None:
    plan, now = Plan.objects.get(), timezone.now()
    rows = [("in_1", 1, "paid"), ("in_2", 1, "paid"), ("in_2", 2, "paid"), ("in_3", 1, ""), ("in_3", 2, "")]
    for invoice_id, attempt, settled_as in rows:
        RenewalFailure.objects.create(
            plan=plan, invoice_id=invoice_id, attempt=attempt, amount=1000, currency="USD", settled_as=settled_as
        )
    found = recovered(now - timedelta(days=1), now + timedelta(days=1))
    assert [(row.number, row.failed, row.recovered, row.amount) for row in found] == [(1, 3, 1, 1000), (2, 2, 1, 1000)]
    assert recovered(now - timedelta(days=2), now - timedelta(days=1)) == []


def test_the_membership_leads_to_its_last_failed_payment(fail: Callable[..., RenewalFailure]) -> None:
    failure = fail()
    member = Membership.objects.get()
    page = colleague("view_renewalfailure", "view_membership").get(reverse("memberships:inspect", args=[member.pk]))
    assert url("inspect", failure) in page.content.decode()
