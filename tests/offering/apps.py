from __future__ import annotations

from django.apps import AppConfig


class OfferingConfig(AppConfig):
    name = "tests.offering"
    label = "offering"
    default_auto_field = "django.db.models.BigAutoField"
