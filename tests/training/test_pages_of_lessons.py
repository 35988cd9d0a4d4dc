"""Lessons: for who has a seat in the course, done one by one, and nothing of them for anybody else by any way."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageViewRestriction
from wagtail.signal_handlers import disable_reference_index_auto_update

from accounts.models import User
from pages.models import SiteDocument
from tests.training.booked import a_booking
from tests.training.rows import make_course, make_session
from training.bookings.links import booking_path
from training.models import CoursePage, Enrolment, LessonDone, LessonPage, Session

pytestmark = pytest.mark.django_db
CANARY = "Thread the needle twice."
SOUND = b"\xff\xfb\x90\x64" + b"canary" * 40


def seat(session: Session, user: User, **fields: Any) -> Enrolment:
    """Booked, as if paid for: what is asked here is only who has one."""
    given = {"state": "confirmed", "holds_seat": True, "confirmed_at": timezone.now(), "currency": "USD", **fields}
    return Enrolment.objects.create(session=session, ticket=session.tickets.get(), user=user, **given)


def lesson(course: CoursePage, title: str, **fields: Any) -> LessonPage:
    made: LessonPage = course.add_child(
        instance=LessonPage(title=title, body=[("text", f"<p>{title}: {CANARY}</p>")], **fields)
    )
    return made


@pytest.fixture
def recording(db: None) -> SiteDocument:
    return SiteDocument.objects.create(title="Talk", file=SimpleUploadedFile("talk.mp3", SOUND))


@pytest.fixture
def lessons(course: CoursePage, session: Session, recording: SiteDocument) -> list[LessonPage]:
    """Three; the second has a recording and a download, the last is open to everybody."""
    made = [lesson(course, "First"), lesson(course, "Second"), lesson(course, "Third", is_preview=True)]
    told = {"recording": recording, "title": "Talk", "transcript": "<p>Words</p>"}
    made[1].body = [("recording", told), ("download", {"document": recording, "title": "As a file"})]
    made[1].save()
    return made


@pytest.fixture
def enrolled(alice: User, session: Session, client: Client) -> Client:
    seat(session, alice)
    client.force_login(alice)
    return client


def path(number: str) -> str:
    return f"/training/sewing-for-a-living/{number}/"


def test_who_has_a_seat_reads_it_and_no_cache_keeps_it(enrolled: Client, lessons: list[LessonPage]) -> None:
    answer = enrolled.get(path("first"))
    assert CANARY in answer.text and "0 of 3 done (0 %)" in answer.text
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("state", ["held", "kept", "cancelled"])
def test_a_seat_that_is_not_booked_opens_nothing(
    client: Client, alice: User, session: Session, lessons: list[LessonPage], state: str
) -> None:
    seat(session, alice, state=state, holds_seat=False, cancelled_at=timezone.now())
    client.force_login(alice)
    assert CANARY not in client.get(path("first")).text


def test_everybody_else_gets_a_teaser(client: Client, charlie: User, lessons: list[LessonPage]) -> None:
    answer = client.get(path("first"))
    assert CANARY not in answer.text and "See the course and book a seat" in answer.text
    assert "You have one? Sign in" in answer.text
    client.force_login(charlie)
    answer = client.get(path("first"))
    assert CANARY not in answer.text and answer["Cache-Control"] == "no-cache" and "Cookie" in answer["Vary"]


def test_a_seat_in_another_course_opens_nothing(client: Client, charlie: User, lessons: list[LessonPage]) -> None:
    other = make_session(make_course(lessons[0].get_parent().get_parent().specific, "Baking"))
    seat(other, charlie)
    client.force_login(charlie)
    assert CANARY not in client.get(path("first")).text


def test_a_preview_is_for_everybody(client: Client, lessons: list[LessonPage]) -> None:
    answer = client.get(path("third"))
    assert CANARY in answer.text and "Mark as done" not in answer.text and "done (" not in answer.text


def test_nothing_of_a_lesson_is_found_from_outside(client: Client, lessons: list[LessonPage]) -> None:
    for word in ("needle", "thread"):
        assert CANARY not in client.get("/search/", {"q": word}).text
        assert "/first/" not in client.get("/search/", {"q": word}).text
    sitemap = client.get("/sitemap.xml").text
    assert path("first") not in sitemap and path("third") in sitemap
    assert CANARY not in client.get("/training/sewing-for-a-living/").text


def test_an_editor_reads_it_only_with_the_second_factor(
    client: Client, lessons: list[LessonPage], settings: Any
) -> None:
    editor = User.objects.create_superuser("ed@example.org", name="Ed Evans")
    client.force_login(editor)
    assert CANARY not in client.get(path("first")).text
    settings.STAFF_SECOND_FACTOR = False
    assert CANARY in client.get(path("first")).text
    assert CANARY in client.get(reverse("wagtailadmin_pages:view_draft", args=[lessons[0].pk])).text


def test_a_guest_reads_on_with_the_link_of_the_booking(
    client: Client, session: Session, lessons: list[LessonPage], recording: SiteDocument
) -> None:
    booking = a_booking(session.tickets.get())
    assert client.get(booking_path(booking)).status_code == 200
    assert CANARY in client.get(path("first")).text
    client.post(reverse("training_lesson_done", args=[lessons[0].pk]), {"done": "1"})
    assert "1 of 3 done (33 %)" in client.get(path("second")).text
    assert client.get(reverse("training_lesson_file", args=[lessons[1].pk, recording.pk])).status_code == 200
    Enrolment.objects.update(state="cancelled", holds_seat=False, cancelled_at=timezone.now())
    assert CANARY not in client.get(path("first")).text


class TestFiles:
    def address(self, number: LessonPage, document: SiteDocument) -> str:
        return reverse("training_lesson_file", args=[number.pk, document.pk])

    def test_they_come_through_the_lesson_and_in_parts(
        self, enrolled: Client, lessons: list[LessonPage], recording: SiteDocument
    ) -> None:
        address = self.address(lessons[1], recording)
        assert enrolled.get(path("second")).text.count(address) == 2
        whole = enrolled.get(address)
        assert whole.getvalue() == SOUND and whole["Cache-Control"] == "private, no-store"
        part = enrolled.get(address, headers={"Range": "bytes=4-9"})
        assert part.status_code == 206 and part.getvalue() == b"canary"

    def test_nobody_else_has_them_by_either_address(
        self, client: Client, charlie: User, lessons: list[LessonPage], recording: SiteDocument
    ) -> None:
        for user in (None, charlie):
            if user:
                client.force_login(user)
            assert client.get(self.address(lessons[1], recording)).status_code == 404
            assert client.get(recording.url).status_code == 404

    def test_a_seat_opens_no_other_file_and_no_own_address(
        self, enrolled: Client, lessons: list[LessonPage], recording: SiteDocument
    ) -> None:
        assert enrolled.get(recording.url).status_code == 404
        # Of another lesson of the same course: it is not in this one.
        assert enrolled.get(self.address(lessons[0], recording)).status_code == 404
        lessons[1].unpublish()
        assert enrolled.get(self.address(lessons[1], recording)).status_code == 404
        assert enrolled.get(recording.url).status_code == 404

    def test_a_page_that_is_kept_for_others_keeps_its_files(
        self, enrolled: Client, lessons: list[LessonPage], recording: SiteDocument
    ) -> None:
        PageViewRestriction.objects.create(page=lessons[1].page_ptr, restriction_type="password", password="x")
        assert enrolled.get(self.address(lessons[1], recording)).status_code == 404

    def test_they_are_closed_before_any_worker_looked(
        self, client: Client, course: CoursePage, recording: SiteDocument
    ) -> None:
        download = [("download", {"document": recording, "title": "As a file"})]
        with disable_reference_index_auto_update():
            course.add_child(instance=LessonPage(title="A draft", live=False, body=download))
        assert client.get(recording.url).status_code == 404

    def test_a_file_of_no_lesson_stays_where_it_was(self, client: Client, recording: SiteDocument) -> None:
        assert client.get(recording.url).status_code == 200


class TestProgress:
    def click(self, client: Client, number: LessonPage, done: str = "1") -> Any:
        return client.post(reverse("training_lesson_done", args=[number.pk]), {"done": done})

    def test_they_mark_it_go_on_and_take_it_back(self, enrolled: Client, lessons: list[LessonPage]) -> None:
        assert self.click(enrolled, lessons[0]).headers["Location"] == path("second")
        self.click(enrolled, lessons[0])
        assert LessonDone.objects.count() == 1
        page = enrolled.get(path("third")).text
        assert "1 of 3 done (33 %)" in page and "Go on with lesson 2" in page
        assert enrolled.get(reverse("training_go_on", args=[lessons[0].get_parent().pk])).url == path("second")
        assert self.click(enrolled, lessons[2]).headers["Location"] == path("third")
        self.click(enrolled, lessons[1])
        assert "All lessons done" in enrolled.get(path("first")).text
        self.click(enrolled, lessons[1], done="0")
        assert "2 of 3 done (66 %)" in enrolled.get(path("first")).text

    def test_a_stranger_marks_nothing(self, client: Client, charlie: User, lessons: list[LessonPage]) -> None:
        client.force_login(charlie)
        assert self.click(client, lessons[0]).status_code == 404
        # Nor what is open to everybody.
        assert self.click(client, lessons[2]).status_code == 404
        assert not LessonDone.objects.exists()

    def test_a_lesson_that_was_taken_away_counts_for_nothing(self, enrolled: Client, lessons: list[LessonPage]) -> None:
        self.click(enrolled, lessons[0])
        lessons[0].unpublish()
        assert "0 of 2 done (0 %)" in enrolled.get(path("second")).text
        assert enrolled.get(reverse("training_go_on", args=[lessons[0].get_parent().pk])).url == path("second")
