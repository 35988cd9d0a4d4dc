"""F63: a card's issuer warns of fraud before anybody disputes."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from payments import repair
from payments.answering_warnings import refund_warned
from payments.models import Event, FraudWarning, Issue, Payment, Refund
from payments.refunding import request_refund
from receipts.models import Receipt
from tests.faults.road import Road
from tests.faults.test_foreign import foreign_sale  # noqa: F401 - a fixture
from tests.payments import desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def warned(road: Road) -> Payment:
    return a_warned_payment(road)


def a_warned_payment(road: Road, **fields: Any) -> Payment:
    payment = road.start_and_pay(**fields)
    road.deliver_and_work_off()
    payment.refresh_from_db()
    road.sandbox.warn_of_fraud(payment.charge_id or "")
    road.deliver_and_work_off(times=2)
    return payment


def open_issues() -> list[Issue]:
    return list(Issue.objects.filter(kind="fraud_warning", closed_at__isnull=True))


class TestF63StaffAreAsked:
    def test_a_warning_is_an_issue_and_nothing_moves(self, road: Road, warned: Payment) -> None:
        (issue,) = open_issues()
        assert issue.payment == warned and "made with stolen card" in issue.detail
        assert FraudWarning.objects.get().actionable
        assert refund_warned() == 0, "the setting is off"
        assert not Refund.objects.exists() and Receipt.objects.get().is_live

    def test_the_issue_has_a_refund_button_for_who_may_refund(self, warned: Payment, settings: Any) -> None:
        settings.STAFF_SECOND_FACTOR = False
        page = reverse("payment_issues:inspect", args=[open_issues()[0].pk])
        refund = reverse("payments:refund", args=[warned.pk])
        assert refund in desk.signed_in(desk.treasurer()).get(page).content.decode()
        onlooker = desk.colleague("view_issue", "view_payment")
        assert refund not in desk.signed_in(onlooker).get(page).content.decode()

    def test_the_warning_is_shown_on_the_payment(self, warned: Payment, settings: Any) -> None:
        settings.STAFF_SECOND_FACTOR = False
        page = desk.signed_in(desk.treasurer()).get(reverse("payments:inspect", args=[warned.pk]))
        assert FraudWarning.objects.get().warning_id in page.content.decode()

    def test_a_refund_settles_it(self, road: Road, warned: Payment) -> None:
        request_refund(warned, amount=1000, reason="", by=None)
        road.deliver_and_work_off()
        assert open_issues(), "a part of it is not enough"
        request_refund(warned, amount=4000, reason="", by=None)
        road.deliver_and_work_off()
        assert not open_issues() and not FraudWarning.objects.get().actionable

    def test_a_dispute_takes_its_place(self, road: Road, warned: Payment) -> None:
        road.sandbox.control("POST", f"/_sandbox/charges/{warned.charge_id}/dispute")
        road.deliver_and_work_off()
        assert not open_issues() and Issue.objects.filter(kind="dispute_open", closed_at=None).exists()

    def test_a_warning_that_comes_before_its_payment_waits_for_it(self, road: Road) -> None:
        road.start_and_pay()
        road.sandbox.warn_of_fraud(next(iter(road.sandbox.money()["charges"])))
        road.deliver_and_work_off(backwards=True)
        assert len(open_issues()) == 1

    def test_a_warning_about_another_integration_s_charge_is_ignored(self, road: Road, foreign_sale: str) -> None:  # noqa: F811
        road.sandbox.warn_of_fraud(next(iter(road.sandbox.money()["charges"])))
        road.deliver_and_work_off()
        assert not FraudWarning.objects.exists() and not open_issues()
        assert set(Event.objects.values_list("status", flat=True)) == {Event.Status.IGNORED}


class TestF63RefundedByItself:
    @pytest.fixture(autouse=True)
    def on(self, settings: Any) -> None:
        settings.REFUND_ON_FRAUD_WARNING = True

    def test_it_is_refunded_once_and_whole(self, road: Road, warned: Payment) -> None:
        road.sandbox.warn_of_fraud(warned.charge_id or "", "misc")
        road.deliver_and_work_off()
        assert refund_warned() == 1
        road.deliver_and_work_off(times=2)
        assert refund_warned() == 0
        assert road.sandbox.count("refund") == 1 and Refund.objects.get().amount == 5000
        assert not open_issues() and not Receipt.objects.get().is_live
        assert road.books_agree() and repair.reconcile() == 0

    def test_its_subscription_ends_so_that_the_card_is_not_charged_again(self, road: Road) -> None:
        payment = a_warned_payment(road, interval="month")
        assert refund_warned() == 1
        assert road.plan(payment).status == "canceled"

    def test_stripe_away_is_waited_for(self, road: Road, warned: Payment) -> None:
        road.sandbox.fault("POST /v1/refunds", "drop_after", times=3)
        assert refund_warned() == 0 and FraudWarning.objects.get().answered_at is None
        assert refund_warned() == 1
        assert road.sandbox.count("refund") == 1

    def test_what_stripe_refuses_is_not_tried_for_ever(self, road: Road, warned: Payment) -> None:
        # Refunded in the Dashboard, which we have not heard of yet.
        road.sandbox.control("POST", f"/_sandbox/charges/{warned.charge_id}/refund")
        road.drop()
        assert refund_warned() == refund_warned() == 0
        assert len([call for call in road.sandbox.log() if call["route"] == "POST /v1/refunds"]) == 1
