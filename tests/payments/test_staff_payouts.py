from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from payments.models import BalanceLine, Payout
from tests.payments import desk

pytestmark = pytest.mark.django_db
LISTING = "/admin/payouts/"


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def tamara() -> Client:
    return desk.signed_in(desk.treasurer())


def a_payout(payout_id: str = "po_1", **fields: Any) -> Payout:
    values = {"amount": 9700, "currency": "USD", "status": "paid", "created": desk.PAID_AT, "lines_total": 9700}
    return Payout.objects.create(payout_id=payout_id, **{**values, **fields})


def a_line(payout: Payout, number: int, **fields: Any) -> BalanceLine:
    values = {
        "type": "charge", "source_id": f"ch_{number}", "amount": 5000, "fee": 150, "net": 4850, "currency": "USD",
        "created": desk.PAID_AT + timedelta(seconds=number), "state": "booked",
    }  # fmt: skip
    return BalanceLine.objects.create(line_id=f"txn_{payout.pk}_{number}", payout=payout, **{**values, **fields})


def details(payout: Payout) -> str:
    return reverse("payouts:inspect", args=[payout.pk])


def test_a_difference_is_named_and_red(tamara: Client) -> None:
    a_payout("po_good")
    bad = a_payout("po_bad", lines_total=9000)
    listing = tamara.get(LISTING).content.decode()
    assert listing.count("payments-bad") == 1
    assert "$7.00" in listing
    page = tamara.get(details(bad)).content.decode()
    assert "$7.00 is not explained by its lines." in page
    assert 'class="payments-bad"' in page


def test_a_payout_that_adds_up_has_nothing_red(tamara: Client) -> None:
    page = tamara.get(details(a_payout())).content.decode()
    assert "payments-bad" not in page
    assert "not explained" not in page


def test_a_payout_made_by_hand_is_not_itemisable(tamara: Client) -> None:
    payout = a_payout(automatic=False, lines_total=None)
    assert "not itemisable" in tamara.get(LISTING).content.decode()
    assert "Not itemisable." in tamara.get(details(payout)).content.decode()


def test_a_payout_still_to_be_itemised_says_so(tamara: Client) -> None:
    a_payout(lines_total=None)
    assert "not known yet" in tamara.get(LISTING).content.decode()


def test_lines_lead_to_their_payments(tamara: Client) -> None:
    paid, refunded = desk.a_paid_payment(), desk.a_paid_payment()
    refunded.refunds.create(amount=5000, refund_id="re_9", status="succeeded")
    payout = a_payout()
    a_line(payout, 1, source_id=paid.charge_id)
    a_line(payout, 2, source_id="re_9", type="refund", amount=-5000, fee=0, net=-5000)
    a_line(payout, 3, source_id="ch_unknown")
    page = tamara.get(details(payout)).content.decode()
    for payment in (paid, refunded):
        assert reverse("payments:inspect", args=[payment.pk]) in page
    assert "ch_unknown" in page
    assert "-$50.00" in page


def test_details_ask_as_often_for_200_lines_as_for_10(tamara: Client, django_assert_max_num_queries: Any) -> None:
    payout = a_payout()
    counts = []
    for start, end in ((0, 10), (10, 10), (10, 200)):
        for number in range(start, end):
            a_line(payout, number)
        with django_assert_max_num_queries(60) as counted:
            page = tamara.get(details(payout)).content.decode()
        counts.append(len(counted.captured_queries))
    assert counts[1] == counts[2]
    assert "Page 1 of 2" in page
