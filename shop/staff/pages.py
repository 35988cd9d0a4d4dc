"""What the shop's staff pages have in common."""

from __future__ import annotations

from receipts.staff.acting import ListedAction


class StaffPage(ListedAction):
    """A page that belongs to the orders, if it names no other listing."""

    came_from = ("shop_orders:index", "Orders")
