"""What the shop knows of a person, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.privacy import Facts, Person, Table
from receipts.money import plain
from shop.models import BackInStockWish, Order, OrderLine, Return, Shipment

# Whom it went to. What was bought, and for how much, stays for the books.
WHO = ("email", "recipient", "line1", "line2", "city", "region", "postcode", "country", "customer_note", "staff_note")


def export(person: Person) -> Iterable[Table]:
    orders = Order.objects.filter(payer__in=person.payers).order_by("created_at", "pk")
    yield Table(name="orders", rows=[_order(order) for order in orders])
    lines = OrderLine.objects.filter(order__in=orders).select_related("order").order_by("order_id", "pk")
    yield Table(name="ordered", rows=[_line(line) for line in lines])
    returns = Return.objects.filter(order__in=orders).select_related("order").order_by("asked_at", "pk")
    yield Table(name="returns", rows=[_return(back) for back in returns])
    parcels = Shipment.objects.filter(order__in=orders).select_related("order").order_by("sent_at", "pk")
    yield Table(name="parcels", rows=[_parcel(parcel) for parcel in parcels])
    wishes = BackInStockWish.objects.filter(email__in=person.emails).select_related("variant__product")
    yield Table(
        name="told-when-back",
        rows=[{"email": wish.email, "product": str(wish.variant), "since": wish.created_at} for wish in wishes],
    )


def _order(order: Order) -> Facts:
    return {
        "number": order.number,
        "state": order.get_state_display(),
        "placed": order.placed_at,
        **{field: str(getattr(order, field)) for field in WHO if field != "staff_note"},
        "shipping": plain(order.shipping, order.currency),
        "currency": order.currency,
    }


def _line(line: OrderLine) -> Facts:
    currency = line.order.currency
    return {
        "order": line.order.number,
        "product": line.title,
        "variant": line.variant_name,
        "quantity": line.quantity,
        "amount": plain(line.amount, currency),
        "tax": plain(line.tax, currency),
        "currency": currency,
    }


def _return(back: Return) -> Facts:
    return {
        "order": back.order.number,
        "asked": back.asked_at,
        "state": back.get_state_display(),
        "reason": back.reason,
        "answer": back.answer,
    }


def _parcel(parcel: Shipment) -> Facts:
    return {
        "order": parcel.order.number,
        "sent": parcel.sent_at,
        "carrier": parcel.carrier,
        "tracking_number": parcel.tracking_number,
        "tracking_url": parcel.tracking_url,
    }


def erase(person: Person) -> None:
    BackInStockWish.objects.filter(email__in=person.emails).delete()
    Return.objects.filter(order__payer__in=person.payers).update(reason="", answer="")
    # With a parcel's number, its carrier tells where it went.
    Shipment.objects.filter(order__payer__in=person.payers).update(tracking_number="", tracking_url="")
    Order.objects.filter(payer__in=person.payers).update(**dict.fromkeys(WHO, ""))


def notes(person: Person) -> Iterable[str]:
    """Said before somebody is erased: what is not sent by then has nowhere to go."""
    waiting = Order.objects.filter(payer__in=person.payers, state__in=Order.GOING_OUT).count()
    if waiting:
        orders = "1 order is" if waiting == 1 else f"{waiting} orders are"
        yield f"{orders} not sent yet, and can’t be without an address: wait until then, or cancel first."
