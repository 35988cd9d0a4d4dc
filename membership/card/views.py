"""One's own card, and the page behind its code."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from membership.card.cards import card_of, is_valid, replace_card
from membership.card.drawing import draw_card, face_of
from membership.models import Membership
from pages.context import brand_of
from payments.guard.limits import MINUTE, Limit
from payments.guard.tallies import take
from payments.guard.visitor import address_key
from receipts.drawing import MissingGlyphs, PdfIsOff, why_pdf_is_off

# A queue at a door is one address and many cards.
CHECKS_PER_ADDRESS = Limit("card", 120, MINUTE)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def member_card(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The card to show on a telephone or to print; a POST asks for a new one."""
    membership = _own(request, public_id)
    if request.method == "POST" and membership.is_live_now:
        replace_card(membership)
        messages.success(request, "This is your new card. The old one is not valid any more.")
        return redirect("member_card", public_id=membership.public_id)
    face = face_of(card_of(membership), brand_of(request)) if membership.is_live_now else None
    context = {"membership": membership, "face": face, "has_pdf": not why_pdf_is_off()}
    return render(request, "membership/card/card.html", context)


@never_cache
@login_required
@require_safe
def card_pdf(request: HttpRequest, public_id: UUID, *, for_phone: bool) -> HttpResponse:
    membership = _own(request, public_id)
    if not membership.is_live_now:
        return redirect("member_card", public_id=membership.public_id)
    try:
        pdf = draw_card(card_of(membership), brand_of(request), for_phone=for_phone)
    except (PdfIsOff, MissingGlyphs):
        messages.info(request, "This card can't be made as a PDF. Print this page, or show it.")
        return redirect("member_card", public_id=membership.public_id)
    headers = {"Content-Disposition": 'inline; filename="membership-card.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@never_cache
@require_safe
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """ "Valid" or "not valid", and nothing else: a code that never was looks like one whose time is over."""
    now = timezone.now()
    if not take(CHECKS_PER_ADDRESS, address_key(request, now), now):
        return render(request, "429.html", status=429)
    response = render(request, "membership/card/verify.html", {"is_valid": is_valid(token, now)})
    response["X-Robots-Tag"] = "noindex"
    # The address is the card's secret: it goes nowhere else.
    response["Referrer-Policy"] = "no-referrer"
    return response


def _own(request: HttpRequest, public_id: UUID) -> Membership:
    """The signed-in user's own; a stranger's does not exist."""
    mine = Membership.objects.of_user(request.user).begun().select_related("tier", "payer")
    return get_object_or_404(mine, public_id=public_id)
