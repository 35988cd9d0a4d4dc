"""What one seat costs: early, for members, and now. An early price and a member's are never added up."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest

from payments.member_prices import Price, price_for, reduced

if TYPE_CHECKING:
    from training.models import Ticket


def visitor_price(request: HttpRequest, ticket: Ticket, at: datetime) -> Price:
    """What this visitor pays for one seat now. Never for a page that a cache may keep.

    Read it with ``member_prices`` prefetched.
    """
    by_group = {row.group_id: reduced(ticket.price, row.percent_off) for row in ticket.member_prices.all()}
    return price_for(request, regular=ticket.price_at(at), by_group=by_group)
