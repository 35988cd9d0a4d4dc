from __future__ import annotations

from django.apps import AppConfig


class MembershipConfig(AppConfig):
    name = "membership"
    verbose_name = "Membership"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account.signals import email_confirmed

        from membership.access import when_email_confirmed

        email_confirmed.connect(when_email_confirmed, dispatch_uid="membership.sync_groups")
