"""Writing an order down as it is sold. What it says never follows the shelf from then on."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from payments.goods import Buyer, Delivery, NotAvailable, Ordered
from shop.models import Order, OrderLine, ShippingMethod, Variant

GONE = "Something in your basket isn’t offered any more."


@transaction.atomic
def place_order(rows: Sequence[Ordered], buyer: Buyer, currency: str, delivery: Delivery | None) -> Order:
    """An order of these rows, each of which names a variant by its key. It is held and paid for as a ``Payable``.

    Amounts are taken as they were priced: minor units of ``currency``. Raises NotAvailable where a variant is gone.
    """
    variants = Variant.objects.select_related("product").in_bulk([int(row.wanted.reference) for row in rows])
    if any(int(row.wanted.reference) not in variants for row in rows):
        raise NotAvailable(GONE)
    order = Order.objects.create(
        payer=buyer.payer, email=buyer.email, language=buyer.language, currency=currency, **_delivered(delivery)
    )
    OrderLine.objects.bulk_create(_line(order, row, variants[int(row.wanted.reference)]) for row in rows)
    return order


def _delivered(delivery: Delivery | None) -> dict[str, object]:
    if delivery is None:
        return {}
    choice = delivery.choice
    method = ShippingMethod.objects.filter(pk=choice.key).first() if choice.key.isdigit() else None
    whom = ("recipient", "line1", "line2", "city", "region", "postcode", "country", "is_discreet")
    return {
        **{name: getattr(delivery, name) for name in whom},
        "customer_note": delivery.note,
        "shipping_method": method,
        "shipping_label": choice.label,
        "is_pickup": choice.is_pickup,
        "shipping": delivery.net,
        "shipping_tax": delivery.tax,
        "shipping_taxes": list(delivery.taxes),
    }


def _line(order: Order, row: Ordered, variant: Variant) -> OrderLine:
    product = variant.product
    return OrderLine(
        order=order,
        variant=variant,
        maker_id=product.maker_id,
        title=product.title[:200],
        variant_name=variant.name,
        sku=variant.sku,
        quantity=row.wanted.quantity,
        unit_price=row.priced.unit_amount,
        discount=row.discount,
        amount=row.net,
        tax=row.tax,
        taxes=list(row.taxes),
        maker_pay=variant.maker_pay,
        materials_cost=variant.materials_cost,
        weight=variant.weight,
        is_made_to_order=product.is_made_to_order,
        purpose=product.purpose,
    )
