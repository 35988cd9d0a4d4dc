"""What runs out: staff are reminded once for each time that it falls to its mark (``accounts.reminders``)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from shop.models import ProductPage, Stock, StockMovement, Variant

PERMISSION = "shop.change_stock"


def low() -> QuerySet[Stock]:
    """No more than its mark is left of something that is offered and that was ever there."""
    was_there = StockMovement.objects.filter(variant=OuterRef("pk"))
    return Stock.objects.filter(
        Exists(was_there),
        on_hand__lte=F("low_at"),
        variant__is_offered=True,
        variant__product__live=True,
        variant__product__made_to_order_days=None,
    )


def mark_low() -> int:
    """The scheduled job: note what has fallen to its mark since, and what rose above it again."""
    make_missing()
    risen = Stock.objects.exclude(warned_at=None).filter(on_hand__gt=F("low_at"))
    risen.update(warned_at=None)
    return low().filter(warned_at=None).update(warned_at=timezone.now())


def make_missing() -> int:
    """A stock for each variant that has none: nothing lies there yet, and staff find it in their list."""
    missing = Variant.objects.filter(stock=None, product__in=ProductPage.objects.all())
    rows = [Stock(variant=variant) for variant in missing]
    return len(Stock.objects.bulk_create(rows, ignore_conflicts=True))


def reminders() -> Iterator[tuple[str, str, str, str]]:
    """For the hook ``staff_reminders``: each fall has a key of its own, so it is mailed once."""
    for stock in low().exclude(warned_at=None).select_related("variant__product"):
        left = "nothing is" if not stock.on_hand else "only 1 is" if stock.on_hand == 1 else f"only {stock.on_hand} are"
        key = f"stock:{stock.pk}:{stock.warned_at:%Y%m%d%H%M%S}"
        yield key, PERMISSION, f"{stock.variant}: {left} left.", reverse("shop_stock:inspect", args=[stock.pk])
