from __future__ import annotations

from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"
    default_auto_field = "django.db.models.BigAutoField"
    default = True

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added

        from accounts.enrolling import count_enrolment

        authenticator_added.connect(count_enrolment)


class StaffUsersConfig(WagtailUsersAppConfig):
    """Wagtail's user screens, with forms that know our user."""

    user_viewset = "accounts.staff.StaffViewSet"
