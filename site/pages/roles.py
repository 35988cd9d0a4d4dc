"""Who keeps the consents: one group records and reviews them, another may also see who gave them."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

KEEPING = frozenset({"view_consent", "add_consent", "change_consent", "review_consent", "withdraw_consent"})
SEEING = frozenset({"see_consent_person"})
GROUPS = {"Consent keepers": KEEPING, "Case workers": KEEPING | SEEING}


def grant(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """After a migration, give each group the permissions that it brought. One taken away by hand stays away."""
    ours = Permission.objects.using(using).filter(content_type__app_label="pages")
    permissions = ours.filter(codename__in=KEEPING | SEEING)
    known = set(permissions.values_list("codename", flat=True))
    # Django makes them by this very signal, but maybe after us; done twice, it does nothing.
    create_permissions(sender, using=using, verbosity=0)
    entrance = Permission.objects.using(using).filter(content_type__app_label="wagtailadmin", codename="access_admin")
    for name, codenames in GROUPS.items():
        group, is_new = Group.objects.using(using).get_or_create(name=name)
        group.permissions.add(*permissions.filter(codename__in=codenames if is_new else codenames - known))
        if is_new:
            group.permissions.add(*entrance)
