"""The basket's pages: what is in it, putting in, changing, taking out. All of them are the visitor's own."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from payments.basket import keeping
from payments.basket.forms import AddForm, QuantityForm
from payments.basket.quoting import Quote, quote
from payments.checkout import AlreadyPaid
from payments.goods import Goods, Priced, Wanted, all_goods
from payments.models import BasketItem
from payments.views import to_result
from receipts.money import MOST_DIGITS, plain

# What was taken out, for as long as somebody may want it back.
TAKEN_OUT = "basket_taken_out"


@never_cache
@require_http_methods(["GET", "HEAD"])
def basket(request: HttpRequest) -> HttpResponse:
    return _page(request, quote(keeping.basket_of(request), request))


def _page(
    request: HttpRequest, quoted: Quote, *, wrong: tuple[int, QuantityForm] | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "quote": quoted,
        "wrong_item": wrong[0] if wrong else None,
        "wrong_form": wrong[1] if wrong else None,
        "came_back": request.method == "GET" and "back" in request.GET,
        "taken_out": request.session.get(TAKEN_OUT),
        "extras": extras_for(request, quoted),
    }
    return render(request, "payments/basket/basket.html", context, status=status)


def extras_for(request: HttpRequest, quoted: Quote) -> list[str]:
    """What the offerings would add to this basket, such as a small gift: safe HTML, each its own form."""
    kinds = {row.item.kind for row in quoted.items}
    return [html for kind, goods in all_goods().items() if kind not in kinds and (html := goods.offer_beside(request))]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Put one thing in. The link may stand on a page that any cache keeps, so this page has the form."""
    asked = request.POST if request.method == "POST" else request.GET
    goods = all_goods().get(asked.get("kind", ""))
    found = goods.price([_wanted(asked)], request) if goods else []
    if goods is None or not found:
        raise Http404("no such thing to buy")
    priced = found[0]
    form = _add_form(request, goods, priced)
    if request.method != "POST" or not form.is_valid():
        return _add_page(request, goods, priced, form)
    wanted = replace(_wanted(asked), amount=form.cleaned_data.get("amount"))
    priced = next(iter(goods.price([wanted], request)), priced)
    if priced.problem:
        form.add_error("amount" if goods.takes_amount else None, priced.problem)
        return _add_page(request, goods, priced, form)
    return _put(request, goods, priced, wanted.amount, form.cleaned_data.get("quantity", 1))


def _wanted(asked: QueryDict) -> Wanted:
    return Wanted(reference=asked.get("reference", "").replace("\x00", "")[:60], quantity=1)


def _add_form(request: HttpRequest, goods: Goods, priced: Priced) -> AddForm:
    asked = request.POST if request.method == "POST" else request.GET
    typed = {"quantity": asked.get("quantity", "1"), "amount": asked.get("amount", "")}
    if request.POST.get("choice"):
        # A button says its amount in minor units.
        typed["amount"] = _plain(request.POST["choice"])
    locale = get_language() or "en"
    if request.method == "POST":
        return AddForm(typed, goods=goods, is_countable=priced.is_countable, locale=locale)
    return AddForm(initial=typed, goods=goods, is_countable=priced.is_countable, locale=locale)


def _plain(minor_units: str) -> str:
    is_amount = minor_units.isascii() and minor_units.isdigit() and len(minor_units) <= MOST_DIGITS
    return plain(int(minor_units), settings.REPORTING_CURRENCY) if is_amount else ""


def _add_page(request: HttpRequest, goods: Goods, priced: Priced, form: AddForm) -> HttpResponse:
    context = {
        "goods": goods,
        "priced": priced,
        "form": form,
        "next": _next(request),
        "currency": settings.REPORTING_CURRENCY,
        "can_be_had": goods.takes_amount or not priced.problem,
    }
    return render(request, "payments/basket/add.html", context, status=422 if form.errors else 200)


def _put(request: HttpRequest, goods: Goods, priced: Priced, amount: int | None, quantity: int) -> HttpResponse:
    try:
        keeping.put(
            keeping.open_basket(request),
            kind=goods.kind,
            reference=priced.reference,
            quantity=quantity,
            amount=amount,
            shown_amount=priced.unit_amount,
            is_countable=priced.is_countable,
        )
    except keeping.BasketFull as full:
        messages.error(request, str(full))
        return redirect("basket")
    messages.success(request, f"“{priced.title}” is in your basket.")
    return redirect(_next(request) or "basket")


def _next(request: HttpRequest) -> str:
    """A page of ours to go back to, if one was named."""
    named = request.POST.get("next") or request.GET.get("next") or ""
    return named if url_has_allowed_host_and_scheme(named, allowed_hosts=None) and named.startswith("/") else ""


@never_cache
@require_POST
def change(request: HttpRequest, item: int) -> HttpResponse:
    """Another quantity, or out with it."""
    row = _own_item(request, item)
    if "take_out" in request.POST:
        return _take_out(request, row)
    form = QuantityForm(request.POST)
    if not form.is_valid():
        return _page(request, quote(row.basket, request), wrong=(row.pk, form), status=422)
    keeping.change(row, form.cleaned_data["quantity"])
    return redirect("basket")


def _take_out(request: HttpRequest, row: BasketItem) -> HttpResponse:
    taken_out = {"kind": row.kind, "reference": row.reference, "quantity": row.quantity, "amount": row.amount}
    try:
        keeping.take_out(row)
    except AlreadyPaid as paid:
        return to_result(str(paid))
    request.session[TAKEN_OUT] = taken_out
    return redirect("basket")


@never_cache
@require_POST
def put_back(request: HttpRequest) -> HttpResponse:
    """Undo the last taking out."""
    gone = request.session.get(TAKEN_OUT)
    if gone and gone["kind"] in all_goods():
        try:
            keeping.put(keeping.open_basket(request), **gone, is_countable=gone["amount"] is None)
        except keeping.BasketFull as full:
            messages.error(request, str(full))
            return redirect("basket")
    request.session.pop(TAKEN_OUT, None)
    return redirect("basket")


def _own_item(request: HttpRequest, item: int) -> BasketItem:
    basket = keeping.basket_of(request)
    if basket is None:
        raise Http404("no basket")
    return get_object_or_404(BasketItem.objects.select_related("basket"), basket=basket, pk=item)
