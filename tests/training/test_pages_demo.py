"""The demo's courses and events: made once, bookable, and with people in them; and the next ones on any page."""

from __future__ import annotations

from random import Random

import pytest
from django.test import Client
from django.utils import timezone

from config.demo.people import known_member
from config.demo_logins import MEMBER
from pages.demo import build_site
from pages.models import HomePage
from payments.worker import work_off
from receipts.checks import books_problems
from tests.faults.road import post
from tests.sandbox_client import Sandbox
from tests.training.rows import make_course, make_event, make_session
from training.catalogue.block import render_upcoming
from training.demo import build_training, trainees
from training.demo.words import TRAINING
from training.models import Attendance, Enrolment, LessonDone, Session, TrainingIndexPage

pytestmark = pytest.mark.django_db


def test_it_is_made_once_and_its_pages_answer(client: Client) -> None:
    build_site()
    assert build_training() == build_training() == TrainingIndexPage.objects.get()
    assert Session.objects.count() == sum(len(about.dates) for about in TRAINING)
    # Of each kind one: every picture that is drawn takes its time.
    for slug in ("sewing-for-a-living", "lantern-gala"):
        assert client.get(f"/training/{slug}/").status_code == 200, slug
    assert "training.upcoming" in str(HomePage.objects.get().body.get_prep_value())
    shown = client.get("/training/").text
    assert all(about.title in shown for about in TRAINING)


def test_people_book_and_who_was_there_completed(connected_sandbox: Sandbox) -> None:
    build_site()
    assert trainees.prepare()
    dice = Random(7)
    for _ in range(7):
        payment = trainees.start_checkout(known_member(MEMBER), dice)
        connected_sandbox.complete(payment.session_id or "")
        pay(connected_sandbox)
    trainees.end_history()
    over = Enrolment.objects.confirmed().filter(session__ends_at__lte=timezone.now())
    assert over.count() == 6 and Attendance.objects.filter(was_there=True).exists()
    assert Enrolment.objects.filter(session__page__slug="sewing-for-a-living", completed_at__isnull=False).count() == 3
    assert LessonDone.objects.count() == 3 * 3 + 2
    full = Session.objects.get(name="Evening group")
    assert (full.taken, full.left) == (2, 0)
    assert not books_problems()


def pay(sandbox: Sandbox) -> None:
    for held in sandbox.held():
        post(held["body"], held["header"])
        sandbox.mark_sent(held["id"])
    while work_off():
        pass


def test_the_next_ones_stand_on_any_page(index: TrainingIndexPage) -> None:
    for number in range(4):
        make_session(make_course(index, f"Course {number}"))
    make_session(make_event(index, "Lantern gala"))
    assert render_upcoming(None, "", {}).count("course-card__name") == 3
    shown = render_upcoming(None, "", {"kind": "gala", "number": "9"})
    assert shown.count("course-card__name") == 1 and "Lantern gala" in shown
    Session.objects.update(state="draft")
    assert render_upcoming(None, "", {}) == ""
