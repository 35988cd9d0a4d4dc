"""Build the demo's courses and events: made once; what editors made of them since stays."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from pages.demo.blocks import offer
from pages.gates import kept_groups
from pages.models import HomePage, SiteImage
from receipts.models import Fund
from receipts.money import minor_digits
from training.demo import words
from training.models import (
    BursarySettings,
    CoursePage,
    EventPage,
    LessonPage,
    Meeting,
    RefundRules,
    RefundStep,
    Session,
    Ticket,
    TicketMemberPrice,
    Trainer,
    TrainingIndexPage,
    TrainingPage,
)
from training.sessions.meetings import follow_meetings

BURSARIES = "Bursaries"


@transaction.atomic
def build_training() -> TrainingIndexPage | None:
    """On a site that has its home page."""
    home = HomePage.objects.first()
    if home is None or TrainingIndexPage.objects.exists():
        return TrainingIndexPage.objects.first()
    index: TrainingIndexPage = home.add_child(
        instance=TrainingIndexPage(
            title="Training",
            slug="training",
            introduction=words.INTRODUCTION,
            search_description=words.INTRODUCTION,
            show_in_menus=True,
        )
    )
    index.save_revision().publish()
    rules = _rules()
    for about in words.TRAINING:
        page = _page(index, about, rules)
        for dates in about.dates:
            _session(page, dates)
    _pay_bursaries()
    _show_on(home)
    return index


def _rules() -> RefundRules:
    rules, made = RefundRules.objects.get_or_create(name="Usual", defaults={"move_days": words.MOVE_DAYS})
    for days, percent in words.REFUNDS.items() if made else ():
        RefundStep.objects.create(rules=rules, days_before=days, percent=percent)
    return rules


def _page(index: TrainingIndexPage, about: words.About, rules: RefundRules) -> TrainingPage:
    picture = SiteImage.objects.filter(title=about.picture).first()
    told = {
        "title": about.title, "slug": about.slug, "summary": about.summary, "body": about.body, "picture": picture,
        "picture_alt": picture.description if picture else "", "refund_rules": rules,
    }  # fmt: skip
    if about.kind:
        event: EventPage = index.add_child(instance=EventPage(kind=about.kind, **told))
        event.save_revision().publish()
        return event
    course: CoursePage = index.add_child(
        instance=CoursePage(
            level=about.level, audience=about.audience, outcomes=about.outcomes, hours=about.hours, **told
        )
    )
    course.save_revision().publish()
    for lesson in about.lessons:
        _lesson(course, lesson)
    return course


def _lesson(course: CoursePage, about: words.Lesson) -> None:
    lesson: LessonPage = course.add_child(
        instance=LessonPage(
            title=about.title, minutes=about.minutes, is_preview=about.is_preview, body=[("text", about.body)]
        )
    )
    lesson.save_revision().publish()


def _session(page: TrainingPage, dates: words.Dates) -> None:
    session = Session.objects.create(
        page_id=page.pk, state=Session.State.OPEN, name=dates.name, language=dates.language, time_zone=dates.zone,
        place=dates.place, address=dates.address, is_online=dates.is_online, seats=dates.seats,
        join_url="https://meet.example/harbour-light" if dates.is_online else "",
        takes_applications=dates.takes_applications,
    )  # fmt: skip
    if dates.trainer:
        trainer, _ = Trainer.objects.get_or_create(
            name=dates.trainer, defaults={"about": words.TRAINERS[dates.trainer]}
        )
        session.trainers.add(trainer)
    first = first_day(dates, timezone.localdate())
    for week in range(dates.days):
        starts, ends = moments(dates, first + timedelta(weeks=week))
        Meeting.objects.create(session=session, starts_at=starts, ends_at=ends)
    follow_meetings(session)
    for order, seat in enumerate(dates.tickets):
        _ticket(session, seat, order)


def first_day(dates: words.Dates, today: date) -> date:
    day = today + timedelta(days=dates.begins)
    return day + timedelta(days=(dates.weekday - day.weekday()) % 7)


def moments(dates: words.Dates, day: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(dates.zone)
    return datetime.combine(day, dates.start, tzinfo=zone), datetime.combine(day, dates.end, tzinfo=zone)


def _ticket(session: Session, seat: words.Seat, order: int) -> None:
    unit = 10 ** minor_digits(settings.REPORTING_CURRENCY)
    begins = session.starts_at or timezone.now()
    ticket = Ticket.objects.create(
        session=session, name=seat.name, detail=seat.detail, price=seat.price * unit, order=order, quota=seat.quota,
        early_price=None if seat.early is None else seat.early * unit,
        early_until=None if seat.early is None else begins - timedelta(days=14),
        is_own_price=seat.lowest is not None, lowest=(seat.lowest or 0) * unit,
        value=None if seat.worth is None else seat.worth * unit,
    )  # fmt: skip
    for group in kept_groups() if seat.members else ():
        TicketMemberPrice.objects.create(ticket=ticket, group_id=group, percent_off=seat.members)


def _pay_bursaries() -> None:
    purpose = "Seats in our courses, for people who cannot pay for them."
    fund, _ = Fund.objects.get_or_create(name=BURSARIES, defaults={"purpose": purpose})
    bursaries = BursarySettings.load()
    bursaries.fund = bursaries.fund or fund
    bursaries.save()


def _show_on(home: HomePage) -> None:
    """What comes next, on the home page, before its last band."""
    body = list(home.body.get_prep_value())
    upcoming = offer(
        kind="training.upcoming",
        title="Learn with us",
        text="Courses that lead to work, and evenings that pay for them.",
        options="number=3",
    )
    home.body = [*body[:-1], upcoming, *body[-1:]]
    home.save_revision().publish()
