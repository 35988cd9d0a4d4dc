"""Certificates: what one says is frozen, as are its bytes. It is revoked or replaced, never edited."""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_code() -> str:
    """Long enough that nobody finds one by trying."""
    return "".join(secrets.choice(ALPHABET) for _ in range(16))


class Certificate(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=16, unique=True, default=new_code, editable=False)
    enrolment = models.ForeignKey("training.Enrolment", on_delete=models.PROTECT, related_name="certificates")
    # As the trainee wanted to be called on it: their name or an alias.
    name = models.CharField(max_length=120)
    course = models.CharField(max_length=255)
    hours = models.DecimalField(max_digits=5, decimal_places=1)
    # The days of the session, where it took place.
    starts_on = models.DateField()
    ends_on = models.DateField()
    trainers = models.CharField(max_length=500, blank=True)
    issuer = models.CharField(max_length=200)
    language = models.CharField(max_length=10, default="en")
    issued_at = models.DateTimeField(default=timezone.now)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    # Path in the private storage, and the SHA-256 of the bytes as hexadecimal: an edited file is found out.
    file = models.CharField(max_length=255, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    # For staff; whoever verifies it is told that it does not hold, not why.
    revoked_why = models.CharField(max_length=300, blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    class Meta:
        ordering = ["-issued_at", "-pk"]
        default_permissions = ("view",)
        permissions = [("issue_certificate", "Can issue, reissue and revoke certificates")]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(revoked_at=None), name="one_live_certificate_per_enrolment"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="a_certificate_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        # Without the code: this stands in logs, and the code opens a page with a name.
        return f"Certificate {self.pk}"

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None

    @property
    def replaced_by_or_none(self) -> Certificate | None:
        return getattr(self, "replaced_by", None)
