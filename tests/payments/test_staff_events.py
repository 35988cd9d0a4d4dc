from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments.issues import open_issue
from payments.models import Event, Issue
from tests.payments import desk

pytestmark = pytest.mark.django_db
LISTING = "/admin/stripe_events/"


@pytest.fixture(autouse=True)
def one_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def tamara() -> Client:
    return desk.signed_in(desk.treasurer())


def details(event: Event) -> str:
    return reverse("stripe_events:inspect", args=[event.pk])


def retry(event: Event) -> str:
    return reverse("stripe_events:retry", args=[event.pk])


def test_listing_narrows_by_status_type_and_id(tamara: Client) -> None:
    waiting = desk.an_event(type="invoice.paid", object_id="in_1")
    parked = desk.a_parked_event(type="refund.updated", object_id="re_1")
    for narrowed, expected in (
        ({"status": "parked"}, [parked]),
        ({"type": "invoice.paid"}, [waiting]),
        ({"q": "re_1"}, [parked]),
        ({"q": waiting.event_id}, [waiting]),
        ({"q": "refund"}, [parked]),
    ):
        assert list(tamara.get(LISTING, narrowed).context["object_list"]) == expected, narrowed


def test_listing_asks_as_often_for_200_rows_as_for_10(
    tamara: Client, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from payments.staff.events import EventIndexView

    monkeypatch.setattr(EventIndexView, "get_paginate_by", lambda view, rows: 500)
    counts = []
    for more in (0, 10, 190):
        for _ in range(more):
            desk.a_parked_event()
        with django_assert_max_num_queries(60) as counted:
            tamara.get(LISTING)
        counts.append(len(counted.captured_queries))
    assert counts[1] == counts[2]


def test_details_show_the_error_and_the_payment(tamara: Client) -> None:
    payment = desk.a_paid_payment()
    event = desk.a_parked_event(object_id=payment.charge_id, error="LedgerError: <b>too late</b>")
    page = tamara.get(details(event)).content.decode()
    assert "LedgerError: &lt;b&gt;too late&lt;/b&gt;" in page
    assert reverse("payments:inspect", args=[payment.pk]) in page


def test_try_again_puts_a_parked_event_back_and_closes_its_issue(tamara: Client) -> None:
    event = desk.a_parked_event()
    open_issue("event_parked", event.event_id, "It could not be worked off.")
    assert retry(event) in tamara.get(details(event)).content.decode()
    assert tamara.post(retry(event)).status_code == 302
    event.refresh_from_db()
    assert (event.status, event.attempts) == (Event.Status.RECEIVED, 0)
    assert event.next_attempt_at <= timezone.now()
    assert not Issue.objects.filter(closed_at=None).exists()


def test_a_done_event_is_not_tried_again(tamara: Client) -> None:
    event = desk.an_event(status=Event.Status.DONE, done_at=timezone.now())
    assert retry(event) not in tamara.get(details(event)).content.decode()
    tamara.post(retry(event))
    event.refresh_from_db()
    assert event.status == Event.Status.DONE


def test_a_link_alone_tries_nothing_again(tamara: Client) -> None:
    event = desk.a_parked_event()
    assert tamara.get(retry(event)).status_code == 405
    tamara.get(reverse("stripe_events:retry_parked"))
    event.refresh_from_db()
    assert event.status == Event.Status.PARKED


def test_every_parked_event_at_once_after_a_second_look(tamara: Client) -> None:
    parked = [desk.a_parked_event() for _ in range(3)]
    waiting = desk.an_event(next_attempt_at=timezone.now() + timedelta(hours=1))
    assert "Try 3 again" in tamara.get(LISTING).content.decode()
    page = tamara.get(reverse("stripe_events:retry_parked")).content.decode()
    assert "Try 3 parked events again?" in page
    tamara.post(reverse("stripe_events:retry_parked"))
    assert Event.objects.due(timezone.now()).count() == len(parked)
    assert Event.objects.get(pk=waiting.pk).next_attempt_at > timezone.now()
    assert "again" not in str(tamara.get(LISTING).context["header_buttons"])


def test_charlie_who_may_look_may_not_try_again() -> None:
    event = desk.a_parked_event()
    charlie = desk.signed_in(desk.colleague("view_event"))
    page = charlie.get(details(event))
    assert page.status_code == 200
    assert retry(event) not in page.content.decode()
    assert charlie.post(retry(event)).status_code == 302
    assert charlie.post(reverse("stripe_events:retry_parked")).status_code == 302
    event.refresh_from_db()
    assert event.status == Event.Status.PARKED


def test_charlie_who_may_see_events_does_not_see_whose_payment_it_is() -> None:
    payment = desk.a_paid_payment(name="Noor Haddad")
    event = desk.a_parked_event(object_id=payment.charge_id)
    charlie = desk.signed_in(desk.colleague("view_event"))
    assert "Noor" not in charlie.get(details(event)).content.decode()
