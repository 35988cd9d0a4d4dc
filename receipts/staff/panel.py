"""What of the books waits for somebody, on the staff's first page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wagtail.admin.ui.components import Component

from receipts import drawing
from receipts.models import Issuer, Receipt
from receipts.rules.years import missing_years


class BooksPanel(Component):
    name = "books"
    template_name = "receipts/staff/panel.html"
    order = 160

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return {
            "missing_years": missing_years(),
            "failed": Receipt.objects.filter(render_state=Receipt.Render.FAILED).count(),
            "waiting": Receipt.objects.filter(render_state=Receipt.Render.WAITING).count(),
            "pdf_is_off": drawing.why_pdf_is_off(),
            "is_nameless": not Issuer.load().legal_name,
        }
