"""The part of ``check_books`` that looks at invoices."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, F, Max, Min, Q, Sum

from receipts.models import Invoice, InvoiceSeries
from receipts.models.invoices import InvoiceKind


def invoice_problems() -> Iterator[str]:
    """Numbers have no gap, and no more was credited of an invoice than it was over."""
    counted = InvoiceSeries.objects.annotate(
        used=Count("invoices"), first=Min("invoices__number"), last=Max("invoices__number")
    )
    for series in counted:
        last = series.next_number - 1
        if (series.used, series.first, series.last) != ((last, 1, last) if last else (0, None, None)):
            yield f"The numbers of invoice series {series} have a gap."
    standing = Q(corrections__kind=InvoiceKind.CREDIT_NOTE, corrections__corrections=None)
    over = (
        Invoice.objects.filter(kind=InvoiceKind.INVOICE)
        .annotate(off=Sum(F("corrections__net") + F("corrections__tax"), filter=standing))
        .filter(off__gt=F("net") + F("tax"))
    )
    for label in over.values_list("label", flat=True)[:20]:
        yield f"More was credited of {label} than was invoiced."
