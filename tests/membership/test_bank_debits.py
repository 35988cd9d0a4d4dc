"""A bank debit takes days: what its payer is told meanwhile, and if it comes back (F23, F24)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import OutgoingMail
from membership import bank_debits
from membership.models import Gift, Membership, Notice, Tier
from payments.models import Payment
from receipts.models import Receipt
from tests.membership.giver import Giver
from tests.membership.way import Way

pytestmark = pytest.mark.django_db


def look(minutes: int = 20) -> list[str]:
    """Let the job run twice, some time later; the kinds of all mails so far."""
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        bank_debits.tell_all()
        bank_debits.tell_all()
    kinds = OutgoingMail.objects.filter(kind__startswith="membership/mail/").order_by("pk")
    return [mail.kind.rsplit("/", 1)[1] for mail in kinds]


@pytest.mark.parametrize(
    ("outcome", "then"), [("sepa_paid_later", ["at_the_bank", "welcome"]), ("sepa_fails_later", None)]
)
def test_a_membership(way: Way, guardian: Tier, outcome: str, then: list[str] | None) -> None:
    way.join(guardian)
    way.pay(outcome=outcome)
    assert look(minutes=5) == [] and look() == ["at_the_bank"]
    for _ in range(9):
        way.advance(days=3)
    assert look() == (then or ["at_the_bank", "debit_failed"])
    if then is None:
        mail = OutgoingMail.objects.get(kind="membership/mail/debit_failed")
        assert "Nothing was charged" in mail.text and "/join/guardian/" in mail.text
        assert not Receipt.objects.exists() and not Membership.objects.get().is_live_now


def test_a_gift_that_comes_back(connected_sandbox: Any, client: Client, tiers: Any) -> None:
    giver = Giver(sandbox=connected_sandbox, client=client)
    giver.give()
    giver.pay(outcome="sepa_fails_later")
    assert look() == ["at_the_bank"]
    giver.advance(days=6)
    assert look() == ["at_the_bank", "debit_failed"]
    mail = OutgoingMail.objects.get(kind="membership/mail/debit_failed")
    assert mail.subject == "About your gift" and "/give/?amount=50.00&frequency=once" in mail.text
    assert not Receipt.objects.exists() and Gift.objects.get().started_at is None


def test_a_card_is_never_at_the_bank(way: Way, guardian: Tier) -> None:
    way.join(guardian)
    way.pay()
    way.advance(days=31)
    assert look() == ["welcome"] and not Notice.objects.exists()


def test_a_checkout_that_was_left_is_not_told(way: Way, guardian: Tier) -> None:
    way.join(guardian)
    assert look() == [] and Payment.objects.get().is_open
