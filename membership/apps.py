from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MembershipConfig(AppConfig):
    name = "membership"
    verbose_name = "Membership"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account.signals import email_confirmed

        from membership.access import when_email_confirmed
        from membership.finance import grant_to_finance

        email_confirmed.connect(when_email_confirmed, dispatch_uid="membership.sync_groups")
        post_migrate.connect(grant_to_finance, sender=self)
