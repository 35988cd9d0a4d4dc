"""Booked seats as the people see them who have them: in words, with what may be done about each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import prefetch_related_objects
from django.utils import timezone

from payments.models import Payment
from receipts.invoices.links import invoice_link
from receipts.models import Invoice
from training.bookings import cancelling, moving
from training.bookings.access import Opened
from training.bookings.mails import is_bookers_own
from training.bookings.replay import is_there
from training.completing.links import path_of as certificate_path
from training.models import Booking, Enrolment, Session
from training.sessions.choosing import must_choose
from training.sessions.times import Day, days_of, moment_words

State = Enrolment.State
JOIN_BEFORE = timedelta(hours=1)
# The tag's colour, and what it says.
SEATS = {
    State.HELD: ("warn", "Waiting for payment"),
    State.LAPSED: ("", "Not paid"),
    State.KEPT: ("warn", "Kept for you"),
    State.CONFIRMED: ("good", "Booked"),
    State.CANCELLED: ("", "Cancelled"),
    State.UNFILLABLE: ("bad", "Full"),
}
BOOKINGS = {
    Booking.State.UNPAID: ("Waiting for your payment", "We keep these seats for you while you pay."),
    Booking.State.LAPSED: ("Not paid", "Nothing was charged, and these seats are no longer kept for you."),
    Booking.State.PAID: ("You are booked", "Keep the link to this page: it is all that you need."),
    Booking.State.UNFILLABLE: ("Full", "Your payment came after the last seat was taken. It goes back by itself."),
}
OWN = ("Your seat", "Keep the link to this page: it is all that you need.")
OVER = ("Cancelled", "None of these seats is yours any more.")
CHOOSE = ("Cancelled by us", "We are sorry. Please choose below what is to become of your seat.")


@dataclass(frozen=True, kw_only=True)
class ShownSeat:
    enrolment: Enrolment
    colour: str
    state: str
    may_name: bool
    may_cancel: bool
    may_move: bool
    must_choose: bool
    # The path to it, for who takes part.
    certificate: str


@dataclass(frozen=True, kw_only=True)
class ShownSession:
    """One session with the seats of this booking in it."""

    session: Session
    days: list[Day]
    where: str
    seats: list[ShownSeat]
    # Whether a seat in it is theirs now.
    is_theirs: bool
    is_over: bool
    # The online link, from an hour before; until then, when it appears.
    join_url: str
    join_from: str
    has_replay: bool
    # On the session's clocks.
    replay_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class ShownBooking:
    opened: Opened
    title: str
    sentence: str
    sessions: list[ShownSession]
    invoices: list[tuple[Invoice, str]]

    @property
    def booking(self) -> Booking | None:
        return self.opened.booking


def shown(opened: Opened) -> ShownBooking:
    now = timezone.now()
    seats = list(opened.seats)
    prefetch_related_objects(seats, "session__meetings", "session__page__refund_rules__steps", "certificates")
    by_session: dict[int, list[Enrolment]] = {}
    for seat in seats:
        by_session.setdefault(seat.session_id, []).append(seat)
    title, sentence = in_words(opened.booking, seats)
    return ShownBooking(
        opened=opened,
        title=title,
        sentence=sentence,
        sessions=[_session(opened, mine, now) for mine in by_session.values()],
        invoices=[(invoice, invoice_link(invoice)) for invoice in invoices_of(opened.booking)],
    )


def in_words(booking: Booking | None, seats: Sequence[Enrolment]) -> tuple[str, str]:
    if any(must_choose(seat) for seat in seats):
        return CHOOSE
    if seats and all(seat.state == State.CANCELLED for seat in seats):
        return OVER
    return BOOKINGS[Booking.State(booking.state)] if booking else OWN


def _session(opened: Opened, seats: list[Enrolment], now: datetime) -> ShownSession:
    session = seats[0].session
    theirs = [seat for seat in seats if seat.is_confirmed]
    join_url, join_from = _joining(session, now) if theirs else ("", "")
    has_replay = bool(theirs) and is_there(session, now)
    return ShownSession(
        session=session,
        days=days_of(session),
        where=", ".join(part for part in (session.address, session.place) if part) if theirs else session.place,
        seats=[_seat(opened, seat, now) for seat in seats],
        is_theirs=bool(theirs) and session.is_open,
        is_over=session.ends_at is not None and session.ends_at <= now,
        join_url=join_url,
        join_from=join_from,
        has_replay=has_replay,
        replay_until=session.on_clocks(session.replay_until) if has_replay and session.replay_until else None,
    )


def _joining(session: Session, now: datetime) -> tuple[str, str]:
    """The link of the meeting that is on or next, and when it appears."""
    if not session.join_url or not session.is_open:
        return "", ""
    for meeting in session.meetings.all():
        if meeting.ends_at > now:
            appears = meeting.starts_at - JOIN_BEFORE
            if appears <= now:
                return session.join_url, ""
            return "", moment_words(appears, session.zone)
    return "", ""


def state_of(seat: Enrolment) -> tuple[str, str]:
    """The tag's colour, and what it says."""
    if must_choose(seat):
        return "bad", "Cancelled by us: please choose"
    if seat.state == State.CANCELLED and seat.session.state == Session.State.CANCELLED:
        return "", "Cancelled by us"
    return SEATS[State(seat.state)]


def _seat(opened: Opened, seat: Enrolment, now: datetime) -> ShownSeat:
    colour, state = state_of(seat)
    is_over = seat.session.ends_at is not None and seat.session.ends_at <= now
    may_end = opened.may_end(seat)
    return ShownSeat(
        enrolment=seat,
        colour=colour,
        state=state,
        may_name=seat.is_confirmed and not is_over and seat.session.is_open,
        may_cancel=may_end and cancelling.may_cancel(seat, now),
        may_move=may_end and seat.session.is_open and moving.may_move(seat, now),
        must_choose=may_end and must_choose(seat),
        certificate=_certificate_of(seat) if opened.booking is None or is_bookers_own(seat) else "",
    )


def _certificate_of(seat: Enrolment) -> str:
    return next((certificate_path(one) for one in seat.certificates.all() if one.is_live), "")


def invoices_of(booking: Booking | None) -> list[Invoice]:
    """What was issued for its payment, and the notes that take some of it back."""
    if booking is None:
        return []
    payments = Payment.objects.paid().filter(
        items__payable_kind=booking._meta.label_lower, items__payable_id=booking.pk
    )
    booked = [pk for pk in payments.values_list("transaction", flat=True) if pk]
    found = Invoice.objects.filter(transaction__in=booked) | Invoice.objects.filter(corrects__transaction__in=booked)
    return list(found.distinct().order_by("created_at", "pk"))
