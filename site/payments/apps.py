from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = "Payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from payments import checks  # noqa: F401 - registers the start-up checks
        from payments.finance import grant_to_finance

        post_migrate.connect(grant_to_finance, sender=self)
