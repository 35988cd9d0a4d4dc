"""M29: fifty who want the last seats at the same moment, as processes, on whichever database the suite runs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from payments.models import Payment
from receipts.checks import books_problems
from receipts.models import Issuer, Payer
from tests.at_once import at_once
from training.models import Enrolment, Offer, Session, Ticket, WaitingEntry

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
FULL = "“Sewing for a living” is full. You can join its waiting list."


def payers(number: int) -> list[Payer]:
    return Payer.objects.bulk_create(
        Payer(name=f"Trainee {i}", email=f"trainee{i}@example.org", fingerprint=f"trainee {i}") for i in range(number)
    )


def in_line(session: Session, number: int) -> None:
    ticket = session.tickets.get()
    WaitingEntry.objects.bulk_create(
        WaitingEntry(session=session, ticket=ticket, name=f"W{i}", email=f"w{i}@example.org") for i in range(number)
    )


def test_three_get_the_last_three_seats_and_all_others_are_told_before_they_pay(
    connected_sandbox: Sandbox, session: Session
) -> None:
    Issuer.objects.update_or_create(defaults={"jurisdiction": "US", "legal_name": "Harbour Light"})
    Session.objects.update(seats=3)
    told = Counter(
        at_once("tests.training.crowd:enrol", *(f"{one.pk}:{session.tickets.get().pk}" for one in payers(50)))
    )
    assert told == {"paid": 3, FULL: 47}
    session.refresh_from_db()
    assert session.taken == Ticket.objects.get().taken == Enrolment.objects.confirmed().count() == 3
    assert Payment.objects.count() == 3 and len(connected_sandbox.money()["charges"]) == 3
    assert not books_problems()


def test_nobody_jumps_the_line_and_of_two_who_serve_it_one_does(session: Session, connected_sandbox: Sandbox) -> None:
    Session.objects.update(seats=3)
    in_line(session, 5)
    ticket = session.tickets.get()
    told = at_once("tests.training.crowd:enrol", *(f"{one.pk}:{ticket.pk}" for one in payers(8)))
    assert told == [FULL] * 8
    made = at_once("tests.training.crowd:serve_the_line", *[str(session.pk)] * 8)
    assert sum(map(int, made)) == Offer.objects.count() == 3
    assert sorted(Offer.objects.values_list("entry__name", flat=True)) == ["W0", "W1", "W2"]
    session.refresh_from_db()
    assert session.taken == 3
