""" "Your gifts" on the account page: those that run, and those that were given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from accounts.sections import AccountSection
from membership.models import Gift, Tribute
from payments.models import PaymentItem, Plan

SHOWN = 50


@dataclass
class GiftRow:
    gift: Gift
    tribute: Tribute | None
    runs: bool = False
    next_payment_at: datetime | None = None
    manage_url: str = ""
    # What of all its payments went back, or is on its way back.
    given_back: int = 0


def section(request: HttpRequest) -> AccountSection | None:
    mine = Gift.objects.of_user(request.user).begun()
    gifts = list(mine.select_related("payer", "fund", "campaign", "tribute")[:SHOWN])
    if not gifts:
        return None
    rows = _rows(gifts)
    context = {"running": [row for row in rows if row.runs], "given": [row for row in rows if not row.runs]}
    return AccountSection(order=15, title="Your gifts", template_name="membership/gifts_account.html", context=context)


def _rows(gifts: list[Gift]) -> list[GiftRow]:
    plans, given_back = _plans_of(gifts), _given_back(gifts)
    return [_row(gift, plans.get(gift.pk), given_back.get(gift.pk, 0)) for gift in gifts]


def _row(gift: Gift, plan: Plan | None, given_back: int) -> GiftRow:
    row = GiftRow(gift=gift, tribute=getattr(gift, "tribute", None), given_back=given_back)
    if plan:
        row.runs, row.next_payment_at, row.manage_url = not plan.is_over, plan.next_payment_at, manage_url_of(gift)
    return row


def manage_url_of(gift: Gift) -> str:
    """Where a gift that recurs is changed, or begun again; empty on a site without that page."""
    try:
        return reverse("manage_subscription", args=[gift.public_id])
    except NoReverseMatch:
        return ""


def _plans_of(gifts: list[Gift]) -> dict[int, Plan]:
    """The plan of each gift in one query; one that runs goes before one that is over."""
    plans = Plan.objects.filter(payable_kind=Gift.kind(), payable_id__in=[gift.pk for gift in gifts])
    return {plan.payable_id: plan for plan in sorted(plans, key=lambda plan: (not plan.is_over, plan.pk))}


def _given_back(gifts: list[Gift]) -> dict[int, int]:
    items = PaymentItem.objects.filter(payable_kind=Gift.kind(), payable_id__in=[gift.pk for gift in gifts])
    refunds = items.exclude(payment__refunds__status="failed").filter(payment__refunds__isnull=False)
    totals: dict[int, int] = {}
    for gift_pk, amount in refunds.values_list("payable_id", "payment__refunds__amount"):
        totals[gift_pk] = totals.get(gift_pk, 0) + amount
    return totals
