"""Who may do what here: Finance sets prices and what benefits are worth, fundraisers do what `fundraising` names."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

from accounts.roles import FUNDRAISERS
from membership.fundraising.roles import READING, WORKING
from payments.finance import FINANCE

CAMPAIGNS = tuple(
    f"{action}_{model}" for model in ("campaign", "matchpool", "pledge") for action in ("view", "add", "change")
)
# What supporters gave and how that went, and the file of it.
GIVING = (
    "view_gift", "export_gift", "view_membership", "view_movement", "export_movement", "resend_tribute",
)  # fmt: skip
GRANTED = (
    *GIVING,
    "change_givingsettings",
    "view_tier",
    "add_tier",
    "change_tier",
    *CAMPAIGNS,
)


def grant_to_finance(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """After a migration, give each group the permissions that it brought. One taken away by hand stays away."""
    permissions = Permission.objects.using(using).filter(content_type__app_label="membership")
    known = set(permissions.values_list("codename", flat=True))
    # Django makes them by this very signal, but maybe after us; done twice, it does nothing.
    create_permissions(sender, using=using, verbosity=0)
    for name, codenames in {
        FINANCE: {*GRANTED, *WORKING},
        FUNDRAISERS: {*WORKING, *CAMPAIGNS, *GIVING},
        "Auditors": READING,
    }.items():
        group, is_new = Group.objects.using(using).get_or_create(name=name)
        group.permissions.add(*permissions.filter(codename__in=codenames if is_new else codenames - known))
