"""M31: who completes a course gets a certificate, and whoever holds one can see whether it is ours and still holds."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail, User
from tests.training.booked import a_booking
from tests.training.rows import make_session
from tests.training.seats import a_seat, was_there
from training.bookings.links import booking_path, seat_path
from training.completing import links
from training.completing.files import document_context, pdf_of, spaced
from training.completing.issuing import CannotIssue, issue, reissue, revoke
from training.completing.rules import complete_all
from training.models import Certificate, CoursePage, Enrolment, LessonDone, LessonPage, Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended(course: CoursePage) -> Session:
    """Four evenings, the last one yesterday."""
    return make_session(course, days=4, starts_at=timezone.now() - timedelta(days=22))


@pytest.fixture
def certificate(ended: Session) -> Certificate:
    seat = a_seat(ended)
    was_there(seat, 4)
    assert complete_all() == 1
    return Certificate.objects.get()


def verified(code: str, **posted: Any) -> tuple[int, str]:
    address = reverse("training_verify_code", args=[code])
    answer = Client().post(address, posted) if posted else Client().get(address)
    return answer.status_code, " ".join(answer.content.decode().split())


class TestCompletion:
    @pytest.mark.parametrize(("days", "completed"), [(4, True), (3, False), (0, False)])
    def test_attendance_decides(self, ended: Session, days: int, completed: bool) -> None:
        """Eighty percent of four evenings are four."""
        was_there(a_seat(ended), days)
        complete_all()
        assert bool(Enrolment.objects.get().completed_at) is completed is Certificate.objects.exists()

    def test_a_day_of_which_nobody_said_anything_was_missed(self, ended: Session) -> None:
        a_seat(ended)
        assert complete_all() == 0

    def test_every_lesson_must_be_done(self, ended: Session, course: CoursePage) -> None:
        lesson = course.add_child(instance=LessonPage(title="Threads"))
        course.add_child(instance=LessonPage(title="A draft", live=False))
        seat = a_seat(ended)
        was_there(seat, 4)
        assert complete_all() == 0
        LessonDone.objects.create(enrolment=seat, lesson=lesson)
        assert complete_all() == 1

    def test_nothing_is_complete_before_the_last_day_is_over(self, course: CoursePage) -> None:
        seat = a_seat(make_session(course, days=2, starts_at=timezone.now() - timedelta(days=7)))
        Session.objects.update(ends_at=timezone.now() + timedelta(hours=1))
        was_there(seat, 2)
        assert complete_all() == 0

    def test_days_of_another_session_do_not_count(self, ended: Session, course: CoursePage) -> None:
        """It was cancelled after some days, and the seat moved."""
        seat = a_seat(ended)
        was_there(seat, 4)
        other = make_session(course, days=4, starts_at=timezone.now() - timedelta(days=50))
        Enrolment.objects.update(session=other, ticket=other.tickets.get())
        assert complete_all() == 0

    def test_done_twice_it_is_done_once(self, certificate: Certificate) -> None:
        assert complete_all() == 0
        assert issue(certificate.enrolment) == certificate and Certificate.objects.count() == 1
        assert OutgoingMail.objects.count() == 1

    def test_a_course_without_hours_has_none(self, ended: Session) -> None:
        CoursePage.objects.update(hours=None)
        seat = a_seat(ended)
        was_there(seat, 4)
        assert complete_all() == 1 and not Certificate.objects.exists()
        with pytest.raises(CannotIssue):
            issue(seat)


class TestWhatItSays:
    def test_the_mail_leads_to_it_and_names_no_code(self, certificate: Certificate) -> None:
        mail = OutgoingMail.objects.get()
        assert (mail.to, mail.subject) == ("tess@example.org", "Your certificate is ready")
        assert links.url_of(certificate) in mail.text and certificate.code not in mail.text + mail.html
        page = Client().get(links.path_of(certificate)).content.decode()
        assert "Tess Tanaka" in page and spaced(certificate.code) in page

    def test_the_pdf_says_it_and_is_the_same_each_time(self, certificate: Certificate) -> None:
        answer = Client().get(reverse("training_certificate_pdf", args=[links.token_of(certificate)]))
        assert answer["Content-Type"] == "application/pdf" and "no-store" in answer["Cache-Control"]
        certificate.refresh_from_db()
        assert hashlib.sha256(answer.content).hexdigest() == certificate.digest
        assert answer.content == pdf_of(certificate)
        if not shutil.which("pdftotext"):
            pytest.skip("poppler is missing: what the PDF says was not read back")
        words = subprocess.run(["pdftotext", "-layout", "-", "-"], input=answer.content, capture_output=True).stdout
        assert words.count(b"\f") == 1, "one page"
        read = " ".join(words.decode().split())
        assert "Tess Tanaka" in read and "Sewing for a living" in read and "12 hours of learning" in read

    @pytest.mark.parametrize(
        ("starts", "zone", "first", "last"),
        [
            # One minute before midnight in New York is the next day in UTC.
            (datetime(2026, 3, 1, 4, 59, tzinfo=UTC), "America/New_York", "2026-02-28", "2026-03-01"),
            # The night in which clocks go forward.
            (datetime(2026, 3, 8, 6, 30, tzinfo=UTC), "America/New_York", "2026-03-08", "2026-03-08"),
            (datetime(2026, 3, 7, 11, 30, tzinfo=UTC), "Pacific/Auckland", "2026-03-08", "2026-03-08"),
        ],
    )
    def test_its_days_are_those_of_the_sessions_own_clocks(
        self, course: CoursePage, starts: datetime, zone: str, first: str, last: str
    ) -> None:
        issued = issue(a_seat(make_session(course, starts_at=starts, time_zone=zone)))
        assert (issued.starts_on.isoformat(), issued.ends_on.isoformat()) == (first, last)

    def test_file_and_page_name_the_same_day_of_issue(self, certificate: Certificate) -> None:
        """Ten in the evening where we are is the next day in UTC."""
        Certificate.objects.update(issued_at=datetime(2026, 3, 11, 2, tzinfo=UTC))
        certificate.refresh_from_db()
        assert "10" in document_context(certificate)["issued_on"] and "10 March 2026" in verified(certificate.code)[1]

    def test_an_alias_is_all_that_it_says(self, ended: Session) -> None:
        seat = a_seat(ended, "Lark")
        seat.person = "Ruth Abara"
        seat.save()
        issued = issue(seat)
        pdf = pdf_of(issued)
        _, page = verified(issued.code)
        assert "Lark" in page and "Ruth" not in page and b"Ruth" not in pdf
        assert "alias" not in page.lower()


class TestVerifying:
    def test_it_says_what_was_certified(self, certificate: Certificate) -> None:
        status, page = verified(certificate.code)
        assert status == 200 and "This certificate is valid" in page
        for words in ("Tess Tanaka", "Sewing for a living", "12", "Harbour Light"):
            assert words in page

    def test_a_code_can_be_typed_as_people_type(self, certificate: Certificate) -> None:
        typed = "-".join(spaced(certificate.code).lower().split())
        answer = Client().get(reverse("training_verify"), {"code": f" {typed} "}, follow=True)
        assert "This certificate is valid" in answer.content.decode()

    @pytest.mark.parametrize("at", [0, 7, 15])
    def test_one_character_off_is_no_certificate(self, certificate: Certificate, at: int) -> None:
        other = "3" if certificate.code[at] != "3" else "4"
        status, page = verified(certificate.code[:at] + other + certificate.code[at + 1 :])
        assert status == 404 and "There is no such certificate" in page and "Tess" not in page

    def test_revoked_it_does_not_hold_and_names_nobody(self, certificate: Certificate) -> None:
        revoke(certificate, why="Somebody else sat there", by=None)
        _, page = verified(certificate.code)
        assert "This certificate does not hold" in page and "Tess" not in page and "Somebody else" not in page
        token = links.token_of(certificate)
        assert Client().get(reverse("training_certificate_pdf", args=[token])).status_code == 302
        with pytest.raises(CannotIssue):
            revoke(certificate, why="Again", by=None)

    def test_issued_anew_under_another_name_the_old_one_is_replaced(self, certificate: Certificate) -> None:
        new = reissue(certificate, name="T. Tanaka-Ruiz", by=None)
        certificate.refresh_from_db()
        assert new.replaces == certificate and certificate.replaced_by == new and not certificate.is_live
        assert "This certificate was replaced" in verified(certificate.code)[1]
        assert "T. Tanaka-Ruiz" in verified(new.code)[1]
        with pytest.raises(CannotIssue):
            reissue(certificate, name="Again", by=None)
        assert Certificate.objects.filter(revoked_at=None).count() == 1

    def test_a_file_that_was_changed_is_found_out(self, certificate: Certificate) -> None:
        pdf = pdf_of(certificate)
        assert "This is the file that we issued" in verified(certificate.code, file=a_file(pdf))[1]
        changed = pdf.replace(b"%PDF-1.7", b"%PDF-1.6") if b"%PDF-1.7" in pdf else pdf[:-1]
        assert "This is not the file that we issued" in verified(certificate.code, file=a_file(changed))[1]

    def test_a_file_that_is_none_is_refused_beside_its_field(self, certificate: Certificate) -> None:
        for file, words in [("", "Choose the file."), (a_file(b""), "This file is empty.")]:
            status, page = verified(certificate.code, file=file, other="x")
            assert status == 422 and words in page

    def test_guessing_is_slowed_down(self, certificate: Certificate) -> None:
        for _ in range(61):
            status, _ = verified("X" * 16)
        assert status == 429


def a_file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("certificate.pdf", content, "application/pdf")


def test_a_stranger_opens_nothing(certificate: Certificate, client: Client) -> None:
    client.force_login(User.objects.create_user("charlie@example.org"))
    Enrolment.objects.update(email="elsewhere@example.org")
    old = OutgoingMail.objects.get().text.split("certificates/")[1].split("/")[0]
    for token in (old, str(certificate.public_id), certificate.code, "x"):
        for page in ("training_certificate", "training_certificate_pdf"):
            assert client.get(reverse(page, args=[token])).status_code == 404


def test_their_own_account_opens_it_whatever_address_it_was_mailed_to(certificate: Certificate) -> None:
    tess = User.objects.create_user("tess@example.org")
    Enrolment.objects.update(user=tess, email="elsewhere@example.org")
    client = Client()
    client.force_login(tess)
    token = f"{certificate.public_id.hex}:x"
    assert client.get(reverse("training_certificate", args=[token])).status_code == 200


def test_their_account_leads_to_it_by_their_seat(certificate: Certificate, client: Client, alice: User) -> None:
    Enrolment.objects.update(email=alice.email)
    certificate.refresh_from_db()
    client.force_login(alice)
    seat = seat_path(certificate.enrolment)
    assert seat in client.get(reverse("account_home")).content.decode()
    assert links.path_of(certificate) in client.get(seat).content.decode()
    revoke(certificate, why="Wrong", by=None)
    assert links.path_of(certificate) not in client.get(seat).content.decode()


def test_who_booked_for_somebody_does_not_open_theirs(ended: Session, client: Client) -> None:
    booking = a_booking(ended.tickets.get(), 2)
    booking.enrolments.update(email="ann@example.org", shown_as="Ann")
    issued = [issue(seat) for seat in booking.enrolments.all()]
    page = client.get(booking_path(booking)).content.decode()
    assert "Ann" in page and not any(links.path_of(one) in page for one in issued)
