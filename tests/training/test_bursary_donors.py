"""Who gave to the bursary fund reads how many seats that paid, and nothing else; staff count what it was used for."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from receipts.checks import books_problems
from receipts.models import Fund, Payer
from receipts.payers import find_or_create_payer
from tests.training.applying import a_bursary_fund, an_application, give
from training.bookings.ending import end
from training.bursaries.deciding import approve, decline, withdraw
from training.bursaries.donors import seats_paid, seats_paid_by
from training.bursaries.use import bursary_use
from training.models import Application, Session

pytestmark = pytest.mark.django_db
NEXT_YEAR = date(timezone.localdate().year + 2, 1, 1)


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    settings.SIGN_IN_SECONDS = 0


@pytest.fixture
def giver(alice: User) -> Payer:
    return find_or_create_payer(kind="person", name=alice.name, email=alice.email, user=alice)


@pytest.fixture
def fund(session: Session, giver: Payer, bob: Payer) -> Fund:
    """Alice gave $100.00 first, then Bob $60.00; a seat costs $90.00."""
    Session.objects.update(takes_applications=True, seats=50)
    return a_bursary_fund((giver, 10000), (bob, 6000))


def a_paid_seat(session: Session, number: int = 0) -> Application:
    session.refresh_from_db()
    application = an_application(session, email=f"trainee{number}@example.org")
    approve(application, 9000, version=1, by=None, override_reason="")
    return application


def told(client: Client) -> str:
    return " ".join(client.get(reverse("account_home")).content.decode().split())


def test_the_oldest_gifts_pay_first_and_parts_of_seats_are_parts(
    session: Session, fund: Fund, giver: Payer, bob: Payer
) -> None:
    a_paid_seat(session)
    give(fund, bob, 5000)
    a_paid_seat(session, 1)
    # $90 of the first; $10 more of the second, of which Bob's gifts pay the rest.
    assert seats_paid_by({giver.pk}, NEXT_YEAR) == 1 + Fraction(1, 9)
    assert seats_paid_by({bob.pk}, NEXT_YEAR) == Fraction(8, 9)
    assert not books_problems()


def test_a_seat_that_was_given_up_was_paid_by_nobody(session: Session, fund: Fund, giver: Payer) -> None:
    application = a_paid_seat(session)
    end(application.enrolment, "trainee")
    assert seats_paid_by({giver.pk}, NEXT_YEAR) == 0


def test_the_account_page_tells_how_many_and_never_of_this_year_while_they_are_few(
    session: Session, fund: Fund, giver: Payer, alice: User, charlie: User
) -> None:
    client = Client()
    client.force_login(alice)
    give(fund, giver, 90000)
    for number in range(4):
        a_paid_seat(session, number)
    assert "Once they have paid a seat" in told(client) and seats_paid() is None
    a_paid_seat(session, 4)
    page = told(client)
    # Bob's 60 dollars paid a part.
    assert "Your gifts paid 4 seats" in page and seats_paid() == 5
    section = page.split("Seats that your gifts paid")[-1]
    assert session.page.title not in section and "trainee" not in section and "Amara" not in section
    stranger = Client()
    stranger.force_login(charlie)
    assert "Your gifts paid" not in told(stranger) and "Seats that your gifts" not in told(stranger)


def test_the_report_counts_what_was_asked_decided_and_released_in_a_period(session: Session, fund: Fund) -> None:
    a_paid_seat(session)
    decline(an_application(session, email="bo@example.org"), version=1, by=None)
    withdraw(an_application(session, email="cleo@example.org"))
    an_application(session, email="di@example.org")
    now = timezone.now()
    use = bursary_use(now - timedelta(hours=1), now + timedelta(hours=1))
    assert (use.applied, use.approved, use.declined, use.withdrawn) == (4, 1, 1, 1)
    assert (use.seats, use.amount, use.left) == (1, 9000, 7000)
    before = bursary_use(now - timedelta(days=2), now - timedelta(days=1))
    assert (before.applied, before.seats, before.amount) == (0, 0, 0)
