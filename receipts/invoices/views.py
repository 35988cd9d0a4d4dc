"""Fetching an invoice: by whoever paid, by finance staff, and by a guest with a link that is still good."""

from __future__ import annotations

import logging
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.gate import has_shown_second_factor
from receipts import drawing
from receipts.invoices import links
from receipts.invoices.documents import invoice_context
from receipts.invoices.storing import bytes_of
from receipts.models import Invoice
from receipts.storing import DamagedFile

logger = logging.getLogger(__name__)


def invoice_for(request: HttpRequest, public_id: UUID) -> Invoice:
    """The invoice, for whoever paid and for finance staff. To anybody else it does not exist."""
    invoice = get_object_or_404(Invoice.objects.select_related("payer", "series"), public_id=public_id)
    payer = invoice.payer.current()
    if request.user.pk in {invoice.payer.user_id, payer.user_id} - {None}:
        return invoice
    if request.user.has_perm("receipts.download_invoice") and has_shown_second_factor(request):
        return invoice
    raise Http404


@require_safe
@never_cache
@login_required
def invoice_pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _document(request, invoice_for(request, public_id))


@require_safe
@never_cache
def invoice_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """For a guest. The address is a key while it is good: it is not passed on to where the page may lead."""
    invoice = links.find(token)
    if invoice is None:
        raise Http404
    answer = _document(request, invoice)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _document(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    """The PDF; a page to print where there can be none."""
    try:
        pdf = bytes_of(invoice)
    except (drawing.PdfIsOff, drawing.MissingGlyphs):
        return render(request, "receipts/invoice_print.html", invoice_context(invoice))
    except DamagedFile as damage:
        logger.error("%s", damage)
        return render(request, "receipts/invoice_print.html", {**invoice_context(invoice), "is_damaged": True})
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{invoice.label}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )
