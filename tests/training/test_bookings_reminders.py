"""Reminders: a day and an hour before, once each, to who comes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import OutgoingMail
from tests.training.booked import a_booking, a_payer
from training.bookings import reminding
from training.models import Enrolment, Meeting, Reminder, Session

pytestmark = pytest.mark.django_db


def begins_in(session: Session, booked_ago: timedelta = timedelta(days=9), **time: Any) -> None:
    now = timezone.now()
    starts = now + timedelta(**time)
    Meeting.objects.update(starts_at=starts, ends_at=starts + timedelta(hours=2))
    Session.objects.update(starts_at=starts, ends_at=starts + timedelta(hours=2))
    Enrolment.objects.update(confirmed_at=now - booked_ago)


def told() -> list[str]:
    return list(OutgoingMail.objects.filter(kind="training/mail/seat_reminder").values_list("to", flat=True))


def test_a_day_and_an_hour_before_once_each(session: Session) -> None:
    a_booking(session.tickets.get())
    begins_in(session, hours=24, minutes=5)
    assert reminding.remind_all() == 0
    begins_in(session, hours=23, minutes=55)
    assert (reminding.remind_all(), reminding.remind_all()) == (1, 0)
    begins_in(session, minutes=59)
    assert (reminding.remind_all(), reminding.remind_all()) == (1, 0)
    begins_in(session, minutes=-1)
    assert reminding.remind_all() == 0
    assert set(Reminder.objects.values_list("kind", flat=True)) == {"day", "hour"} and len(told()) == 2
    texts = [mail.text for mail in OutgoingMail.objects.filter(kind="training/mail/seat_reminder").order_by("pk")]
    assert "within a day" in texts[0] and "within an hour" in texts[1]


def test_one_mail_for_seats_that_nobody_is_named_for_and_one_to_each_who_is(session: Session) -> None:
    booking = a_booking(session.tickets.get(), 3, payer=a_payer("bo@example.org", name="Bo"))
    Enrolment.objects.filter(pk=booking.enrolments.all()[0].pk).update(email="ann@example.org", language="es")
    begins_in(session, hours=20)
    assert reminding.remind_all() == 2
    assert sorted(told()) == ["ann@example.org", "bo@example.org"] and Reminder.objects.count() == 3
    spanish = OutgoingMail.objects.get(kind="training/mail/seat_reminder", to="ann@example.org")
    assert "Empieza dentro de un día" in spanish.text


@pytest.mark.parametrize("state", ["cancelled session", "given up", "just booked"])
def test_who_need_not_be_reminded_is_not(session: Session, state: str) -> None:
    a_booking(session.tickets.get())
    begins_in(session, timedelta(minutes=5) if state == "just booked" else timedelta(days=9), hours=20)
    if state == "cancelled session":
        Session.objects.update(state="cancelled", cancelled_at=timezone.now())
    if state == "given up":
        Enrolment.objects.update(state="cancelled", holds_seat=False, cancelled_at=timezone.now())
    assert reminding.remind_all() == 0
