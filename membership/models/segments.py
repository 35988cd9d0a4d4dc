from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Segment(models.Model):
    """A question about supporters, asked again whenever it is opened: what was chosen, never who was found."""

    name = models.CharField(max_length=80, unique=True)
    criteria = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["name"]
        permissions = [("export_segment", "Can export segments")]

    def __str__(self) -> str:
        return self.name
