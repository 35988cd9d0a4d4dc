"""Groups of staff and what each may do: an app says which of its permissions go to whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

FUNDRAISERS = "Fundraisers"
# Who may word the mails and look after those on their way: the people who raise money.
GRANTED = frozenset({"change_mailwording", "view_outgoingmail", "resend_outgoingmail"})


def grant_to_groups(sender: AppConfig, using: str, groups: Mapping[str, Collection[str]]) -> None:
    """After a migration, give each group the permissions of an app that it brought, by their codenames.

    One taken away by hand stays away. A group that is new may come into the staff pages.
    """
    permissions = Permission.objects.using(using).filter(content_type__app_label=sender.label)
    known = set(permissions.values_list("codename", flat=True))
    # Django makes them by this very signal, but maybe after us; done twice, it does nothing.
    create_permissions(sender, using=using, verbosity=0)
    entrance = Permission.objects.using(using).filter(content_type__app_label="wagtailadmin", codename="access_admin")
    for name, codenames in groups.items():
        group, is_new = Group.objects.using(using).get_or_create(name=name)
        group.permissions.add(*permissions.filter(codename__in=codenames if is_new else set(codenames) - known))
        if is_new:
            group.permissions.add(*entrance)


def grant_to_fundraisers(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """After a migration, give Fundraisers the permissions that it brought. One taken away by hand stays away."""
    permissions = Permission.objects.using(using).filter(content_type__app_label="accounts", codename__in=GRANTED)
    known = set(permissions.values_list("codename", flat=True))
    # Django makes them by this very signal, but maybe after us; done twice, it does nothing.
    create_permissions(sender, using=using, verbosity=0)
    group, is_new = Group.objects.using(using).get_or_create(name=FUNDRAISERS)
    group.permissions.add(*permissions.exclude(codename__in=[] if is_new else known))
    if is_new or not known:
        entrance = Permission.objects.using(using).filter(content_type__app_label="wagtailadmin")
        group.permissions.add(*entrance.filter(codename="access_admin"))
