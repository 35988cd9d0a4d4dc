"""Looking for a course or an event: by what it is, where, when, in which language and for how much."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction, Site

from pages.demo import build_site
from pages.models import SiteImage
from tests.training.rows import make_course, make_event, make_index, make_session, make_ticket
from training.models import Session, Ticket, TrainingIndexPage, TrainingPage, WaitingEntry

pytestmark = pytest.mark.django_db
# Far enough ahead for every test run, in months that are told apart in any zone.
MARCH, JUNE = (datetime(2090, month, 15, 17, tzinfo=UTC) for month in (3, 6))


@pytest.fixture
def offers(index: TrainingIndexPage) -> None:
    """A course in New York in March and June, one online, a gala, a free webinar, and one without a date."""
    sewing = make_course(index, "Sewing for a living", level="beginners")
    make_session(sewing, starts_at=JUNE)
    make_session(sewing, starts_at=MARCH, language="es")
    english = make_course(index, "English at work", level="some")
    make_session(english, starts_at=MARCH + timedelta(days=1), is_online=True, place="", takes_applications=True)
    Ticket.objects.filter(session__page=english).update(is_own_price=True, lowest=0)
    make_session(make_event(index, "Lantern gala"), starts_at=JUNE + timedelta(days=1), price=15000)
    make_session(make_event(index, "Spotting the signs", kind="webinar"), starts_at=MARCH, price=0, is_online=True)
    make_course(index, "Bookkeeping")


def found(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/training/{query}")
    assert answer.status_code == 200, query
    return re.findall(r'class="course-card__name"><a [^>]*>([^<]*)<', answer.text)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Sewing for a living", "Spotting the signs", "English at work", "Lantern gala", "Bookkeeping"]),
        ("?kind=course", ["Sewing for a living", "English at work", "Bookkeeping"]),
        ("?kind=gala&kind=webinar", ["Spotting the signs", "Lantern gala"]),
        ("?place=online", ["Spotting the signs", "English at work"]),
        ("?place=place&kind=webinar", ["Spotting the signs"]),
        ("?month=2090-06", ["Sewing for a living", "Lantern gala"]),
        # One and the same session must be all that was asked.
        ("?month=2090-06&language=es", []),
        ("?language=es", ["Sewing for a living"]),
        ("?level=some", ["English at work"]),
        ("?price=free", ["Spotting the signs"]),
        ("?price=own", ["English at work"]),
        ("?price=bursary", ["English at work"]),
        ("?q=sewing", ["Sewing for a living"]),
        ("?q=nowhere", []),
        # What nothing has is left out, whoever wrote the address.
        ("?level=none&month=1999-13&kind=%00", None),
        ("?q=%00%22%27&p=-4&past=x", []),
    ],
)
def test_filters_narrow_it_down(client: Client, offers: None, query: str, names: list[str] | None) -> None:
    assert found(client, query) == (found(client) if names is None else names)


def test_empty_answers_leave_the_address(client: Client, offers: None) -> None:
    assert client.get("/training/?q=&kind=course&place=").headers["Location"] == "/training/?kind=course"


def test_what_is_over_stands_apart_and_drafts_nowhere(client: Client, offers: None) -> None:
    Session.objects.filter(page__title="Lantern gala").update(
        starts_at=timezone.now() - timedelta(days=3), ends_at=timezone.now() - timedelta(days=2)
    )
    Session.objects.filter(page__title="Spotting the signs").update(state="draft")
    assert "Lantern gala" not in found(client)
    assert found(client, "?past=1") == ["Lantern gala"]


def test_what_is_kept_for_somebody_or_not_live_is_not_listed(client: Client, offers: None) -> None:
    kept = TrainingPage.objects.get(title="Lantern gala")
    PageViewRestriction.objects.create(page=kept.page_ptr, restriction_type="login")
    TrainingPage.objects.filter(title="Spotting the signs").update(live=False)
    assert found(client) == ["Sewing for a living", "English at work", "Bookkeeping"]


def test_a_card_says_what_is_left_and_a_waiting_line_makes_it_full(client: Client, session: Session) -> None:
    Session.objects.update(taken=2)
    assert "3 seats left" in client.get("/training/").text
    ticket = session.tickets.get()
    WaitingEntry.objects.create(ticket=ticket, session=session, name="Bo", email="bo@example.org")
    assert 'tag--bad">Full<' in client.get("/training/").text


def test_the_lowest_price_is_the_early_one_while_it_lasts(client: Client, session: Session) -> None:
    Ticket.objects.update(early_price=7000, early_until=timezone.now() + timedelta(days=1))
    make_ticket(session, name="Table", price=50000)
    assert "From $70.00" in client.get("/training/").text
    Ticket.objects.filter(name="Seat").update(early_until=timezone.now() - timedelta(days=1))
    assert "From $90.00" in client.get("/training/").text


def test_the_day_is_the_sessions_own(client: Client, index: TrainingIndexPage) -> None:
    course = make_course(index)
    make_session(course, starts_at=datetime(2090, 3, 31, 22, tzinfo=UTC), time_zone="Asia/Kathmandu")
    shown = client.get("/training/").text
    assert "1 April 2090" in shown and "03:45 GMT+05:45 (Kathmandu)" in shown
    make_session(make_course(index, "Baking"), starts_at=MARCH)
    assert found(client, "?month=2090-04") == ["Sewing for a living"]


def test_an_empty_list_says_so(client: Client, index: TrainingIndexPage) -> None:
    assert "No dates are set at the moment." in client.get("/training/").text
    assert "Nothing is over yet." in client.get("/training/?past=1").text


def test_it_asks_as_often_for_many_as_for_few(client: Client) -> None:
    index = make_index(build_site())
    picture = SiteImage.objects.filter(consent=None)[0]
    for number in range(11):
        course = make_course(index, f"Course {number}", picture=picture, picture_alt="Hands")
        for days in (10, 20):
            make_session(course, starts_at=timezone.now() + timedelta(days=days))
    Site.clear_site_root_paths_cache()
    counted = []
    for query in ("", "?kind=course&place=place&q=course"):
        for keep in (11, 2):
            gone = TrainingPage.objects.order_by("pk").values_list("pk", flat=True)[keep:]
            TrainingPage.objects.filter(pk__in=list(gone)).update(live=False)
            client.get(f"/training/{query}")
            with CaptureQueriesContext(connection) as queries:
                assert len(found(client, query)) == keep
            counted.append(len(queries))
            TrainingPage.objects.update(live=True)
    # Site, pages on the way, privacy, brand and menu among them.
    assert len(set(counted)) == 1 and counted[0] <= 12, (counted, "\n".join(query["sql"][:230] for query in queries))
