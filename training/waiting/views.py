"""Joining the line, and the page behind the mailed link: one's place, an offer to take or decline, and the way out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.mailed_links import by_link, public_id_in
from accounts.steady import steady
from payments.basket import keeping
from payments.guard.visitor import address_key
from payments.views import see_other
from training.goods import KIND, OWN_PRICE_KIND, own_price_problem
from training.models import Offer, Ticket, WaitingEntry
from training.waiting import joining, links
from training.waiting.forms import JoinForm, OwnPriceForm

OVER = "That offer is over. Somebody else may have the seat by now."


@never_cache
@steady
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, ticket: int) -> HttpResponse:
    """The answer is the same for every address, and however often it is asked."""
    wanted = get_object_or_404(Ticket.objects.select_related("session__page"), pk=ticket, session__page__live=True)
    page = wanted.session.page.specific
    if not joining.can_be_joined(wanted, timezone.now()):
        messages.info(request, "There is no waiting list for this now. Look whether a seat is free.")
        return redirect(page.get_url(request) or "/")
    form = JoinForm(request.POST if request.method == "POST" else None, initial=_known(request))
    context = {"form": form, "ticket": wanted, "session": wanted.session, "page_url": page.get_url(request)}
    if request.method != "POST" or not form.is_valid():
        return render(request, "training/waiting/join.html", context, status=422 if form.errors else 200)
    joining.join(
        wanted,
        **form.cleaned_data,
        user=request.user,
        language=get_language() or "en",
        from_address=address_key(request, timezone.now()),
    )
    return render(request, "training/waiting/joined.html", context)


def _known(request: HttpRequest) -> dict[str, Any]:
    user: Any = request.user
    return {"name": user.name, "email": user.email} if user.is_authenticated else {}


def find(token: str, user: Any) -> WaitingEntry:
    """Whose place this token opens. Raises Http404."""
    public_id = public_id_in(token)
    entries = WaitingEntry.objects.select_related("session__page", "ticket")
    entry = entries.filter(public_id=public_id).first() if public_id else None
    if entry is None or not links.is_for(entry, token):
        raise Http404
    return entry


@require_safe
@by_link(find)
def place(request: HttpRequest, entry: WaitingEntry) -> HttpResponse:
    return _page(request, entry)


def _page(request: HttpRequest, entry: WaitingEntry, form: OwnPriceForm | None = None) -> HttpResponse:
    offer = joining.open_offer(entry)
    is_in_line = entry.state in WaitingEntry.IN_LINE
    context = {
        "entry": entry,
        "session": entry.session,
        "token": links.token_of(entry),
        "offer": offer,
        "offered_until": entry.session.local(offer.until) if offer else None,
        "is_in_line": is_in_line,
        "place": joining.place_of(entry) if is_in_line else None,
        "form": form or OwnPriceForm(ticket=entry.ticket),
        "page_url": entry.session.page.get_url(request),
    }
    return render(request, "training/waiting/place.html", context, status=422 if form and form.errors else 200)


@require_POST
@by_link(find)
def accept(request: HttpRequest, entry: WaitingEntry) -> HttpResponse:
    """Put the offered seats into the basket: they are kept until the offer is over."""
    offer = joining.open_offer(entry)
    if offer is None:
        messages.error(request, OVER)
        return see_other(links.path_of(entry))
    form = OwnPriceForm(request.POST, ticket=entry.ticket)
    if form.is_valid() and (problem := _amount_problem(form, entry.ticket)):
        form.add_error("amount", problem)
    if not form.is_valid():
        return _page(request, entry, form)
    _put(request, offer, form.cleaned_data.get("amount"))
    return redirect("basket")


def _amount_problem(form: OwnPriceForm, ticket: Ticket) -> str:
    return own_price_problem(ticket, form.cleaned_data["amount"]) if ticket.is_own_price else ""


def _put(request: HttpRequest, offer: Offer, amount: int | None) -> None:
    kind = OWN_PRICE_KIND if offer.ticket.is_own_price else KIND
    basket = keeping.open_basket(request)
    for item in basket.items.filter(kind=kind, reference=str(offer.ticket_id)):
        # What lay there was for a free seat; an offer stands by itself.
        keeping.take_out(item)
    keeping.put(
        basket,
        kind=kind,
        reference=str(offer.ticket_id),
        quantity=offer.seats,
        amount=amount,
        options={"offer": str(offer.public_id)},
    )


@require_POST
@by_link(find)
def decline(request: HttpRequest, entry: WaitingEntry) -> HttpResponse:
    offer = joining.open_offer(entry)
    if offer and joining.decline(offer):
        messages.success(request, "Thank you. The next in line is offered the seat.")
    else:
        messages.error(request, OVER)
    return see_other(links.path_of(entry))


@require_POST
@by_link(find)
def leave(request: HttpRequest, entry: WaitingEntry) -> HttpResponse:
    if joining.leave(entry):
        messages.success(request, "You are not on the waiting list any more.")
    else:
        messages.info(request, "You can’t leave now: finish or turn back from the checkout first.")
    return see_other(links.path_of(entry))
