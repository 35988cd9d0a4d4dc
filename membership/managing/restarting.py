"""Beginning again what has ended, with the same terms. Stripe's page knows the customer, and so the card."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from membership import giving, joining
from membership.joining import NotOffered
from membership.managing.owned import Owned, for_owner
from membership.models import Gift, Membership
from payments import guard
from payments.checkout import AlreadyPaid, CheckoutUnavailable
from payments.models import Payment
from payments.views import to_checkout, to_result
from receipts.models import Payer
from receipts.payers import PayerDetails


@for_owner("GET", "HEAD", "POST", needs="can_restart")
def restart(request: HttpRequest, owned: Owned) -> HttpResponse:
    problem = _not_offered(owned)
    if request.method != "POST" or problem:
        return _page(request, owned, problem=problem, status=422 if problem and request.method == "POST" else 200)
    if held_up := guard.stop(request, email=request.user.email):  # type: ignore[union-attr]
        return held_up
    try:
        payment = _begin(request, owned)
    except NotOffered as reason:
        return _page(request, owned, problem=str(reason), status=422)
    except CheckoutUnavailable:
        return _page(request, owned, trouble=True, status=503)
    except AlreadyPaid as paid:
        return to_result(str(paid))
    return to_checkout(request, payment)


def _not_offered(owned: Owned) -> str:
    """Why it can't begin again as it was; empty where it can."""
    subscription = owned.subscription
    try:
        if isinstance(subscription, Membership):
            joining.amount_to_pay(subscription.tier, subscription.interval, subscription.amount)
        else:
            giving.refuse_if_not_offered(_gift_terms(subscription))
    except NotOffered as reason:
        return str(reason)
    return ""


def _begin(request: HttpRequest, owned: Owned) -> Payment:
    subscription, locale = owned.subscription, get_language() or "auto"
    details = _details(subscription.payer.current())
    if isinstance(subscription, Membership):
        return joining.begin(
            payer_details=details,
            tier=subscription.tier,
            interval=subscription.interval,
            amount=subscription.amount,
            user=request.user,
            locale=locale,
        )
    return giving.begin(payer_details=details, gift_terms=_gift_terms(subscription), user=request.user, locale=locale)


def _details(payer: Payer) -> PayerDetails:
    """Who paid before, as the books know them now: nothing has to be typed again."""
    fields = ("name", "email", "line1", "line2", "city", "region", "postcode", "language", "kind")
    return PayerDetails(**{field: getattr(payer, field) for field in fields}, country=str(payer.country))


def _gift_terms(gift: Gift) -> giving.GiftTerms:
    return giving.GiftTerms(
        amount=gift.gift_amount,
        interval=gift.interval,
        covers_fee=bool(gift.fee_cover),
        fund=gift.fund,
        campaign=gift.campaign,
        is_on_wall=gift.is_on_wall,
        hides_name=gift.hides_name,
        hides_amount=gift.hides_amount,
        wall_name=gift.wall_name,
        contact_name=gift.contact_name,
    )


def _page(
    request: HttpRequest, owned: Owned, *, problem: str = "", trouble: bool = False, status: int = 200
) -> HttpResponse:
    subscription = owned.subscription
    context = {
        "owned": owned,
        "subscription": subscription,
        "payer": subscription.payer.current(),
        "problem": problem,
        "trouble": trouble,
        "elsewhere": reverse("join") if owned.is_membership else reverse("give"),
    }
    return render(request, "membership/manage/restart.html", context, status=status)
