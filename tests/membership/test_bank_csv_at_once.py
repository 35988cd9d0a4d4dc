"""Many click at once: real connections, on whichever database the tests run."""

from __future__ import annotations

from typing import Any

import pytest

from membership.fundraising.bank_import.booking import NotBooked, book_line, undo_line
from membership.models import BankLine, OfflineGift
from receipts import ledger
from receipts.chart import Account
from receipts.checks import books_problems
from receipts.models import Payer, Transaction
from tests.membership.statements import a_line
from tests.receipts.books import a_payer, an_issuer
from tests.receipts.test_issuing_in_parallel import in_parallel

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


@pytest.fixture(autouse=True)
def no_drawing(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}


def test_colleagues_who_click_at_once_book_a_line_once_and_undo_it_once() -> None:
    an_issuer()
    line, payer = a_line(), a_payer()

    def click(_: int) -> int:
        try:
            return len(book_line(BankLine.objects.get(pk=line.pk), by=None, payer=Payer.objects.get(pk=payer.pk)))
        except NotBooked:
            return 0

    assert sum(in_parallel(click, range(AT_ONCE))) == 1
    assert OfflineGift.objects.count() == Transaction.objects.count() == 1
    undone = in_parallel(lambda _: undo_line(BankLine.objects.get(pk=line.pk), reason="Wrong", by=None), range(AT_ONCE))
    assert sum(undone) == 1
    assert ledger.account_balance(Account.BANK, currency="USD") == 0
    assert not books_problems()
