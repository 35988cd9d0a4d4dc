"""The booking behind its link: seen, named and fetched for a calendar without a log-in; by nobody else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from wagtail import hooks

from accounts.models import OutgoingMail, User
from pages.gates import Gate
from pages.models import SiteDocument
from receipts.payers import change_payer
from tests.reading import text_of
from tests.training.booked import a_booking, a_payer, the_seat
from tests.training.rows import make_session
from training.bookings.access import enrolments_of
from training.bookings.links import booking_path, seat_path, token_of_booking, token_of_seat
from training.models import Booking, CoursePage, Enrolment, Session, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(session: Session) -> Booking:
    return a_booking(session.tickets.get())


def pages_of(token: str, seat: Enrolment) -> list[str]:
    """Every page behind a link."""
    own = ["training_name", "training_cancel", "training_move", "training_choose"]
    return [
        reverse("training_booking", args=[token]),
        reverse("training_calendar", args=[token]),
        *(reverse(name, args=[token, seat.public_id]) for name in own),
    ]


def test_the_mailed_link_opens_it_without_a_log_in(client: Client, booking: Booking) -> None:
    mail = OutgoingMail.objects.get(kind="training/mail/booking_confirmed")
    (link,) = re.findall(r"http://testserver(/booking/\S+)", mail.text)
    answer = client.get(link)
    page = text_of(answer)
    assert answer.status_code == 200 and "Sewing for a living" in page and "Tess Tanaka" in page and "$90.00" in page
    assert booking.number in page and "Invoice" in page and "(New York)" in page
    assert "tess" not in link.lower() and "@" not in link
    assert "no-store" in answer["Cache-Control"] and answer["X-Robots-Tag"] == "noindex, nofollow"
    assert mail.subject == "Your booking", "a subject is read on locked screens"


def test_made_up_changed_foreign_and_old_links_are_alike(booking: Booking, course: CoursePage) -> None:
    other = a_booking(make_session(course).tickets.get(), payer=a_payer("bo@example.org", name="Bo"))
    seat, foreign = the_seat(booking), the_seat(other)
    token, theirs = token_of_booking(booking), token_of_booking(other)
    wrong = {
        "x",
        booking.public_id.hex,
        booking.number,
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        f"{booking.public_id.hex}:{theirs.split(':')[1]}",
        # Signed for the seat, and shown for the booking.
        f"{booking.public_id.hex}:{token_of_seat(seat).split(':')[1]}",
    }
    assert {Client().get(page).status_code for made_up in wrong for page in pages_of(made_up, seat)} == {404}
    # With a link of one's own to somebody else's seat.
    assert {Client().get(page).status_code for page in pages_of(token, foreign)[2:]} == {404}
    Session.objects.update(ends_at=timezone.now() - timedelta(days=366))
    assert {Client().get(page).status_code for page in pages_of(token, seat)} == {404}


def test_charlie_gets_404_and_whoever_paid_needs_no_live_link(
    client: Client, booking: Booking, alice: User, charlie: User
) -> None:
    Session.objects.update(ends_at=timezone.now() - timedelta(days=366))
    client.force_login(charlie)
    assert client.get(booking_path(booking)).status_code == 404
    type(booking.payer).objects.update(user=alice)
    client.force_login(alice)
    assert client.get(booking_path(booking)).status_code == 200


def test_a_link_dies_with_the_address_it_was_mailed_to(client: Client, booking: Booking) -> None:
    old = booking_path(booking)
    change_payer(booking.payer, {"email": "tessa@example.org"})
    booking.refresh_from_db()
    assert client.get(old).status_code == 404 and client.get(booking_path(booking)).status_code == 200
    assert the_seat(booking).email == "tessa@example.org"


class TestNaming:
    def name(self, client: Client, token: str, seat: Enrolment, **typed: str) -> Any:
        return client.post(reverse("training_name", args=[token, seat.public_id]), typed, follow=True)

    def test_a_name_behind_an_alias_is_sealed_and_never_shown(self, client: Client, session: Session) -> None:
        booking = a_booking(session.tickets.get(), 2)
        seat = booking.enrolments.all()[0]
        token = token_of_booking(booking)
        answer = self.name(client, token, seat, name="Canary Carter", alias="Robin", email="robin@example.org")
        seat.refresh_from_db()
        assert (seat.shown_as, seat.person, seat.email) == ("Robin", "Canary Carter", "robin@example.org")
        assert "Canary" not in seat.sealed_person and "Robin" in text_of(answer)
        page = client.get(reverse("training_name", args=[token, seat.public_id]))
        assert "Canary" not in page.text
        # The alias can be changed without the name being typed again.
        self.name(client, token, seat, name="", alias="Rook", email="robin@example.org")
        seat.refresh_from_db()
        assert (seat.shown_as, seat.person) == ("Rook", "Canary Carter")
        told = "".join(mail.subject + mail.text + mail.html for mail in OutgoingMail.objects.all())
        assert "Canary" not in told and "Robin" not in told and "Rook" not in told, "no mail says an alias"

    def test_who_is_named_for_is_mailed_a_link_to_that_seat_alone(self, client: Client, session: Session) -> None:
        booking = a_booking(session.tickets.get(), 2)
        first, second = booking.enrolments.all()
        self.name(client, token_of_booking(booking), first, name="Ann", email="ann@example.org")
        self.name(client, token_of_booking(booking), second, name="Zoe", email="zoe@example.org")
        mail = OutgoingMail.objects.get(kind="training/mail/seat_yours", to="ann@example.org")
        (link,) = re.findall(r"http://testserver(/booking/\S+)", mail.text)
        page = text_of(client.get(link))
        assert "Ann" in page and "Zoe" not in page and booking.number not in page and "$" not in page
        token = link.split("/")[2]
        assert client.get(reverse("training_name", args=[token, second.public_id])).status_code == 404
        # The money is not theirs, so they neither end the seat nor move it.
        assert client.get(reverse("training_cancel", args=[token, first.public_id])).status_code == 404
        assert client.get(reverse("training_move", args=[token, first.public_id])).status_code == 404
        self.name(client, token_of_booking(booking), first, name="Ida", email="ida@example.org")
        assert client.get(link).status_code == 404, "another came in their place"

    def test_nobody_writes_to_one_stranger_after_another(self, client: Client, session: Session) -> None:
        booking = a_booking(session.tickets.get(), 2)
        seat = booking.enrolments.all()[0]
        answers = [
            self.name(client, token_of_booking(booking), seat, name="Ann", email=f"ann{number}@example.org")
            for number in range(7)
        ]
        assert [answer.status_code for answer in answers] == [200] * 5 + [422] * 2
        assert OutgoingMail.objects.filter(kind="training/mail/seat_yours").count() == 5

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"name": ""}, "Enter a name."),
            ({"name": "", "alias": "Robin"}, "Enter a name."),
            ({"name": "Ann", "email": "ann"}, "Enter an e-mail address"),
            ({"name": "x" * 121}, "at most 120 characters"),
        ],
    )
    def test_what_is_wrong_is_said_beside_the_field(
        self, client: Client, booking: Booking, typed: dict[str, str], said: str
    ) -> None:
        seat = the_seat(booking)
        answer = client.post(reverse("training_name", args=[token_of_booking(booking), seat.public_id]), typed)
        assert answer.status_code == 422 and said in text_of(answer)
        assert the_seat(booking).shown_as == "Tess Tanaka"


class TestJoining:
    def page(self, client: Client, session: Session, begins_in: timedelta) -> str:
        now = timezone.now()
        Session.objects.filter(pk=session.pk).update(join_url="https://meet.example/secret", is_online=True)
        session.meetings.update(starts_at=now + begins_in, ends_at=now + begins_in + timedelta(hours=2))
        return str(client.get(booking_path(Booking.objects.get())).text)

    def test_the_link_appears_an_hour_before_and_goes_with_the_end(
        self, client: Client, booking: Booking, session: Session
    ) -> None:
        early = self.page(client, session, timedelta(hours=1, minutes=5))
        assert "meet.example" not in early and "It appears here on" in early
        assert "meet.example/secret" in self.page(client, session, timedelta(minutes=55))
        assert "meet.example/secret" in self.page(client, session, -timedelta(minutes=55))
        assert "meet.example" not in self.page(client, session, -timedelta(hours=3))

    def test_who_gave_the_seat_up_is_told_neither_link_nor_address(
        self, client: Client, booking: Booking, session: Session
    ) -> None:
        Session.objects.update(address="12 Hidden Court")
        assert "12 Hidden Court" in self.page(client, session, timedelta(minutes=5))
        Enrolment.objects.update(state="cancelled", holds_seat=False, cancelled_at=timezone.now())
        gone = self.page(client, session, timedelta(minutes=5))
        assert "meet.example" not in gone and "12 Hidden Court" not in gone


class TestCalendar:
    def events(self, client: Client, booking: Booking) -> list[Any]:
        answer = client.get(reverse("training_calendar", args=[token_of_booking(booking)]))
        assert answer["Content-Type"].startswith("text/calendar")
        return list(Calendar.from_ical(answer.content).walk("VEVENT"))

    def test_moments_are_utc_also_on_the_day_clocks_change(self, client: Client, course: CoursePage) -> None:
        # 14 March 2027: at 02:00 it is 03:00 in New York. 01:30 there is 06:30, two hours later it is 04:30 there.
        begins = datetime(2027, 3, 14, 6, 30, tzinfo=UTC)
        booking = a_booking(make_session(course, starts_at=begins).tickets.get())
        (event,) = self.events(client, booking)
        assert event.to_ical().count(b"20270314T063000Z") == event.to_ical().count(b"20270314T083000Z") == 1
        page = text_of(client.get(booking_path(booking)))
        assert "Sunday 14 March 2027, 01:30 Eastern Standard Time to 04:30 Eastern Daylight Time (New York)" in page

    def test_what_was_cancelled_or_changed_replaces_what_was_fetched_before(
        self, client: Client, booking: Booking, session: Session
    ) -> None:
        (first,) = self.events(client, booking)
        assert (first["STATUS"], first["SEQUENCE"]) == ("CONFIRMED", 0)
        Session.objects.update(revision=1)
        (changed,) = self.events(client, booking)
        assert (changed["UID"], changed["SEQUENCE"]) == (first["UID"], 1)
        Session.objects.update(state="cancelled", cancelled_at=timezone.now())
        (cancelled,) = self.events(client, booking)
        assert (cancelled["UID"], cancelled["STATUS"], cancelled["SEQUENCE"]) == (first["UID"], "CANCELLED", 2)
        assert "LOCATION" in first and "LOCATION" not in cancelled, "where exactly is for who has a seat"


class TestReplay:
    @pytest.fixture
    def recording(self, session: Session, tmp_path: Any, settings: Any) -> str:
        document = SiteDocument(title="Recording")
        document.file.save("talk.txt", ContentFile(b"what was said"), save=False)
        document.save()
        Session.objects.filter(pk=session.pk).update(replay=document, replay_until=timezone.now() + timedelta(days=9))
        return reverse("training_replay", args=[session.public_id])

    def test_it_opens_to_who_opened_their_link_and_ends_on_its_day(
        self, client: Client, booking: Booking, recording: str, session: Session
    ) -> None:
        assert client.get(recording).status_code == 404
        assert "Watch the recording" in text_of(client.get(booking_path(booking)))
        answer = client.get(recording)
        assert b"".join(answer.streaming_content) == b"what was said" and "no-store" in answer["Cache-Control"]
        Session.objects.update(replay_until=timezone.now())
        assert client.get(recording).status_code == 404

    def test_members_of_its_groups_find_it_and_watch_it_while_they_are_members(
        self, client: Client, session: Session, recording: str, alice: User, charlie: User
    ) -> None:
        begun = timezone.now() - timedelta(days=3)
        Session.objects.update(starts_at=begun, ends_at=begun + timedelta(hours=2))
        keepers = Group.objects.create(name="Keepers")
        alice.groups.add(keepers)
        live = {keepers.pk}
        gate = Gate(
            groups=lambda: {keepers.pk: "Keepers"},
            live=lambda user: live,
            invitation=lambda request, groups: "Become a keeper",
        )
        page = "/training/sewing-for-a-living/"
        with hooks.register_temporarily("register_gate", lambda: gate):
            assert recording not in client.get(page).text and client.get(recording).status_code == 404
            session.replay_groups.add(keepers)
            assert recording in client.get(page).text
            for user in (None, charlie):
                if user:
                    client.force_login(user)
                answer = client.get(recording)
                assert answer.status_code == 403 and "Become a keeper" in answer.text
            client.force_login(alice)
            assert b"".join(client.get(recording).streaming_content) == b"what was said"  # type: ignore[attr-defined]
            live.clear()
            assert client.get(recording).status_code == 403
            live.add(keepers.pk)
            Session.objects.update(replay_until=timezone.now())
            assert client.get(recording).status_code == 404 and recording not in client.get(page).text

    def test_its_own_address_is_closed_and_a_seat_given_up_opens_nothing(
        self, client: Client, booking: Booking, recording: str
    ) -> None:
        document = SiteDocument.objects.get()
        client.get(booking_path(booking))
        assert client.get(document.url).status_code == 404
        Enrolment.objects.update(state="cancelled", holds_seat=False, cancelled_at=timezone.now())
        assert client.get(recording).status_code == 404


def test_links_opened_in_this_session_are_looked_at_anew(client: Client, booking: Booking, rf: Any) -> None:
    client.get(booking_path(booking))
    request = rf.get("/")
    request.user, request.session = type("Guest", (), {"is_authenticated": False})(), client.session
    assert list(enrolments_of(request)) == [the_seat(booking)]
    Booking.objects.update(email="else@example.org")
    assert not enrolments_of(request).exists()


def test_a_seat_is_its_trainees_by_a_proved_address(client: Client, session: Session, alice: User) -> None:
    booking = a_booking(session.tickets.get(), 2)
    seat = booking.enrolments.all()[0]
    Enrolment.objects.filter(pk=seat.pk).update(email="Alice@example.org", shown_as="Ada")
    seat.refresh_from_db()
    client.force_login(alice)
    page = text_of(client.get(reverse("account_home")))
    assert "Courses and events" in page and "Sewing for a living" in page and "2 seats" not in page
    Session.objects.update(ends_at=timezone.now() - timedelta(days=400))
    assert client.get(seat_path(seat)).status_code == 200 and client.get(booking_path(booking)).status_code == 404


def test_the_page_asks_as_often_for_many_seats(
    client: Client, session: Session, django_assert_max_num_queries: Any
) -> None:
    Session.objects.update(seats=50)
    big = a_booking(Ticket.objects.get(), 12)
    client.get(booking_path(big))
    with django_assert_max_num_queries(22):
        client.get(booking_path(big))
