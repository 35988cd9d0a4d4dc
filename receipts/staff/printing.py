"""Papers as PDF to print. Where PDFs are off, or a name has letters that our fonts lack, as a page to print."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.utils import timezone

from receipts import drawing
from receipts.documents import LETTER_COUNTRIES
from receipts.models import Issuer

# A page that a browser prints: its style stands in it, and it loads nothing.
PRINTABLE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def paper() -> str:
    """The sheets that the organisation's printers hold."""
    return "letter" if Issuer.load().jurisdiction in LETTER_COUNTRIES else "a4"


def printed(html: str, name: str, draw: Callable[..., bytes] = drawing.draw) -> HttpResponse:
    try:
        pdf = draw(html=html, identifier=name, created=timezone.now())
    except (drawing.PdfIsOff, drawing.MissingGlyphs):
        answer = HttpResponse(html)
        answer.headers["Content-Security-Policy"] = PRINTABLE
    else:
        answer = HttpResponse(pdf, content_type="application/pdf")
        answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
