from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import m2m_changed, post_migrate, pre_save


class MembershipConfig(AppConfig):
    name = "membership"
    verbose_name = "Membership"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account.signals import email_confirmed
        from django.contrib.auth.models import Group
        from wagtail.models import GroupCollectionPermission, GroupPagePermission

        from membership.access import when_email_confirmed
        from membership.finance import grant_to_finance
        from membership.guarding import guard_movements
        from membership.tier_groups import refuse_permissions, refuse_tree_permission

        email_confirmed.connect(when_email_confirmed, dispatch_uid="membership.sync_groups")
        post_migrate.connect(grant_to_finance, sender=self)
        post_migrate.connect(guard_movements, sender=self)
        m2m_changed.connect(refuse_permissions, sender=Group.permissions.through)
        pre_save.connect(refuse_tree_permission, sender=GroupPagePermission)
        pre_save.connect(refuse_tree_permission, sender=GroupCollectionPermission)
