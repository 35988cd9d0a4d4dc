"""Another card: to Stripe's page and back. It is called saved when the subscription itself says so."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from membership.managing.owned import Owned, for_owner
from membership.managing.words import UNAVAILABLE, card_of
from payments import cards, gateway
from payments.models import CardChange, Plan
from payments.views import see_other

NO_CUSTOMER = "Our payment provider has no card of yours any more. You can end this and begin anew with another card."
NOT_YET = "We could not see the new card at our payment provider yet. It is put to work by itself within minutes."


@for_owner("GET", "HEAD", "POST", needs="runs")
def change_card(request: HttpRequest, owned: Owned) -> HttpResponse:
    plan = owned.running_plan
    others = _others(plan)
    if request.method != "POST":
        return _card_page(request, owned, others)
    for_all = bool(others) and request.POST.get("for") == "all"
    try:
        back = reverse("manage_card_return", args=[owned.subscription.public_id, UUID(int=0)])
        url = cards.begin(plan, for_all=for_all, return_path=back.replace(str(UUID(int=0)), "{change}"))
    except gateway.StripeUnavailable:
        messages.error(request, UNAVAILABLE)
        return _card_page(request, owned, others, status=503)
    except (cards.NoCustomer, gateway.StripeRefused):
        messages.error(request, NO_CUSTOMER)
        return redirect(owned.url)
    return see_other(url)


def _others(plan: Plan) -> int:
    """How many more plans the same customer's card could pay."""
    same = Plan.objects.running().filter(payer=plan.payer, livemode=plan.livemode)
    return same.exclude(pk=plan.pk).count()


def _card_page(request: HttpRequest, owned: Owned, others: int, *, status: int = 200) -> HttpResponse:
    context = {
        "owned": owned,
        "plan": owned.plan,
        "card": card_of(owned.running_plan),
        "others": others,
        "for_all": request.POST.get("for") == "all",
    }
    return render(request, "membership/manage/card.html", context, status=status)


@for_owner("GET", "HEAD")
def card_return(request: HttpRequest, owned: Owned, change_id: UUID) -> HttpResponse:
    """Back from Stripe's page. Looking again does nothing more."""
    mine = CardChange.objects.filter(customer__payer__in=[owned.subscription.payer_id])
    change = get_object_or_404(mine.select_related("customer__payer"), public_id=change_id)
    try:
        result = cards.finish(change)
    except gateway.StripeProblem:
        messages.warning(request, NOT_YET)
        return redirect(owned.url)
    if not result.is_changed:
        messages.info(request, "Nothing was changed: no new card was entered.")
    else:
        _tell(request, result)
    return redirect(owned.url)


def _tell(request: HttpRequest, result: cards.Result) -> None:
    if not result.plans:
        messages.info(request, "Your new card is saved. Nothing is paid with it at the moment.")
        return
    card = card_of(result.plans[0]) or "Your new card"
    what = "this payment" if len(result.plans) == 1 else f"all {len(result.plans)} of your regular payments"
    messages.success(request, f"Saved: {card} is used for {what} from now on.")
    if result.mended:
        messages.success(request, "The payment that was open is paid. Thank you.")
    if result.still_open:
        messages.warning(request, "The payment that is open did not work with this card either. Another one may help.")
