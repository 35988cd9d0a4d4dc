"""Who may do what with the books: finance keeps them, auditors read them, fundraisers look after the supporters."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

MODELS = (
    "payer", "fund", "transaction", "entry", "closedmonth", "indexrow", "receipt", "receiptseries", "invoice",
    "invoiceseries", "issuer",
)  # fmt: skip
READING = frozenset(f"view_{model}" for model in MODELS) | {"download_receipt", "download_invoice", "export_invoice"}
# Whom it is about, and what went between us: without the books themselves.
CARING = frozenset({
    "view_payer", "change_payer", "merge_payer", "export_payer", "resend_receipt",
    "view_payernote", "add_payernote", "change_payernote", "view_duplicatepair",
})  # fmt: skip
KEEPING = READING | CARING | {
    "delete_payernote",
    "add_fund", "change_fund", "add_closedmonth", "add_indexrow", "change_indexrow", "void_receipt", "change_issuer",
    "erase_payer",
}  # fmt: skip
GROUPS = {"Finance": KEEPING, "Auditors": READING, "Fundraisers": CARING}
# Another app may have made this group before: it is new to us until this permission of its own is known.
NEW_UNTIL = {"Fundraisers": "merge_payer"}


def grant(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """After a migration, give each group the permissions that it brought. One taken away by hand stays away."""
    permissions = Permission.objects.using(using).filter(content_type__app_label="receipts")
    known = set(permissions.values_list("codename", flat=True))
    # Django makes them by this very signal, but maybe after us; done twice, it does nothing.
    create_permissions(sender, using=using, verbosity=0)
    entrance = Permission.objects.using(using).filter(content_type__app_label="wagtailadmin", codename="access_admin")
    for name, codenames in GROUPS.items():
        group, is_new = Group.objects.using(using).get_or_create(name=name)
        is_new = is_new or (name in NEW_UNTIL and NEW_UNTIL[name] not in known)
        brought = codenames if is_new else codenames - known
        group.permissions.add(*permissions.filter(codename__in=brought))
        if is_new or not known:
            group.permissions.add(*entrance)
