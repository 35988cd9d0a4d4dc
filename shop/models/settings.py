"""What the shop says of itself on a parcel."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from payments.discreet import telling_word


def refuse_telling(text: str) -> None:
    if word := telling_word(text):
        raise ValidationError(f"“{word}” tells a stranger what the parcel is about. Choose words that do not.")


@register_setting(icon="tag")
class ShopSettings(BaseGenericSetting):
    parcel_sender = models.CharField(
        "sender on parcels",
        max_length=60,
        blank=True,
        validators=[refuse_telling],
        help_text="A neutral name: whoever sees the parcel learns nothing. Empty: no sender is named.",
    )
    parcel_address = models.TextField(
        "return address",
        max_length=300,
        blank=True,
        validators=[refuse_telling],
        help_text="Better a post box than the place where makers work.",
    )

    class Meta:
        verbose_name = "shop"

    def sender(self) -> list[str]:
        """Who sends it and where it goes back to, line by line."""
        lines = [self.parcel_sender, *self.parcel_address.splitlines()]
        return [line.strip() for line in lines if line.strip()]
