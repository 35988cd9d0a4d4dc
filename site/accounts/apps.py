from __future__ import annotations

from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"
    default_auto_field = "django.db.models.BigAutoField"
    default = True


class StaffUsersConfig(WagtailUsersAppConfig):
    """Wagtail's user screens, with forms that know our user."""

    user_viewset = "accounts.staff.StaffViewSet"
