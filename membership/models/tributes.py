from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from membership.models.gifts import Gift

# The first hour of a day, at the organisation's place, in which a family is written to.
MORNING = time(8)


class TributeQuerySet(models.QuerySet["Tribute"]):
    def unsent(self) -> TributeQuerySet:
        return self.filter(sent_at=None).exclude(family_email="")

    def due(self, at: datetime) -> TributeQuerySet:
        """Those whose day has come and whose gift was paid; whether it was given back since, the books know."""
        here = timezone.localtime(at)
        day = Q(notify_on__lt=here.date())
        if here.time() >= MORNING:
            day |= Q(notify_on=here.date())
        return self.unsent().filter(day, gift__started_at__isnull=False)


class Tribute(models.Model):
    """In whose honour or memory a gift was made, and who is told of it. The family's address serves that alone."""

    class Kind(models.TextChoices):
        HONOUR = "honour", "In honour of somebody"
        MEMORY = "memory", "In memory of somebody"

    gift = models.OneToOneField(Gift, on_delete=models.CASCADE, related_name="tribute")
    kind = models.CharField(max_length=6, choices=Kind)
    honouree = models.CharField("name", max_length=120, blank=True)
    family_name = models.CharField(max_length=120, blank=True)
    family_email = models.EmailField("family's e-mail address", blank=True)
    message = models.TextField(max_length=500, blank=True)
    # As the family reads it; empty: the giver's name.
    sender_shown_as = models.CharField(max_length=120, blank=True)
    show_amount = models.BooleanField(default=False)
    notify_on = models.DateField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True)
    resends = models.PositiveSmallIntegerField(default=0)
    mail = models.ForeignKey("accounts.OutgoingMail", on_delete=models.SET_NULL, null=True, related_name="+")

    objects = TributeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        permissions = [("resend_tribute", "Can send a tribute's notice again")]
        constraints = [
            models.CheckConstraint(
                condition=Q(family_email="") | Q(notify_on__isnull=False), name="a_notice_has_its_day"
            ),
        ]

    def __str__(self) -> str:
        return f"Tribute {str(self.gift.public_id)[:8]}"

    @property
    def sender(self) -> str:
        return self.sender_shown_as or self.gift.salutation

    @property
    def words(self) -> str:
        return "in memory of" if self.kind == self.Kind.MEMORY else "in honour of"

    @property
    def title(self) -> str:
        """ "In memory of Ruth", and without a name once that was forgotten."""
        kind = self.Kind(self.kind).label
        return kind.replace("somebody", self.honouree) if self.honouree else kind

    def claim(self, at: datetime) -> bool:
        """Of two who want to send the first notice at once, one may."""
        return bool(Tribute.objects.unsent().filter(pk=self.pk).update(sent_at=at))

    def claim_resend(self, *, most: int | None) -> bool:
        sent: Any = Tribute.objects.filter(pk=self.pk, sent_at__isnull=False)
        if most is not None:
            sent = sent.filter(resends__lt=most)
        return bool(sent.update(resends=F("resends") + 1))
