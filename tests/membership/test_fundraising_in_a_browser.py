"""The fundraisers' screens in a browser: nothing axe finds, nothing blocked, nothing wider than a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from membership.models import BankLine, OfflineGift
from tests.membership.fundraisers import fatima, record
from tests.membership.statements import HEAD, a_statement, upload
from tests.receipts.books import a_payer, an_issuer
from tests.staff_screens import faults_of, page_at_the_desk

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.django_db(transaction=True)
LINES = (
    "2026-01-05,50.00,Grace Okafor,Monthly gift grace@example.org",
    "2026-01-06,250.00,OKAFOR GRACE,For the boats",
    "2026-01-07,1200.00,STRIPE PAYMENTS EUROPE,PAYOUT",
    "2026-01-08,-90.00,Harbour Rents,January",
    "2026-01-09,35.00,Somebody Nobody Knows,Thank you for what you do",
    "2026-13-10,35.00,Wrong Day,x",
)


@pytest.fixture
def addresses(settings: Any) -> dict[str, str]:
    """Every screen, with something on it."""
    settings.STAFF_SECOND_FACTOR = False
    an_issuer()
    a_payer()
    client = fatima()
    record(client, tribute_kind="memory", honouree="Mary", note="Brought in by hand")
    statement = a_statement(*LINES)
    columns = upload(client, f"{HEAD}\n2026-01-05,50.00,Ann,x\n").url
    settings.STAFF_SECOND_FACTOR = True
    line, gift = BankLine.objects.filter(payer__isnull=False)[0], OfflineGift.objects.get()
    return {
        "gifts": reverse("offline_gifts:index"),
        "record": f"{reverse('offline_gifts:record')}?q=Okafor",
        "gift": reverse("offline_gifts:inspect", args=[gift.pk]),
        "undo": reverse("offline_gifts:undo", args=[gift.pk]),
        "statements": reverse("bank_imports:index"),
        "upload": reverse("bank_imports:upload"),
        "columns": columns,
        "statement": reverse("bank_imports:inspect", args=[statement.pk]),
        "line": reverse("bank_imports:line", args=[line.pk]),
        "segment": reverse("segments:ask"),
    }


def test_nothing_is_wrong_with_our_screens_on_a_phone_and_on_a_desk(
    browser: BrowserContext, live_server: Any, addresses: dict[str, str]
) -> None:
    page = page_at_the_desk(browser, live_server.url)
    assert faults_of(page, live_server.url, addresses) == []
