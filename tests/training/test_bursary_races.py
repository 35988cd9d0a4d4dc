"""Awards at the same moment never take more than the fund holds, on whichever database the suite runs."""

from __future__ import annotations

from typing import Any

import pytest

from receipts.checks import books_problems
from receipts.models import Payer
from tests.at_once import at_once
from tests.training.applying import a_bursary_fund, an_application, held
from training.bursaries.awards import free_in
from training.models import Award, Session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_of_six_approved_at_once_two_are_paid_and_one_is_decided_once(
    session: Session, bob: Payer, settings: Any
) -> None:
    settings.SIGN_IN_SECONDS = 0
    Session.objects.update(takes_applications=True, seats=10)
    session.refresh_from_db()
    fund = a_bursary_fund((bob, 20000))
    applications = [an_application(session, email=f"trainee{number}@example.org").pk for number in range(5)]
    keys = [str(pk) for pk in applications]
    # The last one twice: by two colleagues.
    told = at_once("tests.training.crowd:approve_whole", *keys, keys[-1])
    assert sorted(told)[-2:] == ["approved"] * 2 and told.count("approved") == 2, told
    assert set(told) <= {"approved", "FundTooSmall", "Changed"}
    assert Award.objects.count() == 2 and held(fund) == 2000 == free_in(fund, "USD")
    assert not books_problems()
