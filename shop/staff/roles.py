"""Who may do what in the shop. Shop keepers pick, pack and send; money back is for whoever may refund payments."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig

from accounts.roles import grant_to_groups
from payments.finance import FINANCE

SHOP_KEEPERS = "Shop keepers"
SET_UP = frozenset(f"{action}_{model}" for model in ("shippingzone", "shippingmethod", "category") for action in (
    "view", "add", "change", "delete",
))  # fmt: skip
KEEPING = frozenset({"view_order", "fulfil_order", "change_shopsettings", "view_stock", "change_stock"}) | SET_UP
MAKERS = frozenset({"view_maker", "add_maker", "change_maker"})
PAYING = frozenset({"view_makerpayout", "pay_makers", "change_makersettings"})
REPORTS = frozenset({"view_shopreport"})
GROUPS = {
    SHOP_KEEPERS: KEEPING | MAKERS,
    FINANCE: KEEPING | {"export_order", "view_maker"} | PAYING | REPORTS,
    "Auditors": frozenset({"view_order", "view_stock", "view_maker", "view_makerpayout"}) | REPORTS,
}


def grant(sender: AppConfig, using: str, **kwargs: Any) -> None:
    grant_to_groups(sender, using, GROUPS)
