"""What the join page knows of its visitor: what they typed before they turned back, and what they have already."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from membership.models import Membership, Tier
from payments.models import Payment
from payments.views import SESSION_KEY
from receipts.money import plain

TYPED = ("name", "email", "line1", "line2", "city", "region", "postcode", "country")


def typed_before(request: HttpRequest, tier: Tier) -> dict[str, Any]:
    """What this browser sent to Stripe's page for this tier and did not pay; nobody else's browser gets it."""
    started = request.session.get(SESSION_KEY, [])
    payment = Payment.objects.open().filter(public_id__in=started).select_related("payer").order_by("-pk").first()
    item = payment.items.filter(payable_kind=Membership.kind()).first() if payment else None
    membership = Membership.objects.filter(pk=item.payable_id, tier=tier).first() if item else None
    if payment is None or membership is None:
        return {}
    return {**_terms_of(membership, tier), **{field: getattr(payment.payer, field) for field in TYPED}}


def _terms_of(membership: Membership, tier: Tier) -> dict[str, str]:
    interval, amount = membership.interval, membership.amount
    if tier.free_amount:
        return {"interval": interval, "chosen": str(amount)}
    is_more = amount != tier.price_of(interval)
    return {"interval": interval, "amount": plain(amount, membership.currency) if is_more else ""}


def live_memberships(request: HttpRequest) -> list[Membership]:
    """What somebody who is signed in belongs to already, so that nobody pays twice without knowing."""
    if not request.user.is_authenticated:
        return []
    return list(Membership.objects.of_user(request.user).live(timezone.now()).select_related("tier"))
