"""Cells of the staff's tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.coreutils import multigetattr

from receipts.templatetags.money import money


class MoneyColumn(Column):
    """An amount in minor units of the row's currency, as people read it. Red where ``is_bad`` says so."""

    cell_template_name = "payments/staff/money_cell.html"

    def __init__(self, name: str, is_bad: Callable[[Any], bool] | None = None, **kwargs: Any) -> None:
        super().__init__(name, classname="payments-number", **kwargs)
        self.is_bad = is_bad

    def get_value(self, instance: Any) -> str:
        value = self.accessor(instance) if callable(self.accessor) else multigetattr(instance, self.accessor)
        return value if isinstance(value, str) else money(value, instance.currency)

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        context["is_bad"] = self.is_bad is not None and self.is_bad(instance)
        return context


class MomentColumn(Column):
    """A date and time in the organisation's zone, to the minute."""

    def get_value(self, instance: Any) -> str:
        moment = multigetattr(instance, self.accessor)
        return date_format(localtime(moment), "j M Y, H:i") if moment else ""


class StatusColumn(StatusTagColumn):
    """A status in words, filled where it is one that staff look for."""

    def __init__(self, name: str = "status", wanted: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(
            name,
            accessor=f"get_{name}_display",
            primary=lambda row: getattr(row, name) in wanted,
            sort_key=name,
            **kwargs,
        )
