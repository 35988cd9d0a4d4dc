"""What the Finance group may do here: set prices and what benefits are worth, and look memberships up."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

from payments.finance import FINANCE

GRANTED = (
    "view_gift",
    "view_membership",
    "resend_tribute",
    "change_givingsettings",
    "view_movement",
    "view_tier",
    "add_tier",
    "change_tier",
)


def grant_to_finance(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """After a migration, give Finance the permissions that it brought. One taken away by hand stays away."""
    permissions = Permission.objects.using(using).filter(content_type__app_label="membership", codename__in=GRANTED)
    known = list(permissions.values_list("codename", flat=True))
    # Django makes them by this very signal, but maybe after us; done twice, it does nothing.
    create_permissions(sender, using=using, verbosity=0)
    group, is_new = Group.objects.using(using).get_or_create(name=FINANCE)
    group.permissions.add(*permissions.exclude(codename__in=[] if is_new else known))
