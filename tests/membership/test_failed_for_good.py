"""F27: a renewal fails for good, and the account at Stripe is set to cancel, to leave unpaid, or to pause."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import OutgoingMail
from membership.models import Membership
from membership.states import COUNTED, State
from payments.models import Plan
from receipts.models import Receipt
from tests.membership.way import Way, only_membership

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("setting", "state"), [("cancel", State.CANCELLED), ("unpaid", State.UNPAID), ("pause", State.PAUSED)]
)
def test_f27_it_lapses_without_a_receipt_and_with_one_last_letter(
    way: Way, member: Membership, setting: str, state: str
) -> None:
    way.sandbox.settings(after_last_attempt=setting)
    way.sandbox.next_outcome(Plan.objects.get().subscription_id, "declined", times=20)
    way.advance(days=31)
    for _ in range(10):
        way.advance(days=4)
    ended = only_membership()
    assert ended.state == state and ended.state not in COUNTED
    assert ended.paid_until and ended.paid_until == member.paid_until, "nothing extends it"
    assert Receipt.objects.count() == 1
    letters = OutgoingMail.objects.filter(text__contains="We will not try again")
    assert [(mail.to, "Come back:" in mail.text) for mail in letters] == [("alice@example.org", True)]
    second = timedelta(seconds=1)
    assert ended.is_live(ended.paid_until - second), "what was paid is kept to its end"
    assert not ended.is_live(ended.paid_until + second), "and no grace follows"
    assert not Membership.objects.live(ended.paid_until + second).exists()
