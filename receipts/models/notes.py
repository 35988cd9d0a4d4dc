from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from receipts.models.payers import Payer

# How long a deleted note can be put back.
KEPT = timedelta(days=30)


class PayerNoteQuerySet(models.QuerySet["PayerNote"]):
    def shown(self) -> PayerNoteQuerySet:
        return self.filter(deleted_at=None).order_by("-pinned", "-created_at", "-pk")

    def can_be_put_back(self) -> PayerNoteQuerySet:
        return self.filter(deleted_at__gt=timezone.now() - KEPT)


class PayerNote(models.Model):
    """What staff wrote down about a supporter, for staff. A supporter who asks for their data gets it too."""

    payer = models.ForeignKey(Payer, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(max_length=4000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(null=True)
    pinned = models.BooleanField("keep on top", default=False)
    deleted_at = models.DateTimeField(null=True)

    objects = PayerNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-pinned", "-created_at", "-pk"]

    def __str__(self) -> str:
        return f"note {self.pk}"

    def is_by(self, user: Any) -> bool:
        return self.author_id is not None and self.author_id == user.pk
