"""What the Finance group may do here, and the little that Fundraisers may."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

from accounts.roles import FUNDRAISERS

FINANCE = "Finance"
VIEWED = ("payment", "event", "issue", "payout", "scheduledjob")
MENDING = frozenset({"view_renewalfailure", "mend_renewalfailure"})
# What a shop is set up with. Payments keep what was true when they were made, so rates may go.
SELLING = frozenset(
    {
        *(f"{action}_taxrate" for action in ("view", "add", "change", "delete")),
        *(f"{action}_discountcode" for action in ("view", "add", "change")),
        "change_taxsettings",
    }
)
GRANTED = frozenset(
    {
        *SELLING,
        *(f"view_{model}" for model in VIEWED),
        *MENDING,
        "change_event",
        "change_issue",
        "change_safemode",
        "refund_payment",
        "export_payment",
    }
)


def grant_to_finance(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """After a migration, give each group the permissions that it brought. One taken away by hand stays away."""
    permissions = Permission.objects.using(using).filter(content_type__app_label="payments", codename__in=GRANTED)
    known = set(permissions.values_list("codename", flat=True))
    # Django makes them by this very signal, but maybe after us; done twice, it does nothing.
    create_permissions(sender, using=using, verbosity=0)
    for name, codenames in {FINANCE: GRANTED, FUNDRAISERS: MENDING}.items():
        group, is_new = Group.objects.using(using).get_or_create(name=name)
        group.permissions.add(*permissions.filter(codename__in=codenames if is_new else codenames - known))
