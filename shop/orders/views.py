"""The page behind the link to an order: how far it is, and what its customer can do about it, without a log-in.

The address is the right to see it. Whoever has it sees one order and nothing else of the person; made-up, foreign and
old ones are alike 404.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.mailed_links import by_link, public_id_in
from payments.views import see_other
from shop.models import Order
from shop.orders import cancelling, links, returning
from shop.orders.forms import CancelForm, ReturnForm, UnitsForm
from shop.orders.shown import shown


def find(token: str, user: Any) -> Order:
    """The order of this token. Whoever is signed in as its payer needs no live one. Raises Http404."""
    public_id = public_id_in(token)
    orders = Order.objects.select_related("payer", "shipping_method")
    order = orders.filter(public_id=public_id).first() if public_id else None
    if order is None:
        raise Http404
    is_theirs = user.is_authenticated and order.payer.user_id == user.pk
    if not is_theirs and not links.is_for(order, token):
        raise Http404
    return order


@require_safe
@by_link(find)
def order_page(request: HttpRequest, order: Order) -> HttpResponse:
    context = {"shown": shown(order, timezone.now()), "order": order, "token": links.token_of(order)}
    return render(request, "shop/orders/order.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(find)
def cancel_units(request: HttpRequest, order: Order) -> HttpResponse:
    """Which units are not to be sent; all of them, unless the customer says otherwise."""
    left = cancelling.unsent(order)
    if not left:
        messages.info(request, "Nothing of this order is left to cancel.")
        return see_other(links.order_path(order))
    form = CancelForm(request.POST or None, lines=_lines(order), most=left, initial=_all_of(left))
    if request.method == "POST" and form.is_valid():
        try:
            cancelling.cancel(order, form.quantities())
        except cancelling.CannotCancel as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "It is cancelled, and what you paid for it goes back by itself.")
            return see_other(links.order_path(order))
    return _form_page(request, order, form, "shop/orders/cancel.html")


@require_http_methods(["GET", "HEAD", "POST"])
@by_link(find)
def ask_return(request: HttpRequest, order: Order) -> HttpResponse:
    if not returning.may_ask(order, timezone.now()):
        messages.info(request, "You can’t ask for a return of this order now. Write to us if something is wrong.")
        return see_other(links.order_path(order))
    form = ReturnForm(request.POST or None, lines=_lines(order), most=returning.returnable(order))
    if request.method == "POST" and form.is_valid():
        try:
            returning.ask(order, form.quantities(), form.cleaned_data["reason"])
        except returning.CannotReturn as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "We have your request, and answer by mail.")
            return see_other(links.order_path(order))
    return _form_page(request, order, form, "shop/orders/return.html")


def _lines(order: Order) -> list[Any]:
    return list(order.order_lines.all())


def _all_of(left: dict[int, int]) -> dict[str, int]:
    return {f"units_{pk}": number for pk, number in left.items()}


def _form_page(request: HttpRequest, order: Order, form: UnitsForm, template: str) -> HttpResponse:
    context = {"order": order, "form": form, "token": links.token_of(order)}
    return render(request, template, context, status=422 if form.errors else 200)
