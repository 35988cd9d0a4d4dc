"""The demo's applicants: some have a seat that the fund paid, and the rest wait for the team."""

from __future__ import annotations

import pytest

from receipts.checks import books_problems
from receipts.models import Payer
from tests.training.applying import a_bursary_fund, held
from training.demo import applicants
from training.models import Application, Enrolment, Session

pytestmark = pytest.mark.django_db


def test_the_fund_pays_as_many_as_it_can_and_the_rest_wait(session: Session, bob: Payer) -> None:
    Session.objects.update(takes_applications=True, seats=20)
    fund = a_bursary_fund((bob, 40000))
    applicants.end_history()
    states = sorted(Application.objects.values_list("state", flat=True))
    assert states == ["approved"] * 4 + ["submitted"] * 3
    assert Enrolment.objects.confirmed().count() == 4 and held(fund) == 4000
    assert not books_problems()
