"""Cards and the codes on them. A code says nothing of anybody; whether it is valid is asked of the membership."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from membership.models import MemberCard, Membership


def new_token() -> str:
    """144 random bits: nobody finds a card by trying."""
    return secrets.token_urlsafe(18)


def card_of(membership: Membership) -> MemberCard:
    card, _ = MemberCard.objects.get_or_create(membership=membership, defaults={"token": new_token()})
    return card


def replace_card(membership: Membership) -> MemberCard:
    """A new code; from this moment the old one is not valid, wherever it was printed."""
    fresh = {"token": new_token(), "made_at": timezone.now()}
    card, _ = MemberCard.objects.update_or_create(membership=membership, defaults=fresh)
    return card


def is_valid(token: str, at: datetime) -> bool:
    """As the membership stands now, and not as it stood when the card was printed."""
    card = MemberCard.objects.select_related("membership__tier").filter(token=token).first()
    return card is not None and card.membership.is_live(at)


def verify_url(card: MemberCard) -> str:
    return str(settings.BASE_URL + reverse("card_verify", args=[card.token]))
