"""Cells of the staff's tables."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from wagtail.admin.ui.tables import Column
from wagtail.coreutils import multigetattr

from receipts.reports.charts import month_label
from receipts.templatetags.money import money


class MoneyColumn(Column):
    """An amount in minor units of the row's currency, as people read it."""

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(name, classname="books-number", **kwargs)

    def get_value(self, instance: Any) -> str:
        value = self.accessor(instance) if callable(self.accessor) else multigetattr(instance, self.accessor)
        return value if isinstance(value, str) else money(value, instance.currency)


class MomentColumn(Column):
    """A date and time in the organisation's zone, to the minute."""

    def get_value(self, instance: Any) -> str:
        moment = multigetattr(instance, self.accessor)
        return date_format(localtime(moment), "j M Y, H:i") if moment else ""


class DayColumn(Column):
    def get_value(self, instance: Any) -> str:
        return date_format(multigetattr(instance, self.accessor), "j M Y")


class MonthColumn(Column):
    def get_value(self, instance: Any) -> str:
        return month_label(multigetattr(instance, self.accessor))
