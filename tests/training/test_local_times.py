"""One session, one local time: on pages, in mails, in the calendar file, on the certificate, and on what staff see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts.models import OutgoingMail
from pages.models import SiteDocument
from tests.reading import text_of
from tests.training.booked import a_booking, the_seat
from tests.training.office import a_seat, address, page, signed_in
from tests.training.rows import make_session
from training.bookings.links import booking_path, token_of_booking
from training.completing.issuing import issue
from training.models import CoursePage, Session
from training.roles import MANAGERS
from training.staff.papers import sign_in_html

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("starts", "zone", "words", "days"),
    [
        # The night in which clocks change.
        (datetime(2090, 3, 12, 6, tzinfo=UTC), "America/New_York",
         "Sunday 12 March 2090, 01:00 Eastern Standard Time to 04:00 Eastern Daylight Time (New York)",
         ("2090-03-12", "2090-03-12")),
        # Another zone, in which it is the next day.
        (datetime(2090, 7, 3, 22, tzinfo=UTC), "Asia/Kathmandu",
         "Tuesday 4 July 2090, 03:45 to 05:45, GMT+05:45 (Kathmandu)", ("2090-07-04", "2090-07-04")),
        # It ends at midnight, and it begins then.
        (datetime(2090, 7, 4, 2, tzinfo=UTC), "America/New_York",
         "Monday 3 July 2090, 22:00 to midnight, Eastern Daylight Time (New York)", ("2090-07-03", "2090-07-03")),
        (datetime(2090, 7, 4, 4, tzinfo=UTC), "America/New_York",
         "Tuesday 4 July 2090, 00:00 to 02:00, Eastern Daylight Time (New York)", ("2090-07-04", "2090-07-04")),
    ],
)  # fmt: skip
def test_page_mail_calendar_and_certificate_say_the_same(
    client: Client, course: CoursePage, starts: datetime, zone: str, words: str, days: tuple[str, str]
) -> None:
    booking = a_booking(make_session(course, starts_at=starts, time_zone=zone).tickets.get())
    mail = OutgoingMail.objects.get(kind="training/mail/booking_confirmed")
    pages = [text_of(client.get(path)) for path in ("/training/sewing-for-a-living/", booking_path(booking))]
    for said in (*pages, mail.text, mail.html):
        assert words in " ".join(said.split())
    file = client.get(reverse("training_calendar", args=[token_of_booking(booking)])).content
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (starts, starts + timedelta(hours=2))
    issued = issue(the_seat(booking))
    assert (issued.starts_on.isoformat(), issued.ends_on.isoformat()) == days


def test_several_days_end_on_the_evening_whose_midnight_is_the_end(client: Client, course: CoursePage) -> None:
    make_session(course, days=2, starts_at=datetime(2090, 7, 4, 2, tzinfo=UTC))
    assert "3 July 2090 to 10 July 2090" in text_of(client.get("/training/sewing-for-a-living/"))


# Two in the afternoon in Auckland; where we are it is the evening before.
MONDAY = datetime(2027, 5, 31, 2, tzinfo=UTC)


def test_staff_read_and_print_what_the_sessions_clocks_show(course: CoursePage, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    mona = signed_in(MANAGERS, "mona@example.org")
    session = make_session(course, starts_at=MONDAY, time_zone="Pacific/Auckland")
    a_seat(session)
    day = session.meetings.get()
    assert "Mon 31 May" in page(mona, address("roster", session))
    attendance = page(mona, address("attendance", session, day.pk))
    assert "Monday 31 May 2027, 14:00" in attendance and "Mon 31 May" in attendance
    assert "<th>Mon 31 May<br>14:00</th>" in sign_in_html(session, [day], [])
    assert "<td>31 May 2027</td>" in page(mona, reverse("training_reports:index"), first="2027-05", last="2027-05")


def test_until_when_somebody_watches_or_chooses(client: Client, course: CoursePage) -> None:
    session = make_session(course, starts_at=datetime(2090, 3, 1, 2, tzinfo=UTC), time_zone="Pacific/Auckland")
    booking = a_booking(session.tickets.get())
    document = SiteDocument(title="Recording")
    document.file.save("talk.txt", ContentFile(b"what was said"), save=False)
    document.save()
    Session.objects.update(replay=document, replay_until=datetime(2090, 3, 31, 2, tzinfo=UTC))
    assert "The recording is here until 31 March 2090, 15:00" in text_of(client.get(booking_path(booking)))
    Session.objects.update(state="cancelled", cancelled_at=datetime(2090, 3, 17, 2, tzinfo=UTC))
    choose = reverse("training_choose", args=[token_of_booking(booking), the_seat(booking).public_id])
    assert "If you choose nothing until 31 March 2090" in text_of(client.get(choose))
