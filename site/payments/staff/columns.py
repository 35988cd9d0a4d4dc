"""Cells of the staff's tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wagtail.admin.ui.tables import StatusTagColumn

from receipts.staff.columns import MoneyColumn


class JudgedMoneyColumn(MoneyColumn):
    """An amount that is red where ``is_bad`` says so."""

    cell_template_name = "payments/staff/money_cell.html"

    def __init__(self, name: str, is_bad: Callable[[Any], bool], **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.is_bad = is_bad

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        return {**super().get_cell_context_data(instance, parent_context), "is_bad": self.is_bad(instance)}


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
