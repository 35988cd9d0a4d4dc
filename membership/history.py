"""What membership knows of a supporter, for the staff's page about them (receipts.history)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from membership.models import Gift, GiftMembership, Membership, Movement
from membership.models.subscriptions import Subscription
from membership.movement_words import reason_of
from receipts.history import HistoryItem, SupporterPanel
from receipts.models import Payer
from receipts.money import format_amount

Kind = Movement.Kind


def membership_history(payers: Sequence[Payer]) -> Iterator[HistoryItem]:
    """How memberships and recurring gifts went; what was given once is among the payments."""
    running = {(one.kind(), one.pk): one for one in _recurring(payers)}
    told = set()
    for movement in Movement.objects.filter(payer__in=payers):
        key = (movement.subscription_kind, movement.subscription_id)
        told.add(key)
        if key in running:
            yield _moved(movement, running[key])
    for key in running.keys() - told:
        # From before there was a log.
        yield from _dates_of(running[key])


def _moved(movement: Movement, subscription: Subscription) -> HistoryItem:
    facts = [reason_of(movement)]
    if movement.change:
        facts.append(f"now {format_amount(movement.after, movement.currency)} a year")
    if movement.kind == Kind.LOSS:
        facts.append(subscription.cancel_reason)
    detail = " · ".join(fact for fact in facts if fact)
    return _item(subscription, at=movement.at, what=str(movement.get_kind_display()), detail=detail)


def _dates_of(subscription: Subscription) -> Iterator[HistoryItem]:
    if subscription.started_at:
        yield _item(subscription, at=subscription.started_at, what=str(Kind.NEW.label))
        if subscription.ended_at:
            detail = subscription.cancel_reason
            yield _item(subscription, at=subscription.ended_at, what=str(Kind.LOSS.label), detail=detail)


def _item(subscription: Subscription, *, at: Any, what: str, detail: str = "") -> HistoryItem:
    link: dict[str, Any] = {}
    if isinstance(subscription, Membership):
        url = reverse("memberships:inspect", args=[subscription.pk])
        link = {"url": url, "permission": "membership.view_membership"}
    return HistoryItem(at=at, kind="support", title=f"{_name(subscription)}: {what.lower()}", detail=detail, **link)


def _name(subscription: Subscription) -> str:
    if isinstance(subscription, Gift):
        return f"Recurring gift to {subscription.campaign or subscription.fund}"
    return f"Membership {subscription.tier}" if isinstance(subscription, Membership) else str(subscription)


def supporter_panels(payers: Sequence[Payer]) -> list[SupporterPanel]:
    begun = [(_name(one), one) for one in _recurring(payers) if one.started_at]
    if not begun:
        return []
    # What runs stands before what is over.
    begun.sort(key=lambda named: named[1].ended_at is not None)
    template = "membership/staff/supporter_panel.html"
    context = {"subscriptions": begun}
    return [SupporterPanel(order=10, title="Memberships and gifts", template_name=template, context=context)]


def _recurring(payers: Sequence[Payer]) -> list[Subscription]:
    is_given = Exists(GiftMembership.objects.filter(membership=OuterRef("pk")))
    mine = Membership.objects.filter(payer__in=payers).annotate(is_given=is_given)
    memberships = mine.select_related("tier").order_by("-pk")
    gifts = Gift.objects.filter(payer__in=payers).exclude(interval="").select_related("fund", "campaign")
    return [*memberships, *gifts.order_by("-pk")]
