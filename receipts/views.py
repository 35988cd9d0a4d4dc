"""Fetching one's own receipt, and checking that a receipt is genuine."""

from __future__ import annotations

import logging
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.gate import has_shown_second_factor
from receipts import storing
from receipts.documents import document_context
from receipts.models import Receipt

logger = logging.getLogger(__name__)


def receipt_for(request: HttpRequest, public_id: UUID) -> Receipt:
    """The receipt, for whoever paid and for finance staff. To anybody else it does not exist."""
    receipt = get_object_or_404(Receipt.objects.select_related("payer", "series"), public_id=public_id)
    payer = receipt.payer.current()
    if request.user.pk in {receipt.payer.user_id, payer.user_id} - {None}:
        return receipt
    if request.user.has_perm("receipts.download_receipt") and has_shown_second_factor(request):
        return receipt
    raise Http404


@require_safe
@never_cache
@login_required
def receipt_pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    receipt = receipt_for(request, public_id)
    if receipt.render_state == Receipt.Render.OFF:
        return redirect("receipt_print", public_id=receipt.public_id)
    if not receipt.is_stored:
        return render(request, "receipts/not_ready.html", {"receipt": receipt}, status=503)
    try:
        pdf = storing.stored_bytes(receipt)
    except storing.DamagedFile as damage:
        logger.error("%s", damage)
        return render(request, "receipts/not_ready.html", {"receipt": receipt, "is_damaged": True}, status=503)
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="receipt-{receipt.label}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )


@require_safe
@never_cache
@login_required
def receipt_print(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The page to print, where PDFs are off or one could not be drawn."""
    receipt = receipt_for(request, public_id)
    return render(request, "receipts/print.html", document_context(receipt))


@require_safe
@never_cache
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a receipt is genuine and still stands: number, date and amount, never who paid."""
    receipt = Receipt.objects.select_related("series").filter(verify_code=code).first()
    return render(request, "receipts/verify.html", {"receipt": receipt}, status=200 if receipt else 404)
