"""The "Payments" panel on the staff's first page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from wagtail.admin.ui.components import Component

from payments.health import look


class HealthPanel(Component):
    name = "payments_health"
    template_name = "payments/staff/health.html"
    order = 150

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return {"health": look(timezone.now())}
