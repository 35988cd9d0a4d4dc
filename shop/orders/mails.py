"""The mails of orders. Called where it happens: they commit or vanish with it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from accounts.mailing import send_mail_later
from receipts.addresses.lines import format_address
from receipts.templatetags.money import money
from shop.orders.links import order_url

if TYPE_CHECKING:
    from shop.models import MoneyBack, Order, OrderLine, Return, Shipment


def confirmed(order: Order) -> None:
    """It is paid: what was bought, what it cost, where it goes, and the link to it."""
    _send("order_confirmed", order)


def sold_out(order: Order, owed: MoneyBack | None) -> None:
    """It was paid too late, and its money goes back by itself."""
    _send("order_sold_out", order, money_goes_back=owed is not None and order.total > 0)


def not_paid(order: Order) -> None:
    """A bank debit came back: nothing was charged, and nothing is kept."""
    _send("order_not_paid", order)


def cancelled(order: Order, units: Mapping[int, int], owed: MoneyBack | None) -> None:
    """Units, by the key of their line, will not be sent."""
    was_paid = any(line.gross for line in order.order_lines.filter(pk__in=units))
    _send("order_cancelled", order, units, money_goes_back=owed is not None and was_paid)


def sent(order: Order, shipment: Shipment) -> None:
    units = dict(shipment.lines.values_list("line", "quantity"))
    _send(
        "order_sent",
        order,
        units,
        parcel=", ".join(part for part in (shipment.carrier, shipment.tracking_number) if part),
        tracking_url=shipment.tracking_url,
        is_part=order.state == order.State.PART_SENT,
    )


def of_return(template: str, back: Return) -> None:
    units = dict(back.lines.values_list("line", "quantity"))
    _send(template, back.order, units, answer="" if template == "return_received" else back.answer)


def _send(template: str, order: Order, units: Mapping[int, int] | None = None, **more: Any) -> None:
    if not order.email:
        return
    send_mail_later(
        template=f"shop/mail/{template}",
        to=order.email,
        context=context_of(order, list(order.order_lines.all()), units, **more),
        language=order.language or "en",
    )


def context_of(
    order: Order, lines: list[OrderLine], units: Mapping[int, int] | None = None, **more: Any
) -> dict[str, Any]:
    """What every mail of an order may say; ``units`` (by the key of their line) narrows it to some of it."""
    items = [_item(line, units) for line in lines if units is None or units.get(line.pk)]
    return {
        "order": order,
        "name": order.recipient or order.payer.name,
        "number": order.number,
        "items": items,
        "shipping": order.shipping_gross,
        # Called while the mail is rendered, when its language is the active one.
        "listing": partial(listing, order, items),
        "sending": partial(sending, order),
        "total": sum(line.gross for line in lines) + order.shipping_gross,
        "address": [] if order.is_pickup else address_of(order),
        "order_url": order_url(order),
        **more,
    }


def _item(line: OrderLine, units: Mapping[int, int] | None) -> dict[str, Any]:
    if units is None:
        return {"quantity": line.quantity, "name": line.name, "amount": line.gross}
    return {"quantity": units[line.pk], "name": line.name, "amount": None}


def listing(order: Order, items: list[dict[str, Any]]) -> str:
    """The items as lines of a text."""
    return "\n".join(f"- {item['quantity']} × {item['name']}{_price(item, order)}" for item in items)


def _price(item: dict[str, Any], order: Order) -> str:
    return "" if item["amount"] is None else f": {money(item['amount'], order.currency)}"


def sending(order: Order) -> str:
    return f"- {order.shipping_label}: {money(order.shipping_gross, order.currency)}" if order.shipping_label else ""


def address_of(order: Order) -> list[str]:
    """Where it goes, as it is written in its country; nothing once it is forgotten."""
    if not order.line1:
        return []
    return format_address(
        name=order.recipient,
        line1=order.line1,
        line2=order.line2,
        city=order.city,
        region=order.region,
        postcode=order.postcode,
        country=str(order.country),
    )
