from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django_countries.fields import CountryField


class PayerQuerySet(models.QuerySet["Payer"]):
    def live(self) -> PayerQuerySet:
        return self.filter(merged_into=None)

    def of_user(self, user: Any) -> PayerQuerySet:
        return self.filter(user=user)


class Payer(models.Model):
    """Who pays: a person or an organisation, with or without a login.

    Merging sets `merged_into` and rewrites nothing: what was booked stays where it was booked.
    """

    class Kind(models.TextChoices):
        PERSON = "person", "Person"
        ORGANISATION = "organisation", "Organisation"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PERSON)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    line1 = models.CharField("address", max_length=200, blank=True)
    line2 = models.CharField("address, second line", max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    region = models.CharField("state or region", max_length=100, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    country = CountryField(blank=True)
    language = models.CharField(max_length=10, default="en")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="payers"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_payers"
    )
    # A digest of who was typed. Unique, so that two tabs make one payer.
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PayerQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(Lower("email"), name="payer_by_email")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("pk")),
                name="no_payer_is_merged_into_itself",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def address_lines(self) -> list[str]:
        town = " ".join(part for part in (self.city, self.region, self.postcode) if part)
        country = self.get_country_display() if self.country else ""
        return [line for line in (self.line1, self.line2, town, country) if line]

    def current(self) -> Payer:
        """The payer this one was merged into, however often."""
        return self.merged_into.current() if self.merged_into else self
