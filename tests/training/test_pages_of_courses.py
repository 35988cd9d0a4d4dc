"""The page of a course or an event: everything that somebody must know before they book a seat."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.images import ImageFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from pages.models import Consent, SiteImage
from receipts.models import Fund, Issuer
from tests.pages.consents import a_consent
from tests.training.rows import make_course, make_event, make_session, make_ticket
from training.catalogue.showing import page_now
from training.models import (
    BursarySettings,
    CoursePage,
    Prerequisite,
    RefundRules,
    RefundStep,
    Session,
    Ticket,
    TicketMemberPrice,
    Trainer,
    TrainingIndexPage,
    WaitingEntry,
)

pytestmark = pytest.mark.django_db
SUMMER = datetime(2090, 7, 3, 22, tzinfo=UTC)


def a_picture(consent: Consent | None = None) -> SiteImage:
    drawn = BytesIO()
    Image.new("RGB", (1600, 1000), "teal").save(drawn, "PNG")
    drawn.seek(0)
    picture = SiteImage(title="Hands", file=ImageFile(drawn, name="hands.png"), consent=consent)
    picture.save()
    return picture


def read(client: Client, slug: str = "sewing-for-a-living") -> str:
    answer = client.get(f"/training/{slug}/")
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-cache"
    return " ".join(answer.text.split())


def facts(page: str) -> list[dict[str, Any]]:
    return [json.loads(found) for found in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)]


def test_it_says_when_where_and_in_which_zone(client: Client, course: CoursePage) -> None:
    session = make_session(course, starts_at=SUMMER, days=2, address="1 Secret Street", join_url="https://x.example/j")
    trainer = Trainer.objects.create(name="Ada Reyes", about="Cuts patterns since 1999.")
    session.trainers.add(trainer)
    page = read(client)
    assert "Monday 3 July 2090, 18:00 to 20:00, Eastern Daylight Time (New York)" in page
    assert "Monday 10 July 2090, 18:00 to 20:00, Eastern Daylight Time (New York)" in page
    assert "Portland, Oregon · In English" in page and "Ada Reyes" in page
    assert "Secret Street" not in page and "x.example" not in page, "these two are for people who have a seat"


def test_a_session_in_the_night_in_which_clocks_change(client: Client, course: CoursePage) -> None:
    make_session(course, starts_at=datetime(2090, 3, 12, 6, tzinfo=UTC))
    assert "01:00 Eastern Standard Time to 04:00 Eastern Daylight Time (New York)" in read(client)
    instance = facts(read(client))[0]["hasCourseInstance"][0]
    assert (instance["startDate"], instance["endDate"]) == ("2090-03-12T01:00:00-05:00", "2090-03-12T04:00:00-04:00")


def test_what_is_left_and_the_way_to_wait(client: Client, session: Session) -> None:
    Session.objects.update(taken=4)
    assert "1 seat left" in read(client) and "Put into the basket" in read(client)
    ticket = session.tickets.get()
    WaitingEntry.objects.create(ticket=ticket, session=session, name="Bo", email="bo@example.org")
    page = read(client)
    assert ">Full<" in page and "Put into the basket" not in page, "a free seat is theirs who wait"


def test_prices_early_for_members_and_by_choice(client: Client, course: CoursePage, monkeypatch: Any) -> None:
    session = make_session(course, starts_at=SUMMER)
    ticket = session.tickets.get()
    members = Group.objects.create(name="Keepers")
    monkeypatch.setattr("payments.member_prices.kept_groups", lambda: {members.pk: "Keepers"})
    TicketMemberPrice.objects.create(ticket=ticket, group=members, percent_off=50)
    Ticket.objects.update(early_price=7000, early_until=datetime(2090, 6, 1, 2, tzinfo=UTC))
    make_ticket(session, name="What you can", price=4000, is_own_price=True, lowest=1000)
    page = read(client)
    # The day on which it ends, by the session's clocks: in UTC it is the day after.
    assert "Early price until 31 May 2090, then $90.00" in page and "Members pay $45.00" in page
    assert "We suggest $40.00. The least is $10.00." in page


@pytest.mark.parametrize(("place", "said"), [("US", "$90.00 is a gift that your tax receipt will show."), ("DE", "")])
def test_the_gift_in_a_ticket_is_said_and_judged(
    client: Client, index: TrainingIndexPage, place: str, said: str
) -> None:
    Issuer.objects.update_or_create(defaults={"jurisdiction": place, "legal_name": "Harbour Light"})
    make_session(make_event(index), price=15000, ticket={"value": 6000})
    page = read(client, "lantern-gala")
    assert "Of $150.00, $90.00 is a gift" in page and "What you get is worth $60.00" in page
    assert said in page and ("tax receipt" in page) == bool(said)


def test_rules_stand_there_before_anybody_pays(client: Client, course: CoursePage, session: Session) -> None:
    assert "If you cancel, what you paid does not come back." in read(client)
    rules = RefundRules.objects.create(name="Usual", move_days=1)
    RefundStep.objects.create(rules=rules, days_before=14, percent=100)
    RefundStep.objects.create(rules=rules, days_before=3, percent=50)
    CoursePage.objects.update(refund_rules=rules)
    page = read(client)
    assert "Cancel until 14 days before it begins, and all that you paid comes back." in page
    assert "Cancel until 3 days before it begins, and 50 % of what you paid comes back." in page
    assert "After that, nothing comes back." in page
    assert "You can move to another date until 1 day before it begins" in page
    Ticket.objects.update(price=0)
    assert "If you cannot come" not in read(client)


def test_what_is_needed_before_is_linked(client: Client, index: TrainingIndexPage, course: CoursePage) -> None:
    needed = make_course(index, "First stitches")
    Prerequisite.objects.create(course=course, needs=needed)
    assert 'Needed before</dt><dd><a href="/training/first-stitches/">First stitches</a>' in read(client)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"state": "cancelled", "cancelled_at": timezone.now()}, "Cancelled"),
        ({"books_until": timezone.now() - timedelta(days=1)}, "Booking is closed"),
        ({"books_from": datetime(2090, 1, 1, 3, tzinfo=UTC)}, "Booking opens on 31 December 2089"),
    ],
)
def test_what_cannot_be_booked_says_so(client: Client, course: CoursePage, changes: dict[str, Any], said: str) -> None:
    make_session(course, starts_at=SUMMER)
    Session.objects.update(**changes)
    page = read(client)
    assert f">{said}<" in page and "Put into the basket" not in page


def test_drafts_are_not_shown_and_what_is_over_is_set_apart(client: Client, course: CoursePage) -> None:
    make_session(course, name="Secret plan", state="draft")
    make_session(course, name="Evening group", starts_at=timezone.now() - timedelta(days=30))
    page = read(client)
    assert "Secret plan" not in page and "Put into the basket" not in page
    assert "No date is set at the moment." in page and "Evening group" in page.split("Dates that are over")[1]


def test_bursaries_are_offered_where_a_fund_pays_them(client: Client, course: CoursePage) -> None:
    make_session(course, takes_applications=True)
    assert not page_now(course, timezone.now()).has_bursaries
    fund = Fund.objects.create(name="Bursaries", is_restricted=True)
    BursarySettings.objects.update_or_create(defaults={"fund": fund})
    assert page_now(course, timezone.now()).has_bursaries


def test_search_engines_read_facts_that_no_title_can_break(client: Client, index: TrainingIndexPage) -> None:
    gala = make_event(index, "Gala </script><b>now</b>", slug="gala", kind="gala")
    make_session(gala, starts_at=SUMMER, is_online=True)
    event, trail = facts(read(client, "gala"))
    assert event["name"] == "Gala </script><b>now</b>" and event["@type"] == "Event"
    assert event["startDate"] == "2090-07-03T18:00:00-04:00"
    assert event["eventAttendanceMode"].endswith("MixedEventAttendanceMode")
    assert event["offers"][0] | {"url": ""} == {
        "@type": "Offer", "name": "Seat", "url": "", "price": "90.00", "priceCurrency": "USD",
        "availability": "https://schema.org/InStock",
    }  # fmt: skip
    assert [item["name"] for item in trail["itemListElement"]] == ["Home", "Training", "Gala </script><b>now</b>"]


def test_a_picture_of_a_person_is_gone_with_their_consent(client: Client, course: CoursePage) -> None:
    consent = a_consent()
    CoursePage.objects.update(picture=a_picture(consent), picture_alt="Amara at the machine")
    assert "Amara at the machine" in read(client) and "Amara at the machine" in client.get("/training/").text
    Consent.objects.update(withdrawn_at=timezone.now(), withdrawal_reason="asked")
    assert "Amara" not in read(client) and "Amara" not in client.get("/training/").text
