"""F45: the ends of months, leap years, summer time, and payers in other time zones.

Periods end when Stripe says so; receipts and books go by the organisation's own calendar (New York in the tests).
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments import gateway
from payments.models import Payment
from receipts.models import Receipt, Transaction
from tests.faults.road import Road

pytestmark = pytest.mark.django_db

NEW_YORK = ZoneInfo("America/New_York")


def begin_on(road: Road, moment: datetime, **fields: object) -> Payment:
    road.sandbox.control("POST", "clock/set", to=int(moment.timestamp()))
    payment = road.start_and_pay(**fields)
    road.deliver_and_work_off()
    return payment


def renew_until(road: Road, moment: datetime) -> None:
    road.sandbox.control("POST", "clock/advance", to=int(moment.timestamp()))
    road.deliver_and_work_off()


def stripe_s_period_end(road: Road, payment: Payment) -> datetime:
    remote = gateway.read_subscription(road.plan(payment).subscription_id)
    return datetime.fromtimestamp(max(item.current_period_end for item in remote.items.data), tz=UTC)


@pytest.mark.parametrize(
    ("begins", "interval", "ends"),
    [
        # The anchor is the 31st: short months end it early, and the next long one has it back.
        (datetime(2027, 1, 31, 12, tzinfo=UTC), "month", ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]),
        (datetime(2028, 1, 31, 12, tzinfo=UTC), "month", ["2028-02-29", "2028-03-31"]),
        (datetime(2028, 2, 29, 12, tzinfo=UTC), "year", ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]),
        (datetime(2026, 11, 30, 12, tzinfo=UTC), "quarter", ["2027-02-28", "2027-05-30", "2027-08-30"]),
        # Summer time begins in New York on 14 March 2027 and ends on 7 November.
        (datetime(2027, 2, 14, 2, 30, tzinfo=NEW_YORK), "month", ["2027-03-14", "2027-04-14"]),
        (datetime(2027, 10, 7, 1, 30, tzinfo=NEW_YORK), "month", ["2027-11-07", "2027-12-07"]),
    ],
)
def test_f45_a_period_ends_when_stripe_says_so(road: Road, begins: datetime, interval: str, ends: list[str]) -> None:
    payment = begin_on(road, begins, interval=interval, amount=1500)
    seen = []
    for number in range(1, len(ends) + 1):
        paid_until = road.plan(payment).paid_until
        assert paid_until and paid_until == stripe_s_period_end(road, payment)
        seen.append(paid_until.date().isoformat())
        assert road.offering(payment).paid_count == number, "no period is charged twice, and none is left out"
        renew_until(road, paid_until)
    assert seen == ends
    assert road.books_agree()


@pytest.mark.parametrize(
    ("paid_at", "day", "month"),
    [
        (datetime(2026, 12, 31, 23, 30, tzinfo=NEW_YORK), "2026-12-31", 202612),
        (datetime(2027, 1, 1, 0, 30, tzinfo=NEW_YORK), "2027-01-01", 202701),
    ],
)
@pytest.mark.parametrize("where_the_payer_is", ["America/New_York", "Asia/Tokyo", "Pacific/Honolulu"])
def test_f45_receipts_and_books_go_by_the_organisation_s_year(
    road: Road, paid_at: datetime, day: str, month: int, where_the_payer_is: str
) -> None:
    road.sandbox.control("POST", "clock/set", to=int(paid_at.timestamp()))
    payment = road.start_and_pay()
    # The return page books, in a request that has the payer's time zone in force.
    with timezone.override(where_the_payer_is):
        Client().get(reverse("checkout_return"), {"session": payment.session_id})
    receipt = Receipt.objects.get()
    assert receipt.issued_on.isoformat() == receipt.snapshot["received_on"] == day
    assert receipt.series.year == int(day[:4])
    assert Transaction.objects.get(receipts=receipt).month == month
