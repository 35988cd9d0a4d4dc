"""What bookings tell of a supporter on the staff's page about them: that they booked, never who comes or why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from receipts.history import HistoryItem
from receipts.models import Payer
from training.models import Booking
from training.models.bookings import ALPHABET

LENGTH_OF_NUMBER = 8


def bookings_history(payers: Sequence[Payer]) -> Iterator[HistoryItem]:
    bookings = Booking.objects.filter(payer__in=payers).exclude(state__in=Booking.NOT_PLACED)
    for booking in bookings.prefetch_related("enrolments__session__page"):
        seats = list(booking.enrolments.all())
        titles = dict.fromkeys(seat.session.page.title for seat in seats)
        gone = sum(seat.state == seat.State.CANCELLED for seat in seats)
        number = "1 seat" if len(seats) == 1 else f"{len(seats)} seats"
        yield HistoryItem(
            at=booking.placed_at or booking.created_at,
            kind="booking",
            title=f"Booking {booking.number} {'made' if booking.state == booking.State.PAID else 'refunded: full'}",
            detail=f"{number}, {', '.join(titles)}" + (f" ({gone} cancelled)" if gone else ""),
        )


def payers_with_number(text: str) -> list[int]:
    """Whose booking has this number, as it was read out or typed: an exact look-up in an index."""
    number = text.upper().removeprefix("BOOKING").strip().replace(" ", "").replace("-", "")
    if len(number) != LENGTH_OF_NUMBER or not set(number) <= set(ALPHABET):
        return []
    return list(Booking.objects.filter(number=number).values_list("payer", flat=True))
