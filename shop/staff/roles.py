"""Who may do what in the shop. Shop keepers pick, pack and send; money back is for whoever may refund payments."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

from payments.finance import FINANCE

SHOP_KEEPERS = "Shop keepers"
SHIPPING = frozenset(f"{action}_{model}" for model in ("shippingzone", "shippingmethod") for action in (
    "view", "add", "change", "delete",
))  # fmt: skip
KEEPING = frozenset({"view_order", "fulfil_order", "change_shopsettings", "view_stock", "change_stock"}) | SHIPPING
MAKERS = frozenset({"view_maker", "add_maker", "change_maker"})
PAYING = frozenset({"view_makerpayout", "pay_makers", "change_makersettings"})
REPORTS = frozenset({"view_shopreport"})
GROUPS = {
    SHOP_KEEPERS: KEEPING | MAKERS,
    FINANCE: KEEPING | {"export_order", "view_maker"} | PAYING | REPORTS,
    "Auditors": frozenset({"view_order", "view_stock", "view_maker", "view_makerpayout"}) | REPORTS,
}


def grant(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """After a migration, give each group the permissions that it brought. One taken away by hand stays away."""
    permissions = Permission.objects.using(using).filter(content_type__app_label="shop")
    known = set(permissions.values_list("codename", flat=True))
    # Django makes them by this very signal, but maybe after us; done twice, it does nothing.
    create_permissions(sender, using=using, verbosity=0)
    entrance = Permission.objects.using(using).filter(content_type__app_label="wagtailadmin", codename="access_admin")
    for name, codenames in GROUPS.items():
        group, is_new = Group.objects.using(using).get_or_create(name=name)
        group.permissions.add(*permissions.filter(codename__in=codenames if is_new else codenames - known))
        if is_new:
            group.permissions.add(*entrance)
