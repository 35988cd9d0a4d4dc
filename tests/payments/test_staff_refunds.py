from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from payments import checkout, worker
from payments.models import Payment, Refund
from payments.refunding import request_refund
from receipts.ledger import unrefunded
from tests.offering.models import Offering
from tests.payments import desk
from tests.receipts.books import a_payer, an_issuer, books_balance

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def tamara() -> Client:
    return desk.signed_in(desk.treasurer())


@pytest.fixture
def payment(connected_sandbox: Sandbox) -> Payment:
    """$50.00, really paid at the sandbox and booked."""
    started = checkout.start(payer=a_payer(), payables=[Offering.objects.create()], cancel_path="/")
    connected_sandbox.complete(str(started.session_id))
    worker.sync("checkout.session", str(started.session_id))
    started.refresh_from_db()
    return started


def refund_page(payment: Payment) -> str:
    return reverse("payments:refund", args=[payment.pk])


def fill_in(client: Client, payment: Payment, **typed: Any) -> Any:
    payment.refresh_from_db()
    form = {"amount": "50.00", "reason": "Asked for by phone", "given_back": payment.refunded_amount}
    return client.post(refund_page(payment), {**form, **typed})


def confirm(client: Client, payment: Payment, **typed: Any) -> Any:
    return fill_in(client, payment, step="confirmed", **typed)


def test_form_offers_what_is_left_of_the_payment(tamara: Client, payment: Payment) -> None:
    confirm(tamara, payment, amount="12.50")
    page = tamara.get(refund_page(payment))
    assert page.context["form"]["amount"].value() == "37.50"
    assert "At most $37.50" in page.content.decode()


def test_money_leaves_only_after_the_second_look(tamara: Client, payment: Payment) -> None:
    page = fill_in(tamara, payment, amount="20").content.decode()
    assert "Give $20.00 back to Grace Okafor?" in page
    assert not payment.refunds.exists()
    assert confirm(tamara, payment, amount="20").status_code == 302
    refund = payment.refunds.get()
    assert (refund.amount, refund.status, refund.reason) == (2000, Refund.Status.SUCCEEDED, "Asked for by phone")
    assert refund.requested_by.email == "tamara@example.org"
    assert unrefunded(payment.transaction) == 3000
    assert books_balance()


def test_refunded_payment_says_so_and_voids_its_receipt(
    tamara: Client, connected_sandbox: Sandbox, payment: Payment
) -> None:
    confirm(tamara, payment)
    page = tamara.get(reverse("payments:inspect", args=[payment.pk])).content.decode()
    assert "Asked for by phone" in page
    assert refund_page(payment) not in page
    charge = connected_sandbox.money()["charges"][payment.charge_id]
    assert charge["refunded"] == 5000


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("0", "Enter an amount above zero."),
        ("-1", "Enter an amount above zero."),
        ("10.505", "Enter an amount with at most 2 decimals."),
        ("ten", "Enter an amount in figures"),
        ("", "This field is required."),
        ("50.01", "That is more than what is left of this payment: $50.00."),
        ("1000000000", "That is more than what is left"),
        ("９", "Enter an amount in figures"),
    ],
)
def test_bad_amount_is_explained_beside_the_field_and_nothing_goes_back(
    tamara: Client, payment: Payment, connected_sandbox: Sandbox, amount: str, sentence: str
) -> None:
    connected_sandbox.clear_log()
    for send in (fill_in, confirm):
        response = send(tamara, payment, amount=amount)
        assert sentence in str(response.context["form"].errors["amount"])
        assert response.context["form"]["amount"].value() == amount
    assert not payment.refunds.exists()
    assert connected_sandbox.log() == []


def test_missing_reason_is_asked_for(tamara: Client, payment: Payment) -> None:
    response = confirm(tamara, payment, reason=" ")
    assert "reason" in response.context["form"].errors
    assert not payment.refunds.exists()


def test_confirming_twice_gives_back_once(tamara: Client, payment: Payment, connected_sandbox: Sandbox) -> None:
    looked_at = {"amount": "10", "given_back": 0}
    confirm(tamara, payment, **looked_at)
    again = confirm(tamara, payment, **looked_at)
    assert "Meanwhile money of this payment was given back" in again.content.decode()
    assert connected_sandbox.money()["charges"][payment.charge_id]["refunded"] == 1000
    assert payment.refunds.count() == 1


