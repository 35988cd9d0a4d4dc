"""Asking somebody to give a little more: only who said that we may, and seldom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from accounts.choices import wants
from membership.models import Gift, Membership, Movement, Notice, Subscription
from membership.recovery import mails
from membership.states import State
from payments.models import RenewalFailure
from receipts.models import Payer
from receipts.money import minor_digits, plain

A_YEAR = timedelta(days=365)
NO_FAILURE_FOR = timedelta(days=90)
COOL_DOWN = timedelta(days=180)
# Whoever gave less or took a break has said how much is right.
UNASKED = (Movement.Kind.DOWNGRADE, Movement.Kind.PAUSE)


def ask_for_more(now: datetime) -> Iterator[bool]:
    """One mail to each supporter who may be asked; whether each was sent."""
    for model in (Membership, Gift):
        for subscription in _long_ones(model, now):
            yield _ask(subscription, now)


def _long_ones(model: type[Subscription], now: datetime) -> Iterator[Subscription]:
    """Those that have run for a year without trouble and without having been made smaller."""
    movements = Movement.objects.filter(
        subscription_kind=model.kind(), subscription_id=OuterRef("pk"), kind__in=UNASKED, at__gt=now - A_YEAR
    )
    failures = RenewalFailure.objects.filter(
        plan__payable_kind=model.kind(), plan__payable_id=OuterRef("pk"), failed_at__gt=now - NO_FAILURE_FOR
    )
    running = model._default_manager.filter(state=State.ACTIVE, started_at__lte=now - A_YEAR).exclude(interval="")
    asked = running.exclude(Exists(movements)).exclude(Exists(failures)).exclude(payer__email="")
    return asked.select_related("payer__merged_into").order_by("pk").iterator()


@transaction.atomic
def _ask(subscription: Subscription, now: datetime) -> bool:
    payer, plan = subscription.payer.current(), subscription.plan()
    if plan is None or plan.next_payment_at is None or not wants(payer.email, "upgrade_asks"):
        return False
    same = Payer.objects.same_as(payer)
    if Notice.objects.filter(kind=Notice.Kind.UPGRADE_ASK, plan__payer__in=same, sent_at__gt=now - COOL_DOWN).exists():
        return False
    Notice.objects.create(kind=Notice.Kind.UPGRADE_ASK, plan=plan, about=f"{now:%Y-%m-%d}", sent_at=now)
    # Without what covers the card's fee: that follows by itself.
    given = getattr(subscription, "gift_amount", subscription.amount)
    suggested = next_step(given, subscription.currency)
    more = {"amount": given, "suggested": suggested, "change_url": change_url(subscription, suggested)}
    return mails.send("upgrade_ask", subscription, plan, **more)


def next_step(amount: int, currency: str) -> int:
    """About a fifth more, as a sum that one would name: in whole units, in fives from 25, in tens from 100 on."""
    unit = 10 ** minor_digits(currency)
    whole = -(-amount * 6 // (5 * unit))
    # Where the unit is small (yen), in hundreds of it.
    rounding = next(step for least, step in ((2500, 100), (100, 10), (25, 5), (0, 1)) if whole >= least)
    return -(-whole // rounding) * rounding * unit


def change_url(subscription: Subscription, amount: int) -> str:
    """The page on which the amount is changed, with the suggestion filled in."""
    try:
        path = reverse("manage_amount", args=[subscription.public_id])
    except NoReverseMatch:
        return settings.BASE_URL + reverse("account_home")
    return f"{settings.BASE_URL}{path}?{urlencode({'amount': plain(amount, subscription.currency)})}"
