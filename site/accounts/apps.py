from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"
    default_auto_field = "django.db.models.BigAutoField"
    default = True

    def ready(self) -> None:
        from allauth.account.signals import email_changed
        from allauth.mfa.signals import authenticator_added

        from accounts.enrolling import count_enrolment
        from accounts.people import when_email_changed
        from accounts.roles import grant_to_fundraisers

        authenticator_added.connect(count_enrolment)
        post_migrate.connect(grant_to_fundraisers, sender=self)
        email_changed.connect(when_email_changed, dispatch_uid="accounts.new_address")


class StaffUsersConfig(WagtailUsersAppConfig):
    """Wagtail's user screens, with forms that know our user."""

    user_viewset = "accounts.staff.StaffViewSet"
