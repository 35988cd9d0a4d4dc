"""People of the demo's history who book seats; at its end those of the past were there."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from payments import checkout
from payments.goods import Buyer, Ordered, Priced, Wanted
from payments.models import Payment
from receipts.payers import find_or_create_payer
from training.bookings.placing import place_booking
from training.completing.rules import complete_session
from training.demo.building import build_training, first_day
from training.demo.words import TRAINING
from training.models import Attendance, Booking, CoursePage, Enrolment, LessonDone, LessonPage, Session, Ticket

# Who comes first books what is over by now. One after the other; then whatever has room.
PLAN = (
    ("sewing-past", 1), ("sewing-past", 1), ("gala-past", 2), ("english-past", 1), ("sewing-past", 1),
    ("sewing-next", 1), ("sewing-full", 2), ("gala-next", 2), ("english-next", 1), ("walk-next", 2),
    ("sewing-next", 1), ("webinar-next", 1),
)  # fmt: skip
AFTERWARDS = ("gala-next", "walk-next", "webinar-next")
MORE = 40


def prepare() -> bool:
    """False on a site without a home page: there is no training then."""
    return build_training() is not None


def start_checkout(person: Mapping[str, str], dice: Random) -> Payment:
    """Somebody books a seat and goes to Stripe's page. Not through the basket, which takes nothing for what is over."""
    already = Booking.objects.count()
    key, number = PLAN[already] if already < len(PLAN) else (dice.choice(AFTERWARDS), 1)
    ticket = _ticket(key)
    if ticket.session.left < number:
        Session.objects.filter(pk=ticket.session_id).update(seats=F("seats") + MORE)
    payer = find_or_create_payer(kind="person", **person)
    price = ticket.price_at(timezone.now())
    row = Ordered(
        wanted=Wanted(reference=str(ticket.pk), quantity=number),
        priced=Priced(reference=str(ticket.pk), title=ticket.session.page.title, unit_amount=price),
        discount=0, net=price * number, tax=0,
    )  # fmt: skip
    buyer = Buyer(payer=payer, email=person["email"])
    booking = place_booking([row], buyer, settings.REPORTING_CURRENCY)
    return checkout.start(payer=payer, payables=[booking], cancel_path="/training/")


def _ticket(key: str) -> Ticket:
    """The first kind of seat in that session."""
    about, dates = next((about, dates) for about in TRAINING for dates in about.dates if dates.key == key)
    nth = sorted(about.dates, key=lambda one: first_day(one, timezone.localdate())).index(dates)
    session = Session.objects.filter(page__slug=about.slug).order_by("starts_at", "pk")[nth]
    return Ticket.objects.select_related("session__page").filter(session=session).order_by("order", "pk")[0]


def end_history() -> None:
    """Who booked what is over was there and did the lessons."""
    Booking.objects.filter(placed_at__isnull=False).update(created_at=F("placed_at"))
    for seat in Enrolment.objects.confirmed().select_related("booking"):
        if seat.booking and seat.booking.placed_at:
            moment = seat.booking.placed_at
            Enrolment.objects.filter(pk=seat.pk).update(created_at=moment, confirmed_at=moment)
    now = timezone.now()
    for session in Session.objects.filter(state=Session.State.OPEN, ends_at__lte=now):
        _was_held(session)


def _was_held(session: Session) -> None:
    seats = list(session.enrolments.confirmed().order_by("pk"))
    days = list(session.meetings.all())
    Attendance.objects.bulk_create(
        Attendance(enrolment=seat, meeting=day, was_there=True, marked_at=day.ends_at) for seat in seats for day in days
    )
    course = CoursePage.objects.filter(pk=session.page_id).first()
    if course is None:
        return
    lessons = list(LessonPage.objects.child_of(course))
    LessonDone.objects.bulk_create(
        LessonDone(enrolment=seat, lesson=lesson, done_at=session.ends_at or timezone.now())
        for seat in seats
        for lesson in lessons
    )
    complete_session(session)
