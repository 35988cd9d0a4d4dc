"""Where an order goes, as it is written on a parcel."""

from __future__ import annotations

from receipts.addresses.lines import format_address
from shop.models import Order


def address_of(order: Order) -> list[str]:
    """The lines of where it goes, in the country's order; the name alone for what is picked up."""
    if order.is_pickup:
        return [order.recipient] if order.recipient else []
    return format_address(
        name=order.recipient,
        line1=order.line1,
        line2=order.line2,
        city=order.city,
        region=order.region,
        postcode=order.postcode,
        country=str(order.country),
    )
