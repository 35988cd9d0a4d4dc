"""Seats in a basket: tickets, by their keys. Where people pay what they can, they say how much."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from payments.currencies import refusal_of
from payments.goods import Buyer, Delivery, Goods, Ordered, Priced, Wanted
from receipts.money import format_amount
from training.bookings.placing import offers_of, place_booking
from training.models import Offer, Session, Ticket
from training.prerequisites import missing_for
from training.prices import visitor_price
from training.waiting.lines import tickets_behind_a_line

if TYPE_CHECKING:
    from payments.payables import Payable

KIND = "training.seat"
OWN_PRICE_KIND = "training.own_price_seat"


class SeatGoods(Goods):
    kind = KIND

    def price(self, wanted: Sequence[Wanted], request: HttpRequest) -> list[Priced]:
        tickets = tickets_of(wanted)
        offers = offers_of(row.options for row in wanted)
        lines = tickets_behind_a_line(tickets.values())
        missing = missing_for(request, [ticket.session.page_id for ticket in tickets.values()])
        now = timezone.now()
        found = []
        for row in wanted:
            ticket = tickets.get(row.reference)
            if ticket is None or ticket.is_own_price != self.takes_amount:
                continue
            offer = offers.get(str(row.options.get("offer", "")))
            has_offer = offer is not None and is_good(offer, ticket, now)
            left = seats_for(row, ticket, offer if has_offer else None, is_line=ticket.pk in lines)
            found.append(
                self._priced(row, ticket, request, left=left, at=now, needs=missing.get(ticket.session.page_id, ""))
            )
        return found

    def _priced(
        self, row: Wanted, ticket: Ticket, request: HttpRequest, *, left: int, at: datetime, needs: str
    ) -> Priced:
        session = ticket.session
        amount = (row.amount or 0) if self.takes_amount else visitor_price(request, ticket, at).amount
        has_gift = ticket.value is not None and ticket.gift_in(amount) > 0
        problem = problem_of(ticket, left=left, at=at) or needs
        if not problem and self.takes_amount:
            problem = own_price_problem(ticket, amount)
        return Priced(
            reference=row.reference,
            title=session.page.title,
            detail=detail_of(ticket),
            url=session.page.get_url(request) or "",
            unit_amount=amount,
            most=left,
            problem=problem,
            # What is partly a gift is given whole, and a gift is not taxed.
            tax_category="" if has_gift else session.page.tax_category,
            may_be_discounted=not has_gift,
            needs_address=has_gift,
            is_countable=not self.takes_amount,
        )

    def order(self, rows: Sequence[Ordered], buyer: Buyer, currency: str, delivery: Delivery | None) -> list[Payable]:
        return [place_booking(rows, buyer, currency)]


class OwnPriceSeatGoods(SeatGoods):
    kind = OWN_PRICE_KIND
    takes_amount = True
    may_be_nothing = True


def tickets_of(wanted: Sequence[Wanted]) -> dict[str, Ticket]:
    """By reference, whatever was sent as one: only what is a key of ours finds something."""
    keys = {row.reference for row in wanted if re.fullmatch(r"[1-9][0-9]{0,17}", row.reference)}
    tickets = Ticket.objects.filter(pk__in=keys).select_related("session__page").prefetch_related("member_prices")
    return {str(ticket.pk): ticket for ticket in tickets}


def is_good(offer: Offer, ticket: Ticket, at: datetime) -> bool:
    return offer.ticket_id == ticket.pk and offer.state == Offer.State.OPEN and offer.until > at


def seats_for(row: Wanted, ticket: Ticket, offer: Offer | None, *, is_line: bool) -> int:
    """How many seats this row can have: what is offered to it, what its own checkout holds, and what is free."""
    if offer is not None:
        return offer.seats
    free = 0 if is_line else ticket.session.left
    return (free if ticket.left is None else min(free, ticket.left)) + row.held


def detail_of(ticket: Ticket) -> str:
    """ "Saturday group, 14 March 2027, Seat": what sets it apart, with the day as the session's clocks have it."""
    session = ticket.session
    day = f"{session.local(session.starts_at):%-d %B %Y}" if session.starts_at else ""
    return ", ".join(part for part in (session.name, day, ticket.name) if part)


def problem_of(ticket: Ticket, *, left: int, at: datetime) -> str:
    """Why this can't be booked now, for the visitor to read; empty when it can."""
    session = ticket.session
    if session.state == Session.State.CANCELLED:
        return "This was cancelled."
    if not session.page.live or not session.is_open or not ticket.is_offered:
        return "This is not offered any more."
    if not session.books_at(at):
        return (
            "Booking is closed."
            if session.books_from is None or session.books_from <= at
            else "Booking is not open yet."
        )
    if left < 1:
        return "This is full. You can join the waiting list."
    return ""


def own_price_problem(ticket: Ticket, amount: int) -> str:
    currency = settings.REPORTING_CURRENCY
    if amount < ticket.lowest:
        return f"The least is {format_amount(ticket.lowest, currency)}."
    return refusal_of(amount, currency) if amount else ""
