"""Writing a booking down as it is sold. What it says never follows the page from then on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction

from payments.goods import Buyer, NotAvailable, Ordered
from payments.payables import taxes_within
from receipts.money import split
from training.models import Booking, Enrolment, Offer, RefundRules, Ticket

GONE = "Something in your basket isn’t offered any more."


@transaction.atomic
def place_booking(rows: Sequence[Ordered], buyer: Buyer, currency: str) -> Booking:
    """A booking of these rows, each of which names a ticket by its key. It is held and paid for as a ``Payable``.

    Amounts are taken as they were priced: minor units of ``currency``. Raises NotAvailable where a ticket is gone.
    """
    tickets = Ticket.objects.select_related("session__page__refund_rules").in_bulk(
        [int(row.wanted.reference) for row in rows]
    )
    offers = offers_of(row.wanted.options for row in rows)
    if any(int(row.wanted.reference) not in tickets for row in rows):
        raise NotAvailable(GONE)
    booking = Booking.objects.create(payer=buyer.payer, email=buyer.email, language=buyer.language, currency=currency)
    seats = [seat for row in rows for seat in _seats(booking, row, tickets, offers)]
    if len(seats) == 1:
        # Who books one seat books it for themselves; more of them are named afterwards.
        seats[0].shown_as, seats[0].email, seats[0].user = buyer.payer.name[:120], buyer.email, buyer.payer.user
    Enrolment.objects.bulk_create(seats)
    return booking


def offers_of(options: Any) -> dict[str, Offer]:
    """Offers to who waited, by the public id that a row of the basket carries."""
    named = [one["offer"] for one in options if one.get("offer")]
    return {str(offer.public_id): offer for offer in Offer.objects.filter(public_id__in=named)} if named else {}


def _seats(booking: Booking, row: Ordered, tickets: dict[int, Ticket], offers: dict[str, Offer]) -> Iterator[Enrolment]:
    """One row for each seat; what was paid for all is split so that the seats sum to it."""
    ticket, number = tickets[int(row.wanted.reference)], row.wanted.quantity
    shares = [1] * number
    nets, taxes, discounts = (split(amount, shares) for amount in (row.net, row.tax, row.discount))
    offer = offers.get(str(row.wanted.options.get("offer", "")))
    rules = RefundRules.as_facts(ticket.session.page.refund_rules)
    for net, tax, discount in zip(nets, taxes, discounts, strict=True):
        gift = ticket.gift_in(net)
        yield Enrolment(
            booking=booking,
            session=ticket.session,
            ticket=ticket,
            offer=offer if offer and offer.ticket_id == ticket.pk else None,
            currency=booking.currency,
            price=row.priced.unit_amount,
            discount=discount,
            amount=net - gift,
            tax=tax,
            taxes=taxes_within(row.taxes, tax),
            gift=gift,
            kept_rules=rules,
            language=booking.language,
        )
