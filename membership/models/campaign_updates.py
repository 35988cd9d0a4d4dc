from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from modelcluster.fields import ParentalKey
from wagtail.fields import RichTextField

from membership.models.campaigns import Campaign


class CampaignUpdate(models.Model):
    """How a campaign goes on, told on its page and, if staff want, to those who gave and like to hear of it."""

    campaign = ParentalKey(Campaign, on_delete=models.CASCADE, related_name="updates")
    published_at = models.DateTimeField("shown from", default=timezone.now)
    title = models.CharField(max_length=120)
    text = RichTextField(features=["bold", "italic", "link"])
    is_mailed = models.BooleanField(
        "mail it",
        default=False,
        help_text="Once, to everybody who gave to this campaign and has not refused such mails.",
    )
    # Nobody gets it twice, however often it is edited afterwards.
    mailed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-published_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class WallMessage(models.Model):
    """The words of a giver that staff let stand on a wall: these words, not what may be written there later."""

    gift = models.OneToOneField("membership.Gift", on_delete=models.CASCADE, related_name="wall_message")
    text = models.CharField(max_length=280, blank=True)
    # Refused ones are kept, so that they are not asked about again.
    is_shown = models.BooleanField(default=False)
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Message {self.pk}"
