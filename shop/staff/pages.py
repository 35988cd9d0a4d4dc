"""What the shop's staff pages have in common."""

from __future__ import annotations

from django.urls import reverse

from receipts.staff.acting import StaffAction


class StaffPage(StaffAction):
    """A page that belongs to a listing: ``came_from`` is its address's name and its title."""

    came_from = ("shop_orders:index", "Orders")
    header_icon = "form"

    def get_page_subtitle(self) -> str:
        return ""

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        address, title = self.came_from
        return [
            *self.breadcrumbs_items,
            {"url": reverse(address), "label": title},
            {"url": "", "label": self.page_title},
        ]
