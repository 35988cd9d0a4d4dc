"""The checkout of a basket: who and where, then all of it with its total, then Stripe's page."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from payments import guard
from payments.basket import keeping
from payments.basket.forms import CheckoutForm
from payments.basket.placing import ADDRESS, place
from payments.basket.quoting import Quote, own_use, quote
from payments.basket.views import extras_for
from payments.checkout import AlreadyPaid, CheckoutUnavailable
from payments.discounts.finding import look_up
from payments.discounts.refusals import CodeRefused
from payments.goods import Destination, NotAvailable
from payments.guard import held
from payments.models import Basket
from payments.views import to_checkout, to_result
from receipts.addresses.lines import format_address


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """Who buys, and where it goes."""
    basket = keeping.basket_of(request)
    quoted = quote(basket, request)
    if basket is None or not quoted.items or quoted.problems:
        return redirect("basket")
    form = CheckoutForm(
        request.POST or None,
        basket=basket,
        needs_address=quoted.needs_address,
        needs_delivery=quoted.needs_delivery,
        user=request.user,
        locale=get_language() or "en",
    )
    if request.method == "POST" and form.is_valid():
        form.keep()
        return redirect("checkout_review")
    status = 422 if form.errors else 200
    return render(request, "payments/basket/details.html", {"form": form, "quote": quoted}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest) -> HttpResponseBase:
    """All of it, with the total. Each button says what it does; only "pay" begins a payment."""
    basket = keeping.basket_of(request) or _adopted(request)
    if basket is None or not basket.email:
        return redirect("checkout_details" if basket else "basket")
    step = request.POST.get("step", "")
    if step == "delivery":
        _choose_delivery(request, basket)
        return redirect("checkout_review")
    if step in ("code", "no_code"):
        return _change_code(request, basket, step)
    quoted = _quote(basket, request)
    if not quoted.items or quoted.problems:
        return redirect("basket")
    if quoted.needs_address and not basket.line1:
        # Put in since the details were typed, when nothing needed an address.
        return redirect("checkout_details")
    if step == "pay":
        return _pay(request, basket, quoted)
    return _review_page(request, basket, quoted)


def _adopted(request: HttpRequest) -> Basket | None:
    """The basket of somebody who goes on by a link that the guard mailed to them, in another browser."""
    try:
        basket = Basket.objects.filter(public_id=uuid.UUID(request.POST.get("basket", ""))).first()
    except ValueError:
        return None
    if basket is None or not held.may_pass(request, basket.email, timezone.now()):
        return None
    if basket.user_id and basket.user_id != request.user.pk:
        return None
    request.session[keeping.SESSION_KEY] = str(basket.public_id)
    return basket


def _choose_delivery(request: HttpRequest, basket: Basket) -> None:
    basket.delivery = request.POST.get("delivery", "").replace("\x00", "")[:60]
    basket.save(update_fields=["delivery"])


def _quote(basket: Basket, request: HttpRequest) -> Quote:
    place = Destination(country=str(basket.country), region=basket.region, postcode=basket.postcode)
    return quote(basket, request, destination=place)


def _review_page(
    request: HttpRequest, basket: Basket, quoted: Quote, *, status: int = 200, **context: object
) -> HttpResponse:
    context |= {
        "basket": basket,
        "quote": quoted,
        "address": format_address(**{part: str(getattr(basket, part)) for part in ("name", *ADDRESS)}),
        "extras": extras_for(request, quoted),
    }
    return render(request, "payments/basket/review.html", context, status=status)


def _change_code(request: HttpRequest, basket: Basket, step: str) -> HttpResponse:
    if step == "no_code":
        basket.code = ""
        basket.save(update_fields=["code"])
        return redirect("checkout_review")
    typed = request.POST.get("code", "").strip()[:200]
    quoted = _quote(basket, request)
    total = sum(row.shelf for row in quoted.sold if row.priced.may_be_discounted)
    try:
        code = look_up(request, typed, email=basket.email, total=total, currency=quoted.currency, own=own_use(basket))
    except CodeRefused as refused:
        return _review_page(request, basket, quoted, status=422, typed_code=typed, code_error=str(refused))
    basket.code = code.code
    basket.save(update_fields=["code"])
    messages.success(request, f"The code {code.code} is taken into account.")
    return redirect("checkout_review")


def _pay(request: HttpRequest, basket: Basket, quoted: Quote) -> HttpResponseBase:
    typed = request.POST.get("delivery", "")
    if quoted.delivery and typed and typed != quoted.delivery.choice.key:
        # Another way was chosen and the sum not looked at since: show it first.
        _choose_delivery(request, basket)
        quoted = _quote(basket, request)
    if not quoted.is_payable:
        return _review_page(request, basket, quoted, status=422)
    if request.POST.get("total") != str(quoted.total):
        return _review_page(request, basket, quoted, status=422, has_changed=True)
    if held_up := guard.stop(request, email=basket.email):
        return held_up
    try:
        payment = place(
            basket,
            quoted,
            user=request.user,
            cancel_path=f"{reverse('basket')}?back=1",
            locale=get_language() or "en",
        )
    except (NotAvailable, CodeRefused) as gone:
        return _review_page(request, basket, _quote(basket, request), status=422, gone=str(gone))
    except CheckoutUnavailable:
        return _review_page(request, basket, quoted, status=503, trouble=True)
    except AlreadyPaid as paid:
        return to_result(str(paid))
    return to_checkout(request, payment)
