"""Faults of delivery: twice, backwards, never, before and after the payer's return."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments import repair, worker
from payments.mirror import MIRRORS
from payments.models import Event, Issue, ObjectLease, Payment, Plan, ScheduledJob
from tests.faults.road import Road, event, post_event

pytestmark = pytest.mark.django_db


def come_back(payment: Payment, client: Client | None = None) -> str:
    response = (client or Client()).get(reverse("checkout_return"), {"session": payment.session_id})
    assert response.status_code == 200
    return response.content.decode()


def test_f01_an_event_delivered_five_times_has_one_effect(road: Road) -> None:
    payment = road.start_and_pay()
    count = road.deliver(times=5)
    road.work_off()
    assert Event.objects.count() == count
    assert road.offering(payment).paid_count == 1
    assert len(road.bookings()) == 1


def test_f02_several_events_about_one_payment_fulfil_once(road: Road) -> None:
    payment = road.start_and_pay(interval="month")
    types = {held["type"] for held in road.sandbox.held()}
    assert {"checkout.session.completed", "invoice.paid", "payment_intent.succeeded"} <= types
    for one in sorted(types):
        road.deliver(types=(one,))
        road.work_off()
    assert road.offering(payment).paid_count == 1
    assert len(road.bookings()) == len(road.bookings("stripe:fee:ch_")) == 1


class TestF03StaleSnapshots:
    def test_updated_before_created_ends_active(self, road: Road) -> None:
        payment = road.start_and_pay(interval="month")
        road.deliver(backwards=True)
        road.work_off()
        assert road.plan(payment).status == "active"

    def test_a_reading_taken_earlier_never_overwrites_a_later_one(self, road: Road) -> None:
        payment = road.start_and_pay(interval="month")
        road.deliver_and_work_off()
        plan = road.plan(payment)
        early = MIRRORS["subscription"].read(plan.subscription_id)
        road.sandbox.control("POST", f"/_sandbox/subscriptions/{plan.subscription_id}/cancel", at_period_end=False)
        road.deliver_and_work_off()
        MIRRORS["subscription"].apply(early)
        assert road.plan(payment).status == "canceled"


def test_f04_the_webhook_before_the_return_shows_the_result(road: Road) -> None:
    payment = road.start_and_pay()
    road.deliver_and_work_off()
    road.sandbox.clear_log()
    assert "Thank you" in come_back(payment)
    assert road.sandbox.log() == [], "what is paid needs no more questions"
    assert road.offering(payment).paid_count == 1


def test_f05_the_return_before_the_webhook_fulfils(road: Road) -> None:
    payment = road.start_and_pay()
    assert "Thank you" in come_back(payment)
    assert road.offering(payment).paid_count == 1
    road.deliver_and_work_off()
    assert road.offering(payment).paid_count == 1
    assert len(road.bookings()) == 1


def test_f06_nobody_returns_and_the_webhook_fulfils(road: Road) -> None:
    payment = road.start_and_pay()
    road.deliver_and_work_off()
    payment.refresh_from_db()
    assert payment.status == Payment.Status.PAID
    assert road.offering(payment).paid_count == 1


class TestF07WebhookLost:
    def test_events_that_never_arrived_are_fetched(self, road: Road) -> None:
        payment = road.start_and_pay(interval="month")
        road.drop()
        assert repair.catch_up() > 0
        road.work_off()
        assert road.offering(payment).paid_count == 1
        assert repair.catch_up() == 0

    def test_a_forgotten_checkout_is_asked_about(self, road: Road) -> None:
        payment = road.start_and_pay()
        road.drop()
        Payment.objects.update(created_at=timezone.now() - timedelta(hours=1))
        repair.sweep_checkouts()
        assert road.offering(payment).paid_count == 1


class TestF08LongOutage:
    def test_the_first_event_after_an_outage_does_not_hide_the_gap(self, road: Road) -> None:
        lost = road.start_and_pay()
        road.drop()
        road.sandbox.advance(4 * 86400)
        job, _ = ScheduledJob.objects.get_or_create(name=repair.REREAD_JOB, defaults={"next_run": timezone.now()})
        ScheduledJob.objects.filter(pk=job.pk).update(last_success=timezone.now() - timedelta(days=1))
        road.start_and_pay()
        road.deliver_and_work_off()
        repair.catch_up()
        road.work_off()
        assert road.offering(lost).paid_count == 1
        assert road.books_agree()

    def test_after_forty_days_the_objects_themselves_are_read(self, road: Road) -> None:
        gift, plan = road.start_and_pay(), road.start_and_pay(interval="month", amount=1500)
        road.drop()
        repair.resync_objects(timezone.now() - timedelta(days=40))
        assert road.offering(gift).paid_count == road.offering(plan).paid_count == 1
        assert Plan.objects.get().status == "active"
        assert road.books_agree()

    def test_the_job_chooses_objects_when_events_are_too_old(self, road: Road) -> None:
        payment = road.start_and_pay()
        road.drop()
        ScheduledJob.objects.create(
            name=repair.REREAD_JOB,
            next_run=timezone.now(),
            last_success=timezone.now() - timedelta(days=40),
        )
        # Stripe has forgotten the events by now.
        road.sandbox.forget_events()
        repair.catch_up()
        assert road.offering(payment).paid_count == 1


class TestF53NotHereYet:
    def test_an_event_of_ours_without_a_row_waits_and_is_applied(self, road: Road) -> None:
        payment = road.start_and_pay()
        kept = {field: getattr(payment, field) for field in ("public_id", "session_id")}
        # The row is committed a moment after the event arrives.
        Payment.objects.filter(pk=payment.pk).update(public_id="00000000-0000-4000-8000-000000000000", session_id=None)
        road.deliver()
        worker.work_off()
        waiting = Event.objects.get(type="checkout.session.completed")
        assert waiting.status == Event.Status.RECEIVED and waiting.attempts == 1
        assert waiting.next_attempt_at > timezone.now()
        Payment.objects.filter(pk=payment.pk).update(**kept)
        road.work_off()
        assert road.offering(payment).paid_count == 1

    def test_it_is_parked_for_a_person_when_it_never_comes(self, road: Road) -> None:
        payment = road.start_and_pay()
        Payment.objects.filter(pk=payment.pk).update(public_id="00000000-0000-4000-8000-000000000000", session_id=None)
        road.deliver(types=("checkout.session.completed",))
        road.work_off()
        assert Event.objects.get().status == Event.Status.PARKED
        assert Issue.objects.filter(kind="event_parked").exists()


def test_stripe_away_for_hours_parks_nothing(road: Road) -> None:
    payment = road.start_and_pay(interval="month")
    road.deliver()
    road.sandbox.fault("*", "drop_before", times=400)
    for _ in range(worker.ATTEMPTS + 3):
        Event.objects.update(next_attempt_at=timezone.now())
        worker.work_off(limit=1)
    assert not Event.objects.filter(status=Event.Status.PARKED).exists()
    road.sandbox.clear_faults()
    road.work_off()
    assert road.offering(payment).paid_count == 1


def test_one_bad_object_does_not_stop_a_repair_job(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = road.start_and_pay(), road.start_and_pay()
    road.drop()
    Payment.objects.update(created_at=timezone.now() - timedelta(hours=1))
    mirror = MIRRORS["checkout.session"]

    def apply(reading: object) -> None:
        if reading.session.id == bad.session_id:  # type: ignore[attr-defined]
            raise KeyError("a bug, with somebody's name in its text")
        mirror.apply(reading)

    monkeypatch.setitem(MIRRORS, "checkout.session", mirror.__class__(read=mirror.read, apply=apply))
    repair.sweep_checkouts()
    assert road.offering(good).paid_count == 1


def test_a_crash_while_releasing_releases_later(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    payment = road.start()
    road.sandbox.advance(2 * 86400)
    Payment.objects.update(created_at=timezone.now() - timedelta(hours=1))
    kind = type(road.offering(payment))
    released = kind.released

    def crash(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(kind, "released", crash)
    with pytest.raises(KeyboardInterrupt):
        repair.sweep_checkouts()
    monkeypatch.setattr(kind, "released", released)
    repair.sweep_checkouts()
    assert road.offering(payment).released_count == 1


class TestF57Poison:
    @pytest.fixture
    def poisoned(self, road: Road, monkeypatch: pytest.MonkeyPatch) -> Payment:
        """One payment whose fulfilment raises, told before a good one."""
        bad = road.start_and_pay(name="poison")
        original = type(road.offering(bad)).paid

        def paid(offering: object, transaction: object) -> None:
            if getattr(offering, "name", "") == "poison":
                raise RuntimeError("a bug")
            original(offering, transaction)  # type: ignore[arg-type]

        monkeypatch.setattr(type(road.offering(bad)), "paid", paid)
        return bad

    def test_it_does_not_block_others_and_is_parked(self, road: Road, poisoned: Payment) -> None:
        good = road.start_and_pay()
        road.deliver_and_work_off()
        assert road.offering(good).paid_count == 1
        assert not road.bookings() or len(road.bookings()) == 1
        parked = Event.objects.filter(status=Event.Status.PARKED)
        # Where it happened; the text of an error may quote people's data.
        assert parked and all("RuntimeError in" in one.error and "a bug" not in one.error for one in parked)

    def test_after_the_mend_it_is_replayed(
        self, road: Road, poisoned: Payment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        road.deliver_and_work_off()
        assert not road.bookings(), "a failed fulfilment must not leave its money booked alone"
        monkeypatch.undo()
        for one in Event.objects.filter(status=Event.Status.PARKED):
            one.retry()
        road.work_off()
        assert road.offering(poisoned).paid_count == 1
        assert road.books_agree()


class TestF58Crash:
    def test_a_crash_in_the_booking_leaves_nothing(self, road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
        payment = road.start_and_pay()
        road.deliver(types=("checkout.session.completed",))

        def crash(*_: object) -> None:
            assert road.bookings(), "it must die after the booking was written"
            raise KeyboardInterrupt

        monkeypatch.setattr(worker, "_finish", crash)
        with pytest.raises(KeyboardInterrupt):
            worker.work_off()
        monkeypatch.undo()
        assert not road.bookings()
        road.work_off()
        assert road.offering(payment).paid_count == 1

    def test_an_abandoned_lease_is_taken_over_when_it_runs_out(self, road: Road) -> None:
        payment = road.start_and_pay()
        road.deliver()
        for one in Event.objects.all():
            worker.lease(one.object_id)
        road.work_off()
        assert not road.bookings(), "somebody else holds them"
        ObjectLease.objects.update(leased_until=timezone.now())
        road.work_off()
        assert road.offering(payment).paid_count == 1

    def test_a_worker_that_lost_its_lease_writes_nothing(self, road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
        payment = road.start_and_pay()
        road.deliver(types=("checkout.session.completed",))
        read = MIRRORS["checkout.session"].read

        def slow_read(object_id: str) -> object:
            reading = read(object_id)
            # We were away so long that another worker took over.
            ObjectLease.objects.update(token="another", leased_until=timezone.now() + timedelta(minutes=1))
            return reading

        monkeypatch.setitem(
            MIRRORS,
            "checkout.session",
            worker.MIRRORS["checkout.session"].__class__(read=slow_read, apply=MIRRORS["checkout.session"].apply),
        )
        worker.work_off()
        assert not road.bookings()
        assert road.offering(payment).paid_count == 0


def test_events_of_one_object_never_run_in_parallel(road: Road) -> None:
    payment = road.start_and_pay()
    token = worker.lease(payment.session_id or "")
    assert token and worker.lease(payment.session_id or "") is None
    with pytest.raises(worker.Busy):
        worker.sync("checkout.session", payment.session_id or "")
    worker.release_lease(payment.session_id or "", token)
    worker.sync("checkout.session", payment.session_id or "")
    assert road.offering(payment).paid_count == 1


def test_leases_that_ran_out_are_forgotten_and_do_no_harm(road: Road) -> None:
    payment = road.start_and_pay()
    road.deliver_and_work_off()
    held = worker.lease("cs_held")
    assert worker.forget_leases() > 0
    assert list(ObjectLease.objects.values_list("object_id", "token")) == [("cs_held", held)]
    worker.sync("checkout.session", payment.session_id or "")


def test_f55_an_unknown_type_is_put_aside_without_a_question_to_stripe(road: Road) -> None:
    post_event(event(type="moon.landed", data={"object": {"id": "moon_1", "object": "moon"}}))
    road.sandbox.clear_log()
    road.work_off()
    assert Event.objects.get().status == Event.Status.IGNORED
    assert road.sandbox.log() == []
