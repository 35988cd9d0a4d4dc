"""Redeeming a code: once, whoever is first, and for whoever has it."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.inviting import invite
from membership import access
from membership.gift_memberships import mails
from membership.gift_memberships.codes import digest_of
from membership.models import GiftMembership, Membership
from membership.states import State
from receipts.models import Payer
from receipts.payers import find_or_create_payer


class NotRedeemable(Exception):
    """No such code, used, paid back or too old: which of these is nobody's business but the giver's."""


def find(typed: str) -> GiftMembership | None:
    """What a code would give, without using it up."""
    found = GiftMembership.objects.redeemable(timezone.now()).filter(code_digest=digest_of(typed))
    return found.select_related("tier").first()


@transaction.atomic
def redeem(typed: str, *, name: str, email: str, user: Any) -> Membership:
    """Make or lengthen the membership that the code stands for.

    Raises:
        NotRedeemable: nothing was written.
    """
    now = timezone.now()
    gift = find(typed)
    if gift is None:
        raise NotRedeemable
    payer = _payer_of(user) or find_or_create_payer(kind=Payer.Kind.PERSON, name=name, email=email, user=user)
    # Two codes of one person, redeemed at once, must each add their months to what the other made.
    Payer.objects.select_for_update().get(pk=payer.pk)
    membership = _membership_for(payer, gift, now)
    # The one place where it is used up: of two at once, one finds nothing to change, and its membership goes too.
    used = GiftMembership.objects.redeemable(now).filter(pk=gift.pk)
    if not used.update(state=GiftMembership.State.REDEEMED, redeemed_at=now, membership=membership):
        raise NotRedeemable
    if payer.user is None and payer.email:
        invite(payer.email)
    access.sync_groups(payer.user)
    mails.redeemed(gift, membership)
    return membership


def _payer_of(user: Any) -> Payer | None:
    """Whoever has paid before stays as they are: nobody is asked for an address here, so none is written over."""
    if user is None or not user.is_authenticated:
        return None
    return Payer.objects.live().filter(user=user, kind=Payer.Kind.PERSON).order_by("pk").first()


def _membership_for(payer: Payer, gift: GiftMembership, now: datetime) -> Membership:
    """A given membership that still runs is lengthened; after one that is paid by oneself, the given time begins."""
    same = Membership.objects.filter(payer=payer, tier=gift.tier).live(now)
    given = same.filter(gift_memberships__isnull=False).order_by("-paid_until").first()
    running = same.order_by("-paid_until").first()
    start = running.paid_until if running and running.paid_until else now
    until = months_after(max(start, now), gift.months)
    if given:
        Membership.objects.filter(pk=given.pk).update(paid_until=until)
        given.paid_until = until
        return given
    return Membership.objects.create(
        payer=payer,
        tier=gift.tier,
        interval=gift.interval,
        amount=gift.amount,
        currency=gift.currency,
        # Nothing is renewed: it lives to the end of what was given.
        state=State.CANCEL_AT_END,
        started_at=now,
        paid_until=until,
    )


def months_after(moment: datetime, months: int) -> datetime:
    """The same day some months later, or the last one of a month that is too short for it."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def end_given() -> int:
    """The scheduled job: what was given and has come to its end is over. Access ended by itself."""
    now = timezone.now()
    over = Membership.objects.filter(gift_memberships__isnull=False, state=State.CANCEL_AT_END, paid_until__lte=now)
    return Membership.objects.filter(pk__in=over.values("pk")).update(state=State.CANCELLED, ended_at=now)
