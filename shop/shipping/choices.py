"""What a customer is offered: the ways of sending of the first zone that fits, with what each costs."""

from __future__ import annotations

from collections.abc import Sequence

from payments.goods import DeliveryChoice, Destination, Priced, Wanted
from shop.models import ShippingBand, ShippingMethod, ShippingZone
from shop.shipping.places import zone_of


def delivery_choices(
    destination: Destination, rows: Sequence[tuple[Wanted, Priced]], goods_total: int
) -> list[DeliveryChoice]:
    """How these rows get there, in the staff's order. Empty: not to that place, or not in one parcel that heavy.

    ``goods_total`` is what the goods cost as the shelf says, in minor units of the site's currency. Three queries.
    """
    weight = sum(wanted.quantity * priced.weight for wanted, priced in rows if priced.needs_delivery)
    return choices_for(destination, weight=weight, goods_total=goods_total)


def choices_for(destination: Destination, *, weight: int, goods_total: int) -> list[DeliveryChoice]:
    """The same for a weight in grams; what staff try out is what customers get."""
    zone = zone_of(destination, ShippingZone.objects.all())
    if zone is None:
        return []
    methods = ShippingMethod.objects.filter(zone=zone, is_offered=True).prefetch_related("bands")
    priced = ((method, price_of(method, weight=weight, goods_total=goods_total)) for method in methods)
    return [_choice(method, price) for method, price in priced if price is not None]


def price_of(method: ShippingMethod, *, weight: int, goods_total: int) -> int | None:
    """Minor units, as the shelf says. None: not that heavy, or not that much."""
    if method.by == ShippingMethod.By.PICKUP:
        return 0
    measure = weight if method.by == ShippingMethod.By.WEIGHT else goods_total
    band = band_for(list(method.bands.all()), measure)
    if band is None:
        return None
    is_free = method.free_over is not None and goods_total >= method.free_over
    return 0 if is_free else band.price


def band_for(bands: Sequence[ShippingBand], measure: int) -> ShippingBand | None:
    """The first band that reaches that far; limits are reached, not passed: "up to 1000" holds 1000."""
    fitting = [band for band in bands if band.up_to is None or measure <= band.up_to]
    return min(fitting, key=_limit, default=None)


def _limit(band: ShippingBand) -> tuple[bool, int]:
    return band.up_to is None, band.up_to or 0


def _choice(method: ShippingMethod, price: int) -> DeliveryChoice:
    is_pickup = method.by == ShippingMethod.By.PICKUP
    return DeliveryChoice(
        key=str(method.pk),
        label=method.name,
        amount=price,
        tax_category=method.tax_category,
        detail=method.details if is_pickup else days_of(method),
        is_pickup=is_pickup,
    )


def days_of(method: ShippingMethod) -> str:
    """How long it takes, in words."""
    if method.least_days == method.most_days:
        return "1 day" if method.most_days == 1 else f"{method.most_days} days"
    return f"{method.least_days} to {method.most_days} days"
