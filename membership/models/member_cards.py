from __future__ import annotations

from django.db import models
from django.utils import timezone


class MemberCard(models.Model):
    """The address in the code on a membership card. A new card gets a new one, and the old one is worth nothing."""

    membership = models.OneToOneField("membership.Membership", on_delete=models.CASCADE, related_name="card")
    token = models.CharField(max_length=24, unique=True)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Card of {self.membership}"
