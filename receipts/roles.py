"""Who may do what with the books: finance keeps them, auditors read them."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

MODELS = ("payer", "fund", "transaction", "entry", "closedmonth", "indexrow", "receipt", "receiptseries", "issuer")
READING = frozenset(f"view_{model}" for model in MODELS) | {"download_receipt"}
KEEPING = READING | {
    "add_fund", "change_fund", "add_closedmonth", "add_indexrow", "change_indexrow", "void_receipt", "change_issuer",
    "erase_payer",
}  # fmt: skip
GROUPS = {"Finance": KEEPING, "Auditors": READING}


def grant(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """After a migration, give each group the permissions that it brought. One taken away by hand stays away."""
    permissions = Permission.objects.using(using).filter(content_type__app_label="receipts")
    known = set(permissions.values_list("codename", flat=True))
    # Django makes them by this very signal, but maybe after us; done twice, it does nothing.
    create_permissions(sender, using=using, verbosity=0)
    entrance = Permission.objects.using(using).filter(content_type__app_label="wagtailadmin", codename="access_admin")
    for name, codenames in GROUPS.items():
        group, is_new = Group.objects.using(using).get_or_create(name=name)
        brought = codenames if is_new else codenames - known
        group.permissions.add(*permissions.filter(codename__in=brought))
        if is_new or not known:
            group.permissions.add(*entrance)
