"""F12 to F15: Stripe is slow, busy, broken, or remembers a key that we use for something else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from payments import checkout, gateway, worker
from payments.models import Customer, Event, Issue, Payment, PaymentLine
from payments.refunding import RefundRefused, request_refund
from tests.faults.road import Road, event, post_event
from tests.offering.models import Offering

if TYPE_CHECKING:
    from tests.sandbox_client import Sandbox

pytestmark = pytest.mark.django_db

SESSIONS = "POST /v1/checkout/sessions"
CUSTOMERS = "POST /v1/customers"
# The SDK tries three times by itself.
EVERY_TRY = 3


def calls(road: Road, route: str) -> list[dict[str, Any]]:
    return [call for call in road.sandbox.log() if call["route"] == route]


@pytest.fixture
def impatient(connected_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A client that waits for an answer for a fraction of a second instead of 25."""
    monkeypatch.setattr(gateway, "TIMEOUT", (0.3, 0.3))
    gateway.client.cache_clear()
    yield
    gateway.client.cache_clear()


@pytest.mark.usefixtures("impatient")
class TestF12TimeOut:
    def test_three_time_outs_leave_a_payment_that_goes_on_under_its_key(self, road: Road) -> None:
        offering = Offering.objects.create()
        road.sandbox.fault(SESSIONS, "slow", times=EVERY_TRY, seconds=0.8)
        with pytest.raises(checkout.CheckoutUnavailable):
            road.start_again(offering)
        left = Payment.objects.get()
        assert (left.status, left.session_id) == (Payment.Status.CREATED, None)
        assert Offering.objects.get().released_count == 0, "what it holds, it keeps"
        time.sleep(1)  # The slow answers come to an end at Stripe, unseen by us.
        again = road.start_again(offering)
        assert (again.pk, again.attempt, again.status) == (left.pk, 1, Payment.Status.OPEN)
        assert len({call["idempotency_key"] for call in calls(road, SESSIONS)}) == 1
        assert road.sandbox.count("checkout.session") == Offering.objects.get().pending_count == 1


class TestF13TooManyRequests:
    @pytest.mark.parametrize("kind", ["429", "429_lock_timeout"])
    def test_somebody_who_waits_does_not_notice_one_refusal(self, road: Road, kind: str) -> None:
        road.sandbox.fault(SESSIONS, kind)
        assert road.start().status == Payment.Status.OPEN
        assert [call["status"] for call in calls(road, SESSIONS)] == [429, 200]

    def test_two_refusals_end_in_words_and_no_third_call(self, road: Road) -> None:
        offering = Offering.objects.create()
        road.sandbox.fault(SESSIONS, "429", times=20)
        with pytest.raises(checkout.CheckoutUnavailable):
            road.start_again(offering)
        assert len(calls(road, SESSIONS)) == 2
        road.sandbox.clear_faults()
        assert road.start_again(offering).attempt == 1

    def test_a_refund_waits_a_breath_too(self, road: Road) -> None:
        payment = road.start_and_pay()
        road.deliver_and_work_off()
        payment.refresh_from_db()
        road.sandbox.fault("POST /v1/refunds", "429")
        assert request_refund(payment, amount=1000, reason="", by=None).refund_id

    def test_the_worker_backs_off_with_jitter_and_stops_asking(self, road: Road) -> None:
        for number in range(6):
            post_event(event(id=f"evt_{number}", data={"object": {"id": f"in_{number}", "object": "invoice"}}))
        road.sandbox.fault("*", "429", times=100)
        before = timezone.now()
        assert worker.work_off() == 0, "the command sleeps before its next round"
        assert len(road.sandbox.log()) == 1, "the others would only be refused too"
        waiting = Event.objects.get(attempts=1)
        assert before + timedelta(seconds=1) <= waiting.next_attempt_at <= timezone.now() + timedelta(seconds=2)
        assert {event.status for event in Event.objects.all()} == {Event.Status.RECEIVED}
        assert len({worker._wait(4) for _ in range(20)}) > 15, "many do not come back together"

    def test_a_locked_object_holds_up_no_other(self, road: Road) -> None:
        first, second = road.start_and_pay(), road.start_and_pay()
        road.deliver(types=("checkout.session.completed",))
        road.sandbox.fault("GET /v1/checkout/sessions/{session}", "429_lock_timeout")
        worker.work_off()
        assert (road.offering(first).paid_count, road.offering(second).paid_count) == (0, 1)
        road.work_off()
        assert road.offering(first).paid_count == 1

    def test_refusals_without_end_park_nothing(self, road: Road) -> None:
        payment = road.start_and_pay()
        road.deliver(types=("checkout.session.completed",))
        road.sandbox.fault("*", "429", times=1000)
        for _ in range(worker.ATTEMPTS + 3):
            Event.objects.update(next_attempt_at=timezone.now())
            worker.work_off()
        assert Event.objects.get().status == Event.Status.RECEIVED and not Issue.objects.exists()
        road.sandbox.clear_faults()
        road.work_off()
        assert road.offering(payment).paid_count == 1


