from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Lower
from django_countries.fields import CountryField

from receipts.addresses.lines import format_address
from receipts.addresses.shapes import PARTS

# Without spaces and capitals, as people may type it. Written out in the SQL: SQLite compares an expression with that of
# an index word by word, and a parameter is no word.
PLAIN_POSTCODE = Func(F("postcode"), template="REPLACE(LOWER(%(expressions)s), ' ', '')")


class PayerQuerySet(models.QuerySet["Payer"]):
    def live(self) -> PayerQuerySet:
        return self.filter(merged_into=None)

    def of_user(self, user: Any) -> PayerQuerySet:
        """The user's payers, those that were merged into one of them among them: a merge gives them the same user."""
        return self.filter(user=user)

    def same_as(self, payer: Payer) -> PayerQuerySet:
        """Every row that is this payer: the one that stands for all, and those that were merged into it."""
        kept = payer.merged_into_id or payer.pk
        return self.filter(Q(pk=kept) | Q(merged_into=kept))


class Payer(models.Model):
    """Who pays: a person or an organisation, with or without a login.

    Merging sets `merged_into` and rewrites nothing: what was booked stays where it was booked. It leads to a payer that
    is not merged itself, and both have the same user (`receipts.merging` sees to it, `check_books` proves it).
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
    # The person was erased: nothing here names anybody any more, and the row stays for the books.
    erased_at = models.DateTimeField(null=True, editable=False)

    objects = PayerQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        permissions = [
            ("merge_payer", "Can merge payers"),
            ("export_payer", "Can export payers"),
            ("erase_payer", "Can erase a person"),
        ]
        indexes = [
            models.Index(Lower("email"), name="payer_by_email"),
            models.Index(PLAIN_POSTCODE, name="payer_by_plain_postcode"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")),
                name="no_payer_is_merged_into_itself",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None)
                | Q(email="", line1="", line2="", city="", region="", postcode="", country="", user__isnull=True),
                name="an_erased_payer_has_no_address_and_no_user",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def address_lines(self) -> list[str]:
        """As the country writes addresses, without the name."""
        parts = {part: getattr(self, part) for part in (*PARTS, "country")}
        return format_address(**{part: str(value or "") for part, value in parts.items()})

    def language_name(self) -> str:
        return str(dict(settings.LANGUAGES).get(self.language, self.language))

    def current(self) -> Payer:
        """The payer that stands for this one: itself, or the one it was merged into."""
        return self.merged_into or self
