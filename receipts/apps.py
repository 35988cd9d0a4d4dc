from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class ReceiptsConfig(AppConfig):
    name = "receipts"
    verbose_name = "The books"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account.signals import email_changed, email_confirmed

        from receipts.payers import when_email_changed, when_email_confirmed
        from receipts.roles import grant

        post_migrate.connect(install_triggers, sender=self)
        post_migrate.connect(grant, sender=self)
        email_confirmed.connect(when_email_confirmed, dispatch_uid="receipts.give_payers")
        email_changed.connect(when_email_changed, dispatch_uid="receipts.follow_address")


def install_triggers(sender: AppConfig, using: str, **kwargs: Any) -> None:
    from receipts import triggers

    connection = connections[using]
    # Half-way through the migrations (`migrate receipts zero`) there may be no books to guard.
    if set(triggers.GUARDED) <= set(connection.introspection.table_names()):
        triggers.install(connection)
