"""The wall of a campaign: givers who asked to stand there, each as they asked to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from membership.campaign_progress import entries_of
from membership.models import Campaign, Gift, WallMessage
from membership.states import BEGUN
from payments.models import Payment, PaymentItem

ON_A_PAGE = 24


@dataclass(frozen=True, kw_only=True)
class WallEntry:
    """All that a public page gets to know of a gift."""

    name: str
    # None: not told.
    amount: int | None
    currency: str
    per: str
    message: str
    at: datetime | None


def wall_page(campaign: Campaign, number: str | None) -> Page[WallEntry]:
    """Newest first. A page that does not exist is the nearest one that does."""
    page: Page[Any] = Paginator(standing(campaign), ON_A_PAGE).get_page(number)
    page.object_list = [_entry(gift) for gift in page.object_list]
    return page


def standing(campaign: Campaign) -> QuerySet[Gift]:
    """Gifts to be shown of which something is left: who got all of it back, stands there no more."""
    origin = Coalesce("corrects__corrects__transaction", "corrects__transaction", "transaction")
    by_payment = entries_of([campaign]).annotate(origin=origin).values("origin").annotate(total=Sum("net"))
    gone = by_payment.filter(total__lte=0).values("origin")
    paid = PaymentItem.objects.filter(
        payable_kind=Gift.kind(),
        payable_id=OuterRef("pk"),
        payment__status=Payment.Status.PAID,
        payment__transaction__isnull=False,
    ).exclude(payment__transaction__in=gone)
    shown = Gift.objects.filter(campaign=campaign, is_on_wall=True, state__in=BEGUN)
    offline = ~Q(method=Gift.Method.ONLINE)
    return shown.filter(Exists(paid) | offline).select_related("payer", "wall_message").order_by("-started_at", "-pk")


def _entry(gift: Gift) -> WallEntry:
    decided = getattr(gift, "wall_message", None)
    return WallEntry(
        name=gift.shown_name(),
        amount=gift.shown_amount(),
        currency=gift.currency,
        per=gift.per,
        message=decided.text if decided and decided.is_shown else "",
        at=gift.started_at,
    )


def waiting_messages() -> QuerySet[Gift]:
    """Gifts whose words nobody has decided on yet, or whose words are others now; the oldest first."""
    undecided = Q(wall_message=None) | ~Q(wall_message__text=F("message"))
    asked = Gift.objects.filter(undecided, is_on_wall=True, state__in=BEGUN, campaign__isnull=False)
    return asked.exclude(message="").select_related("payer", "campaign", "wall_message").order_by("started_at", "pk")


def decide(gift: Gift, *, text: str, is_shown: bool, by: Any) -> bool:
    """Let these words stand, or not. False where the giver has written others meanwhile."""
    if text != gift.message:
        return False
    WallMessage.objects.update_or_create(
        gift=gift, defaults={"text": text, "is_shown": is_shown, "decided_at": timezone.now(), "decided_by": by}
    )
    return True


def named_on_walls(text: str) -> QuerySet[Gift]:
    """Gifts that ask to stand on a wall, the newest first; those whose giver is called something like this."""
    named = Gift.objects.filter(is_on_wall=True, state__in=BEGUN, campaign__isnull=False)
    if text:
        named = named.filter(Q(wall_name__icontains=text) | Q(payer__name__icontains=text))
    return named.select_related("payer", "campaign").order_by("-started_at", "-pk")


def take_off(gift: Gift) -> bool:
    """Not shown to others any more, name, sum and words. The gift stays what it is."""
    return bool(Gift.objects.filter(pk=gift.pk, is_on_wall=True).update(is_on_wall=False))
