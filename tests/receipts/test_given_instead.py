"""What was paid for something that did not come about, left as a gift: once, and never more than is left."""

from __future__ import annotations

import pytest
from django.utils import timezone

from receipts import ledger
from receipts.chart import Account
from receipts.checks import books_problems
from receipts.ledger import IncomeLine, RefundTooLarge
from receipts.models import Entry, Fund, Payer, Transaction

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def paid(bob: Payer) -> Transaction:
    """$90.00 for a seat, and $4.50 of tax."""
    line = IncomeLine(
        account=Account.COURSE_FEES, amount=9000, tax=450, fund=Fund.unrestricted(), subject="enrolment:1"
    )
    booked, _ = ledger.record_income(
        reference="stripe:ch_1", occurred_at=timezone.now(), payer=bob, currency="USD", lines=[line]
    )
    return booked


def give(paid: Transaction, *parts: int) -> tuple[Transaction, bool]:
    entries = paid.entries.order_by("pk")
    return ledger.record_given_instead(
        reference="given:1",
        of=paid,
        parts=[(entry.pk, part) for entry, part in zip(entries, parts, strict=True)],
        fund=Fund.unrestricted(),
        occurred_at=timezone.now(),
    )


def test_fee_and_tax_become_one_gift_without_an_advantage_once(paid: Transaction) -> None:
    given, is_new = give(paid, 9000, 450)
    again, is_new_again = give(paid, 9000, 450)
    assert (is_new, is_new_again, again) == (True, False, given)
    gift = given.entries.get(credit=Account.GIFTS)
    assert (gift.amount, gift.advantage, gift.corrects, given.payer) == (9450, 0, None, paid.payer)
    assert ledger.unrefunded(paid) == 0 and ledger.unrefunded(given) == 9450
    balances = [ledger.account_balance(account, currency="USD") for account in ("customer_credit", "sales_tax")]
    assert balances == [0, 0] and not books_problems()


def test_what_went_back_cannot_be_given_as_well(paid: Transaction) -> None:
    fee = paid.entries.order_by("pk")[0]
    ledger.record_refund(reference="stripe:re_1", of=paid, amount=1, occurred_at=timezone.now(), parts=[(fee.pk, 1)])
    with pytest.raises(RefundTooLarge):
        give(paid, 9000, 450)
    give(paid, 8999, 450)
    assert not books_problems() and Entry.objects.get(credit=Account.GIFTS).amount == 9449
