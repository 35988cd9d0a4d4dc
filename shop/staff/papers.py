"""What goes to the shelf and into the parcel, on paper: pick lists, packing slips, labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from receipts.documents import written_date
from receipts.models import Issuer
from receipts.months import day_of
from receipts.staff.printing import paper
from shop.models import Order, OrderLine, ShopSettings
from shop.staff.addresses import address_of

STYLE = Path(__file__).parents[1] / "templates" / "shop" / "papers" / "papers.css"
LABELS_ON_A_SHEET = 8
# Longer lines, or more of them, are set smaller, so that they stay on the label.
LONG_LINE = 34
WORDS = {
    "en": {
        "title": "Packing slip",
        "number": "Order",
        "what": "What",
        "item": "Item",
        "quantity": "Quantity",
        "part": "The rest of your order came in another parcel.",
    },
    "es": {
        "title": "Contenido del paquete",
        "number": "Pedido",
        "what": "Artículo",
        "item": "Artículo",
        "quantity": "Cantidad",
        "part": "El resto de su pedido llegó en otro paquete.",
    },
}


@dataclass(kw_only=True)
class Pick:
    """One kind of thing to take from the shelf, and for which orders."""

    sku: str
    title: str
    variant_name: str
    is_made_to_order: bool
    quantity: int = 0
    orders: list[tuple[str, int]] = field(default_factory=list)


def picks_of(orders: Iterable[Order]) -> list[Pick]:
    """All that is left to send of these orders, by SKU, as the shelves are."""
    picks: dict[tuple[str, str], Pick] = {}
    for order in orders:
        for line in order.order_lines.all():
            if line.to_send and order.state in Order.GOING_OUT:
                _add(picks, line, order)
    return sorted(picks.values(), key=lambda pick: (pick.sku, pick.title))


def _add(picks: dict[tuple[str, str], Pick], line: OrderLine, order: Order) -> None:
    pick = picks.setdefault(
        (line.sku, line.title),
        Pick(sku=line.sku, title=line.title, variant_name=line.variant_name, is_made_to_order=line.is_made_to_order),
    )
    pick.quantity += line.to_send
    pick.orders.append((order.number, line.to_send))


@dataclass(frozen=True, kw_only=True)
class Slip:
    """What lies in a parcel, in the customer's language. A discreet one counts its things and names none."""

    order: Order
    address: list[str]
    rows: list[tuple[str, str, int]]
    # Whether another parcel of the same order left before.
    sent_before: bool

    @property
    def language(self) -> str:
        return self.order.language if self.order.language in WORDS else "en"

    @property
    def words(self) -> dict[str, str]:
        return WORDS[self.language]

    @property
    def placed_on(self) -> str:
        return written_date(day_of(self.order.placed_at), self.language) if self.order.placed_at else ""


def slip_of(order: Order) -> Slip:
    """Of what is left to send; once all of it left, of what was sent."""
    is_going = order.state in Order.GOING_OUT
    lines = list(order.order_lines.all())
    rows = [
        ("", "", number) if order.is_discreet else (_name(line), line.sku, number)
        for line in lines
        if (number := line.to_send if is_going else line.sent)
    ]
    sent_before = is_going and any(line.sent for line in lines)
    return Slip(order=order, address=address_of(order), rows=rows, sent_before=sent_before)


def _name(line: OrderLine) -> str:
    return f"{line.title}, {line.variant_name}" if line.variant_name else line.title


def sheets_of(labels: Sequence[Any], skip: int = 0) -> list[list[Any]]:
    """Labels by the sheet; ``skip`` places of the first one were peeled off already."""
    places = [None] * (skip % LABELS_ON_A_SHEET) + list(labels)
    return [places[start : start + LABELS_ON_A_SHEET] for start in range(0, len(places), LABELS_ON_A_SHEET)]


def labels_html(orders: Sequence[Order], *, on_sheets: bool, skip: int = 0) -> str:
    """Address labels. Nobody picks up by mail, so what is picked up has none."""
    sender = ShopSettings.load().sender()
    labels = [_label(order) for order in orders if not order.is_pickup]
    shape = f"sheet {paper()}" if on_sheets else "single"
    sheets = sheets_of(labels, skip) if on_sheets else [[label] for label in labels]
    return _page("labels", "Labels", {"sheets": sheets, "shape": shape, "sender": sender})


def _label(order: Order) -> dict[str, Any]:
    address = address_of(order)
    is_long = len(address) > 6 or any(len(line) > LONG_LINE for line in address)
    return {"address": address, "number": order.number, "is_long": is_long}


def pick_list_html(orders: Sequence[Order]) -> str:
    picks = picks_of(orders)
    context = {"picks": picks, "units": sum(pick.quantity for pick in picks), "orders": len(orders), "shape": paper()}
    return _page("pick_list", "Pick list", context)


def slips_html(orders: Sequence[Order]) -> str:
    context = {"slips": [slip_of(order) for order in orders], "shape": paper()}
    named = {"sender": ShopSettings.load().sender(), "issuer": Issuer.load().legal_name}
    return _page("slips", "Packing slips", {**context, **named})


def _page(name: str, title: str, context: dict[str, Any]) -> str:
    now = timezone.localtime()
    frame = {"style": _style(), "title": title, "created": now, "language": settings.LANGUAGE_CODE}
    return render_to_string(f"shop/papers/{name}.html", {**frame, **context})


@cache
def _style() -> str:
    return STYLE.read_text(encoding="utf-8")
