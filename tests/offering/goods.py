"""Offerings as things in a basket: the reference is the row's key, and each order is a row of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.http import HttpRequest

from payments.goods import Buyer, Delivery, DeliveryChoice, Destination, Goods, Ordered, Priced, Wanted
from receipts.chart import SALES
from tests.offering.models import Offering

if TYPE_CHECKING:
    from payments.payables import Payable

POST, COURIER = "post", "courier"


class Things(Goods):
    kind = "offering.thing"

    def price(self, wanted: Sequence[Wanted], request: HttpRequest) -> list[Priced]:
        held = {one.reference: one.held for one in wanted}
        found = Offering.objects.filter(pk__in=[int(ref) for ref in held if ref.isascii() and ref.isdigit()])
        return [_priced(thing, held[str(thing.pk)]) for thing in found]

    def delivery_choices(
        self, destination: Destination, rows: Sequence[tuple[Wanted, Priced]], goods_total: int
    ) -> list[DeliveryChoice]:
        if destination.country != "US":
            return []
        return [
            DeliveryChoice(key=POST, label="Post", amount=500),
            DeliveryChoice(key=COURIER, label="Courier", amount=1500),
        ]

    def order(self, rows: Sequence[Ordered], buyer: Buyer, currency: str, delivery: Delivery | None) -> list[Payable]:
        return [_order(row, currency) for row in rows]


def _priced(thing: Offering, held: int) -> Priced:
    is_sale = thing.account in SALES
    return Priced(
        reference=str(thing.pk),
        title=thing.name,
        unit_amount=thing.amount,
        most=None if thing.left is None else thing.left + held,
        tax_category="standard" if is_sale else "",
        may_be_discounted=is_sale,
        needs_delivery=thing.name.startswith("Parcel"),
    )


def _order(row: Ordered, currency: str) -> Offering:
    return Offering.objects.create(
        name=row.priced.title,
        account=Offering.objects.get(pk=row.wanted.reference).account,
        amount=row.net,
        parts=[{"tax": row.tax, "taxes": list(row.taxes), "quantity": row.wanted.quantity}],
        quantity=row.wanted.quantity,
        currency=currency,
        of_id=int(row.wanted.reference),
    )
