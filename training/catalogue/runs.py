"""A session as visitors see it now: when, where, what a seat costs and how many are left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language_info

from payments.member_prices import best_price, reduced
from training.bookings.replay import is_there
from training.catalogue.gift_parts import GiftPart, gift_part
from training.goods import KIND, OWN_PRICE_KIND, problem_of
from training.models import Meeting, Session, Ticket
from training.sessions.times import last_day, span_words, time_words, zone_words

# From here on a page says how many are left.
FEW = 10
LANGUAGES: dict[str, str] = {code: get_language_info(code)["name"] for code, _ in settings.LANGUAGES}


@dataclass(frozen=True, kw_only=True)
class Price:
    """Of one seat, in minor units: what everybody pays now, and what else is said of it."""

    ticket: Ticket
    now: int
    # What it costs once the early price is over; None without one.
    later: int | None
    left: int
    problem: str

    @property
    def kind(self) -> str:
        """Of goods, for the basket."""
        return OWN_PRICE_KIND if self.ticket.is_own_price else KIND

    @property
    def is_full(self) -> bool:
        return self.left < 1

    @property
    def is_free(self) -> bool:
        return not self.now and not self.ticket.is_own_price

    @property
    def members(self) -> int | None:
        """The lowest that any member pays, for a page that everybody may see; None where that is what all pay."""
        rows = [] if self.ticket.is_own_price else self.ticket.member_prices.all()
        by_group = {row.group_id: reduced(self.ticket.price, row.percent_off) for row in rows}
        lowest = best_price(regular=self.now, by_group=by_group).amount if by_group else self.now
        return lowest if lowest < self.now else None

    @property
    def gift(self) -> GiftPart | None:
        """Of what is suggested, where they choose."""
        paid = self.ticket.price if self.ticket.is_own_price else self.now
        return gift_part(self.ticket, paid, timezone.localdate())

    @property
    def early_until(self) -> datetime | None:
        return self.ticket.early_until if self.later is not None else None


@dataclass(frozen=True, kw_only=True)
class Run:
    session: Session
    prices: list[Price]
    at: datetime

    @property
    def when(self) -> str:
        starts, ends = self.session.starts_at, self.session.ends_at
        return span_words(starts, ends, self.session.zone) if starts and ends else ""

    @property
    def meetings(self) -> list[Meeting]:
        return sorted(self.session.meetings.all(), key=lambda meeting: (meeting.starts_at, meeting.pk))

    @property
    def is_one_day(self) -> bool:
        return len(self.meetings) < 2

    @property
    def last_day(self) -> str:
        ends = self.session.ends_at
        return f"{last_day(ends, self.session.zone):%-d %B %Y}" if ends else ""

    @property
    def time(self) -> str:
        """ "18:00 Eastern Daylight Time (New York)"."""
        starts = self.session.starts_at
        return f"{time_words(starts, self.session.zone)} {zone_words(starts, self.session.zone)}" if starts else ""

    @property
    def books_until(self) -> str:
        """A deadline before it begins, while it lies ahead."""
        closes = self.session.books_until
        if closes is None or not self.is_bookable:
            return ""
        return f"{_day(self.session, closes)}, {time_words(closes, self.session.zone)}"

    @property
    def where(self) -> str:
        """The place that everybody may know; the address and the online link are for who has a seat."""
        session = self.session
        parts = [session.place, "online" if session.is_online else ""]
        said = " and ".join(part for part in parts if part)
        return said[:1].upper() + said[1:]

    @property
    def language(self) -> str:
        return str(LANGUAGES.get(self.session.language, self.session.language))

    @property
    def lowest(self) -> Price | None:
        return min(self.prices, key=lambda price: price.now, default=None)

    @property
    def is_from(self) -> bool:
        return len({price.now for price in self.prices}) > 1

    @property
    def is_cancelled(self) -> bool:
        return self.session.state == Session.State.CANCELLED

    @property
    def is_over(self) -> bool:
        return self.session.ends_at is not None and self.session.ends_at <= self.at

    @property
    def has_replay_for_members(self) -> bool:
        return is_there(self.session, self.at) and bool(self.session.replay_groups.all())

    @property
    def is_bookable(self) -> bool:
        return self.session.books_at(self.at)

    @property
    def is_full(self) -> bool:
        return all(price.is_full for price in self.prices)

    @property
    def left(self) -> int:
        """Of all tickets together: a ticket's own quota may leave less than the session has."""
        return min(self.session.left, sum(price.left for price in self.prices))

    @property
    def left_words(self) -> str:
        if self.is_full:
            return "Full"
        return f"{self.left} seat{'' if self.left == 1 else 's'} left" if self.left <= FEW else "Seats free"

    @property
    def booking_words(self) -> str:
        """Why nobody can book now; empty where they can."""
        session = self.session
        if self.is_cancelled:
            return "Cancelled"
        if session.books_from and session.books_from > self.at:
            return f"Booking opens on {_day(session, session.books_from)}"
        return "" if self.is_bookable else "Booking is closed"


def runs_of(sessions: Sequence[Session], lines: Collection[int], at: datetime | None = None) -> list[Run]:
    """``lines``: the keys of sessions in which somebody waits. Read sessions with their tickets."""
    at = at or timezone.now()
    return [Run(session=one, prices=_prices(one, is_line=one.pk in lines, at=at), at=at) for one in sessions]


def _prices(session: Session, *, is_line: bool, at: datetime) -> list[Price]:
    return [_price(session, one, is_line=is_line, at=at) for one in session.tickets.all() if one.is_offered]


def _price(session: Session, ticket: Ticket, *, is_line: bool, at: datetime) -> Price:
    ticket.session = session
    now = ticket.price_at(at)
    free = 0 if is_line else session.left
    left = free if ticket.left is None else min(free, ticket.left)
    return Price(
        ticket=ticket,
        now=ticket.lowest if ticket.is_own_price else now,
        later=ticket.price if now != ticket.price else None,
        left=left,
        problem=problem_of(ticket, left=left, at=at),
    )


def _day(session: Session, moment: datetime) -> str:
    return f"{session.local(moment):%-d %B %Y}"