class TestF14AnErrorThatTheKeyRemembers:
    def test_another_key_is_used_once_nothing_is_found(self, road: Road) -> None:
        road.sandbox.fault(SESSIONS, "500")
        payment = road.start()
        assert (payment.attempt, payment.status) == (2, Payment.Status.OPEN)
        made = calls(road, SESSIONS)
        assert [(call["status"], call["replayed"]) for call in made] == [
            (500, False), (500, True), (500, True), (200, False),
        ]  # fmt: skip
        assert len({call["idempotency_key"] for call in made}) == 2
        assert calls(road, "GET /v1/checkout/sessions"), "it was looked for first"

    def test_a_session_that_was_made_all_the_same_is_adopted(self, road: Road) -> None:
        road.sandbox.fault(SESSIONS, "500_after")
        payment = road.start()
        assert (payment.attempt, payment.status) == (1, Payment.Status.OPEN)
        assert road.sandbox.ids("checkout.session") == [payment.session_id], "nobody can pay twice"

    def test_without_an_answer_to_the_look_up_nothing_new_is_tried(self, road: Road) -> None:
        offering = Offering.objects.create()
        road.sandbox.fault(SESSIONS, "500_after")
        road.sandbox.fault("GET /v1/checkout/sessions", "503", times=EVERY_TRY)
        with pytest.raises(checkout.CheckoutUnavailable):
            road.start_again(offering)
        assert Payment.objects.get().attempt == 1
        payment = road.start_again(offering)
        assert road.sandbox.ids("checkout.session") == [payment.session_id]

    def test_a_customer_that_was_made_all_the_same_is_adopted(self, road: Road) -> None:
        road.sandbox.fault(CUSTOMERS, "500_after")
        assert road.start().status == Payment.Status.OPEN
        assert road.sandbox.ids("customer") == [Customer.objects.get().stripe_id]

    def test_a_customer_that_was_not_made_is_made_under_another_key(self, road: Road) -> None:
        road.sandbox.fault(CUSTOMERS, "500")
        assert road.start().status == Payment.Status.OPEN
        assert road.sandbox.ids("customer") == [Customer.objects.get().stripe_id]

    def test_a_refund_that_was_made_all_the_same_is_not_made_twice(self, road: Road) -> None:
        payment = road.start_and_pay()
        road.deliver_and_work_off()
        payment.refresh_from_db()
        road.sandbox.fault("POST /v1/refunds", "500_after")
        with pytest.raises(RefundRefused, match="made the refund"):
            request_refund(payment, amount=2000, reason="", by=None)
        road.deliver_and_work_off()
        assert road.sandbox.count("refund") == 1 and payment.refunded_amount == 2000


class TestF15AKeyUsedForSomethingElse:
    def lose_the_answer(self, road: Road) -> Offering:
        offering = Offering.objects.create(amount=5000)
        road.sandbox.fault(SESSIONS, "drop_after", times=EVERY_TRY)
        with pytest.raises(checkout.CheckoutUnavailable):
            road.start_again(offering)
        return offering

    def test_in_another_language_the_payer_gets_to_the_session_that_there_is(self, road: Road) -> None:
        offering = self.lose_the_answer(road)
        payment = checkout.start(payer=road.payer, payables=[offering], cancel_path="/", locale="fr")
        assert payment.status == Payment.Status.OPEN
        assert road.sandbox.ids("checkout.session") == [payment.session_id]
        assert Issue.objects.get(kind="key_reused").payment == payment

    def test_a_price_edited_between_is_asked_for_under_another_key(self, road: Road) -> None:
        offering = self.lose_the_answer(road)
        PaymentLine.objects.update(amount=7000)
        Payment.objects.update(amount=7000)
        payment = road.start_again(offering)
        old, new = (gateway.read_session(name) for name in road.sandbox.ids("checkout.session"))
        assert (old.status, new.status, new.amount_total) == ("expired", "open", 7000)
        assert (payment.session_id, payment.attempt) == (new.id, 2)
        assert Issue.objects.get(kind="key_reused").subject == str(payment.public_id)
        road.pay(payment)
        road.deliver_and_work_off()
        assert road.offering(payment).paid_count == 1 and road.books_agree()
