"""Whoever began to pay and never did is a payer, and no supporter."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from payments.models import Payment
from receipts.merging import merge
from receipts.models import Payer
from receipts.supporters import supporters
from tests.payments import desk
from tests.receipts.books import a_payer

pytestmark = pytest.mark.django_db

Status = Payment.Status


@pytest.fixture
def tried() -> Payer:
    payment = desk.an_open_payment()
    return payment.payer


@pytest.mark.parametrize(
    ("status", "is_one"),
    [
        (Status.CREATED, False), (Status.OPEN, False), (Status.FAILED, False), (Status.EXPIRED, False),
        (Status.PROCESSING, True), (Status.PARKED, True),
    ],
)  # fmt: skip
def test_money_on_its_way_makes_one_and_a_try_does_not(tried: Payer, status: str, is_one: bool) -> None:
    Payment.objects.update(status=status)
    assert supporters().filter(pk=tried.pk).exists() == is_one


def test_a_payment_makes_one_whatever_failed_before_and_after() -> None:
    payer = desk.a_paid_payment().payer
    desk.an_open_payment(payer=payer)
    assert supporters().get(pk=payer.pk)


def test_whom_staff_wrote_down_is_one_before_any_payment() -> None:
    assert a_payer() in supporters()


def test_what_was_booked_makes_one_though_a_checkout_failed(tried: Payer) -> None:
    desk.a_paid_payment(payer=tried)
    Payment.objects.filter(transaction=None).update(status=Status.FAILED)
    assert tried in supporters()


def test_a_payer_stands_for_what_was_merged_into_it(tried: Payer) -> None:
    paid = desk.a_paid_payment(payer=a_payer(name="Paula", email="paula@example.org")).payer
    merge(kept=tried, merged=paid, by=None)
    assert tried in supporters() and paid not in supporters()


def test_staffs_list_leaves_them_out_and_their_search_finds_them(tried: Payer, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    staff = Client()
    staff.force_login(User.objects.create_superuser("terry@example.org"))
    link = reverse("payers:inspect", args=[tried.pk])
    assert link not in staff.get(reverse("payers:index")).content.decode()
    assert link in staff.get(reverse("payers:index"), {"q": tried.email}).content.decode()
