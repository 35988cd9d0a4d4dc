"""Who wants to hear when something is there again: told once, forgotten then, or after a year, or at their word."""

from __future__ import annotations

from datetime import timedelta

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.mailing import send_mail_later
from accounts.sealing import sealer
from payments.guard import limits, tallies
from payments.guard.visitor import key_of
from shop.models import BackInStockWish, Variant

USE = "shop wish"
TEMPLATE = "shop/mail/back_in_stock"
KEPT_FOR = timedelta(days=365)
# Of one run of the clock: the rest is told by the next.
AT_ONCE = 500
FROM_ONE = limits.Limit("wishes_from_one", 12, limits.HOUR)
TO_ONE = limits.Limit("wishes_to_one", 12, limits.HOUR)


def sold_out() -> QuerySet[Variant]:
    """What one can wish to hear of: it is offered, lies ready when it is there, and none can be had now."""
    offered = Variant.objects.filter(is_offered=True, product__live=True, product__made_to_order_days=None)
    return offered.exclude(stock__on_hand__gt=F("stock__reserved")).select_related("product")


def wish(variant: Variant, email: str, *, language: str, from_address: str) -> None:
    """Note the wish, once for each address. Nothing tells whether it was new, known, or one too many."""
    now, email = timezone.now(), email.strip()
    to = key_of("email", email.lower(), now)
    if not tallies.take(FROM_ONE, from_address, now) or not tallies.take(TO_ONE, to, now):
        return
    if not BackInStockWish.objects.filter(variant=variant, email__iexact=email).exists():
        BackInStockWish.objects.get_or_create(variant=variant, email=email.lower(), defaults={"language": language})


def tell_all() -> int:
    """The scheduled job: write to those whose thing is there again. Returns how many mails were queued."""
    there = BackInStockWish.objects.filter(
        variant__stock__on_hand__gt=F("variant__stock__reserved"),
        variant__is_offered=True,
        variant__product__live=True,
    )
    waiting = there.select_related("variant__product").order_by("pk")[:AT_ONCE]
    return sum(_tell(one) for one in waiting)


@transaction.atomic
def _tell(one: BackInStockWish) -> bool:
    """The mail and the forgetting commit together; of two clocks, one finds it gone."""
    if not BackInStockWish.objects.filter(pk=one.pk).delete()[0]:
        return False
    send_mail_later(template=TEMPLATE, to=one.email, context=context_of(one.variant, one.email), language=one.language)
    return True


def context_of(variant: Variant, email: str) -> dict[str, str]:
    return {
        "product": str(variant),
        "product_url": settings.BASE_URL + (variant.product.get_url() or "/"),
        "forget_url": forget_url(email),
    }


def forget_url(email: str) -> str:
    """Sealed, not only signed: an address has no place in a URL."""
    token = sealer(USE).encrypt(email.lower().encode()).decode()
    return settings.BASE_URL + reverse("shop_wish_stop", args=[token])


def stop(token: str) -> None:
    """Forget all wishes of the address. A token that is not ours changes nothing, and nobody learns that."""
    try:
        email = sealer(USE).decrypt(token.encode()).decode()
    except InvalidToken:
        return
    BackInStockWish.objects.filter(email__iexact=email).delete()


def forget_old() -> int:
    """The scheduled job: what did not come back within a year is not waited for any more."""
    return BackInStockWish.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()[0]
