from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from payments.health import CLOCK_LATE, WORKER_LATE, look
from payments.issues import KINDS, close_issue, open_issue
from payments.models import Event, ScheduledJob
from tests.payments import desk

pytestmark = pytest.mark.django_db
HOME = "/admin/"


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def tamara() -> Client:
    return desk.signed_in(desk.treasurer())


@pytest.fixture
def clock_runs() -> ScheduledJob:
    now = timezone.now()
    return ScheduledJob.objects.create(
        name="payments.sweep_checkouts", next_run=now + timedelta(minutes=5), last_run=now, last_seconds=0.25
    )


def test_all_is_well_when_everything_is_worked_off(clock_runs: ScheduledJob) -> None:
    desk.an_event(status=Event.Status.DONE, done_at=timezone.now())
    desk.an_event(next_attempt_at=timezone.now() + timedelta(minutes=30))
    assert look(timezone.now()).is_good


def test_an_event_that_nobody_takes_means_a_late_worker(clock_runs: ScheduledJob) -> None:
    now = timezone.now()
    event = desk.an_event(next_attempt_at=now, received_at=now)
    assert look(now + WORKER_LATE / 2).is_good
    late = look(now + WORKER_LATE + timedelta(seconds=1))
    assert late.worker_is_late and not late.is_good
    assert late.waiting_since == event.received_at


def test_a_job_that_does_not_start_means_a_late_clock(clock_runs: ScheduledJob) -> None:
    assert look(clock_runs.next_run + CLOCK_LATE / 2).is_good
    assert look(clock_runs.next_run + CLOCK_LATE + timedelta(seconds=1)).clock_is_late


def test_a_clock_that_never_ran_is_late() -> None:
    assert look(timezone.now()).clock_is_late


def test_parked_events_open_issues_and_failing_jobs_are_not_well(clock_runs: ScheduledJob) -> None:
    desk.a_parked_event()
    assert look(timezone.now()).parked == 1
    Event.objects.all().delete()
    open_issue("payout_differs", "po_1", "")
    assert look(timezone.now()).open_issues == 1
    close_issue("payout_differs", "po_1")
    ScheduledJob.objects.update(last_error="StripeUnavailable: no answer")
    health = look(timezone.now())
    assert health.failing_jobs == ("payments.sweep_checkouts",)
    assert not health.is_good


@pytest.mark.parametrize("kind", ["webhook_version", "webhook_mode", "webhook_clock"])
def test_trouble_with_the_webhook_is_a_banner_on_the_first_page(tamara: Client, kind: str) -> None:
    assert KINDS[kind] not in tamara.get(HOME).content.decode().replace("&#x27;", "'")
    open_issue(kind, "subject", "Events come otherwise.")
    page = tamara.get(HOME).content.decode().replace("&#x27;", "'")
    assert KINDS[kind] in page
    assert "help-critical" in page


def test_panel_leads_to_what_waits(tamara: Client, clock_runs: ScheduledJob) -> None:
    desk.a_parked_event()
    page = tamara.get(HOME).content.decode()
    assert "/admin/stripe_events/?status=parked" in page
    assert "/admin/payment_issues/?is_open=open" in page


def test_charlie_without_permission_sees_no_panel() -> None:
    charlie = desk.signed_in(desk.colleague())
    assert "payments-health" not in charlie.get(HOME).content.decode()


def test_jobs_show_last_run_next_run_and_error(tamara: Client, clock_runs: ScheduledJob) -> None:
    ScheduledJob.objects.update(last_error="StripeUnavailable: no answer")
    page = tamara.get("/admin/scheduled_jobs/").content.decode()
    for text in ("payments.sweep_checkouts", "0.2 s", "StripeUnavailable: no answer"):
        assert text in page


def test_health_asks_as_often_however_many_events_there_are(
    clock_runs: ScheduledJob, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(11):
        look(timezone.now())
    for _ in range(50):
        desk.a_parked_event()
    with django_assert_num_queries(11):
        look(timezone.now())