def test_stripe_down_keeps_the_request_and_the_next_try_goes_on_with_it(
    tamara: Client, payment: Payment, connected_sandbox: Sandbox
) -> None:
    connected_sandbox.fault("POST /v1/refunds", "503", times=10)
    page = confirm(tamara, payment, amount="50")
    assert "Stripe could not be reached" in page.content.decode()
    waiting = payment.refunds.get()
    assert waiting.status == Refund.Status.REQUESTED

    connected_sandbox.clear_faults()
    page = tamara.get(refund_page(payment))
    assert "did not reach Stripe" in page.content.decode()
    assert page.context["form"]["amount"].value() == "50.00"
    # Another amount typed into the request would be another refund: the waiting one stands.
    assert confirm(tamara, payment, amount="49").status_code == 302
    assert payment.refunds.get().status == Refund.Status.SUCCEEDED
    assert connected_sandbox.money()["charges"][payment.charge_id]["refunded"] == 5000


def test_stripes_refusal_is_told_beside_the_amount(
    tamara: Client, payment: Payment, connected_sandbox: Sandbox
) -> None:
    # Given back in Stripe's dashboard, and its event has not arrived.
    connected_sandbox.control("POST", f"charges/{payment.charge_id}/refund")
    page = confirm(tamara, payment)
    assert "Stripe refused the refund" in str(page.context["form"].errors["amount"])
    assert payment.refunds.get().status == Refund.Status.FAILED


def test_nothing_left_leads_back_to_the_payment(tamara: Client, payment: Payment) -> None:
    request_refund(payment, amount=5000, reason="", by=None)
    response = tamara.get(refund_page(payment), follow=True)
    assert "There is nothing left of this payment to give back." in response.content.decode()


def test_an_unpaid_payment_cannot_be_refunded(tamara: Client) -> None:
    unpaid = desk.an_open_payment()
    assert confirm(tamara, unpaid).status_code == 200
    assert tamara.get(refund_page(unpaid)).status_code == 302
    assert not unpaid.refunds.exists()


def test_charlie_who_may_look_may_not_refund(payment: Payment) -> None:
    charlie = desk.signed_in(desk.colleague("view_payment"))
    details = charlie.get(reverse("payments:inspect", args=[payment.pk]))
    assert details.status_code == 200
    assert refund_page(payment) not in details.content.decode()
    assert charlie.get(refund_page(payment)).status_code == 302
    assert confirm(charlie, payment).status_code == 302
    assert not payment.refunds.exists()


def test_a_refund_stands_in_the_site_history(tamara: Client, payment: Payment) -> None:
    from wagtail.log_actions import registry

    an_issuer()
    confirm(tamara, payment)
    entry = registry.get_logs_for_instance(payment).get()
    assert (entry.action, entry.data["amount"], str(entry.user)) == ("payments.refund", 5000, "tamara@example.org")


class TestTheSubscriptionBehindIt:
    @pytest.fixture
    def dues(self, connected_sandbox: Sandbox) -> Payment:
        offering = Offering.objects.create(interval="month")
        started = checkout.start(payer=a_payer(), payables=[offering], interval="month", cancel_path="/")
        connected_sandbox.complete(str(started.session_id))
        worker.sync("checkout.session", str(started.session_id))
        started.refresh_from_db()
        return started

    def test_it_goes_on_unless_staff_say_otherwise(self, tamara: Client, dues: Payment) -> None:
        assert "goes on and will be charged again" in fill_in(tamara, dues).content.decode()
        confirm(tamara, dues)
        dues.refresh_from_db()
        assert dues.plan and dues.plan.status == "active"

    def test_it_ends_with_the_refund_where_they_do(self, tamara: Client, dues: Payment) -> None:
        confirm(tamara, dues, end_plan="1")
        dues.refresh_from_db()
        assert dues.plan and dues.plan.is_over
        assert Offering.objects.get().plan_status == "canceled"

    def test_that_it_did_not_end_is_said(self, tamara: Client, dues: Payment, connected_sandbox: Sandbox) -> None:
        assert dues.plan
        route = "DELETE /v1/subscriptions/{subscription_exposed_id}"
        connected_sandbox.fault(route, "503", times=9)
        answer = tamara.post(
            refund_page(dues),
            {"amount": "50.00", "reason": "x", "given_back": 0, "step": "confirmed", "end_plan": "1"},
            follow=True,
        )
        assert "could not be ended" in answer.content.decode()
        assert Refund.objects.get().status == Refund.Status.SUCCEEDED
