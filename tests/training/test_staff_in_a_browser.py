"""Training's staff screens in a browser: nothing axe finds in light and dark, nothing wider than a phone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.staff_screens import faults_of, page_at_the_desk
from tests.training.office import a_seat, address
from tests.training.rows import make_course, make_session, make_ticket
from training.models import RefundRules, Session, Trainer, TrainingIndexPage, WaitingEntry
from training.sessions.attendance import mark

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def begun(index: TrainingIndexPage) -> Session:
    """Something on every screen."""
    course = make_course(index, "Sewing for a living")
    session = make_session(
        course, days=4, seats=12, starts_at=timezone.now() - timedelta(days=7), address="12 Mill Lane, back door",
        name="Evening group",
    )  # fmt: skip
    early = {"early_price": 3000, "early_until": timezone.now()}
    make_ticket(session, name="Half price for who earns little", price=4500, quota=3, **early)
    for name in ("Ann Archer", "Ben", "Cleo de la Cruz y Montemayor", "Wren"):
        seat = a_seat(session, name, email="someone@example.org")
    mark(session.meetings.all()[0], {seat.pk: True})
    a_seat(session, "")
    a_seat(session, "Asked", state="kept")
    WaitingEntry.objects.create(session=session, ticket=seat.ticket, name="Wim Wait", email="wim@example.org", wanted=2)
    Trainer.objects.create(name="Tom Tailor", about="He sews.").sessions.add(session)
    rules = RefundRules.objects.create(name="Usual")
    rules.steps.create(days_before=14, percent=100)
    return session


def screens(session: Session) -> dict[str, str]:
    days = session.meetings.values_list("pk", flat=True)
    one = ("inspect", "edit", "roster", "copy", "give_seat", "mail", "add_ticket", "cancel", "tell")
    found = {name: address(name, session) for name in one}
    found |= {
        "sessions": reverse("training_sessions:index"),
        "calendar": reverse("training_sessions:calendar"),
        "ticket": address("ticket", session, session.tickets.latest("pk").pk),
        "attendance": address("attendance", session, days[0]),
        "attendance-to-come": address("attendance", session, days[3]),
        "cancel-seat": address("cancel_seat", session, session.enrolments.confirmed()[0].pk),
        "report": reverse("training_reports:index"),
        "outcomes": reverse("training_reports:outcomes"),
        "bursaries": reverse("training_reports:bursaries"),
        "trainers": reverse("trainers:index"),
        "rules": reverse("refund_rules:index"),
    }
    return found


def test_nothing_is_wrong_with_our_screens_on_a_phone_and_on_a_desk(
    browser: BrowserContext, live_server: Any, begun: Session
) -> None:
    page = page_at_the_desk(browser, live_server.url)
    assert faults_of(page, live_server.url, screens(begun)) == []
    dark = {name: path for name, path in screens(begun).items() if name in ("inspect", "attendance", "calendar")}
    assert faults_of(page, live_server.url, dark, scheme="dark") == []
