"""What people are told of their seats. Called where it happens: mails commit or vanish with it.

To who booked goes the link to all; who takes part is sent their own. No mail names anybody but whom it goes to, and
none says an alias, why somebody comes, or who paid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language

from accounts.mailing import send_mail_later
from training.bookings.links import booking_url, seat_url
from training.bookings.wording import said
from training.sessions.times import days_of

if TYPE_CHECKING:
    from training.models import Booking, Enrolment, Session

ONLINE = {
    "en": "Online. The link appears on your page an hour before.",
    "es": "En línea. El enlace aparece en su página una hora antes.",
}


def confirmed(booking: Booking) -> None:
    """Their seats are theirs."""
    to_booker("booking_confirmed", booking, seats_of(booking))


def full(booking: Booking) -> None:
    """It was paid when no seat was left: the money is on its way back."""
    to_booker("booking_full", booking, seats_of(booking))


def cancelled(seat: Enrolment, money_back: Callable[[], str]) -> None:
    """A seat is theirs no more. What becomes of the money is told to who paid."""
    if seat.booking:
        to_booker("seat_cancelled", seat.booking, [seat], money_back=money_back)
    if not is_bookers_own(seat):
        to_trainee("seat_cancelled", seat, money_back=str if seat.booking else money_back)


def moved(seat: Enrolment) -> None:
    to_both("seat_moved", seat)


def given_instead(seat: Enrolment) -> None:
    if seat.booking:
        to_booker("session_gift", seat.booking, [seat])


def session_cancelled(session: Session, reason: str, days: int) -> None:
    """To everybody with a seat: who booked is asked to choose, who was given a seat is told."""
    for booking, seats in by_reader(seats_in(session)):
        if booking is None:
            choice = said("told" if seats[0].booking_id else "another")
        else:
            choice = said("choose", days=days) if any(seat.paid for seat in seats) else said("another")
        _to_reader("session_cancelled", booking, seats, reason=reason, choice=choice)


def session_changed(session: Session) -> None:
    """To everybody with a seat: when and where it is from now on."""
    for booking, seats in by_reader(seats_in(session)):
        _to_reader("session_changed", booking, seats)


def reminder(booking: Booking | None, seats: Sequence[Enrolment], when: Callable[[], str]) -> None:
    _to_reader("seat_reminder", booking, seats, when=when)


def seats_in(session: Session) -> list[Enrolment]:
    return list(session.enrolments.confirmed().select_related("booking__payer", "ticket", "session__page"))


def by_reader(
    seats: Iterable[Enrolment], *, only_who_comes: bool = False
) -> Iterator[tuple[Booking | None, list[Enrolment]]]:
    """One mail for each booking with its seats, and one (without a booking) for each other person who takes part.

    ``only_who_comes`` leaves out of a booking's mail the seats of people who are written to themselves.
    """
    by_booking: dict[int, list[Enrolment]] = {}
    for seat in seats:
        has_own_mail = bool(seat.email) and not is_bookers_own(seat)
        if seat.booking_id and not (has_own_mail and only_who_comes):
            by_booking.setdefault(seat.booking_id, []).append(seat)
        if has_own_mail:
            yield None, [seat]
    for mine in by_booking.values():
        yield mine[0].booking, mine


def _to_reader(template: str, booking: Booking | None, seats: Sequence[Enrolment], **more: Any) -> None:
    if booking:
        to_booker(template, booking, seats, **more)
    else:
        to_trainee(template, seats[0], **more)


def seat_yours(seat: Enrolment) -> None:
    to_trainee("seat_yours", seat)


def seats_of(booking: Booking) -> list[Enrolment]:
    return list(booking.enrolments.select_related("session__page", "ticket").order_by("pk"))


def to_booker(template: str, booking: Booking, seats: Sequence[Enrolment], **more: Any) -> None:
    if booking.email:
        context = context_of(
            partial(items_of, seats),
            name=_name_of_reader(booking),
            number=booking.number,
            url=booking_url(booking),
            **more,
        )
        _send(template, booking.email, booking.language, context)


def _name_of_reader(booking: Booking) -> str:
    """Whoever paid may be somebody else than who is written to."""
    payer = booking.payer
    return payer.name if payer.email.casefold() == booking.email.casefold() else ""


def to_trainee(template: str, seat: Enrolment, **more: Any) -> None:
    """To who takes part; without their address nobody is written to."""
    if seat.email:
        context = context_of(partial(items_of, [seat]), url=seat_url(seat), **more)
        _send(template, seat.email, seat.language, context)


def to_both(template: str, seat: Enrolment, **more: Any) -> None:
    """To who booked and to who takes part, once where they are one."""
    if seat.booking:
        to_booker(template, seat.booking, [seat], **more)
    if not is_bookers_own(seat):
        to_trainee(template, seat, **more)


def is_bookers_own(seat: Enrolment) -> bool:
    return seat.booking is not None and seat.email.casefold() == seat.booking.email.casefold()


def _send(template: str, to: str, language: str, context: dict[str, Any]) -> None:
    send_mail_later(template=f"training/mail/{template}", to=to, context=context, language=language or "en")


def context_of(
    items: Callable[[], list[dict[str, Any]]], *, url: str, name: str = "", number: str = "", **more: Any
) -> dict[str, Any]:
    """What every mail of seats may say. ``items`` is called while it is rendered, in the language of that moment."""
    return {
        "items": items,
        "listing": partial(listing, items),
        "booking_url": url,
        "name": name,
        "number": number,
        **more,
    }


def items_of(seats: Sequence[Enrolment]) -> list[dict[str, Any]]:
    """Seats of one kind in one session are one item."""
    found: dict[int, dict[str, Any]] = {}
    for seat in seats:
        session = seat.session
        days = [day.words for day in days_of(session)]
        new = {"what": session.page.title, "ticket": seat.ticket.name, "days": days, "where": where(session)}
        item = found.setdefault(seat.ticket_id, {**new, "quantity": 0})
        item["quantity"] += 1
    return list(found.values())


def where(session: Session) -> str:
    if session.is_online:
        return ONLINE["es" if get_language() == "es" else "en"]
    return ", ".join(part for part in (session.address, session.place) if part)


def listing(items: Callable[[], list[dict[str, Any]]]) -> str:
    """The seats as lines of a text."""
    return "\n\n".join(_lines(item) for item in items())


def _lines(item: dict[str, Any]) -> str:
    head = f"- {item['quantity']} × {item['what']} ({item['ticket']})"
    return "\n".join([head, *(f"  {line}" for line in (*item["days"], item["where"]) if line)])
