"""What one seat costs: early, for members, and now. An early price and a member's are never added up."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest

from payments.currencies import step_of
from payments.member_prices import Price, price_for

if TYPE_CHECKING:
    from training.models import Ticket


def visitor_price(request: HttpRequest, ticket: Ticket, at: datetime) -> Price:
    """What this visitor pays for one seat now. Never for a page that a cache may keep.

    Read it with ``member_prices`` prefetched.
    """
    by_group = {row.group_id: reduced(ticket.price, row.percent_off) for row in ticket.member_prices.all()}
    return price_for(request, regular=ticket.price_at(at), by_group=by_group)


def reduced(amount: int, percent_off: int) -> int:
    """Rounded to the nearest amount that a card can pay, halves up: of three decimals, the last is 0."""
    step = step_of(settings.REPORTING_CURRENCY)
    return step * ((amount * (100 - percent_off) + 50 * step) // (100 * step))
