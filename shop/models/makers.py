"""Who made it. An alias chosen by the maker: there is no field for another name, and none may be added."""

from __future__ import annotations

from django.db import models
from django.urls import reverse


class Maker(models.Model):  # type: ignore[django-manager-missing]
    alias = models.CharField(
        max_length=80, unique=True, help_text="What the maker chose to be called. Never a real name."
    )
    slug = models.SlugField(max_length=80, unique=True)
    # Shown while the consent is live and covers it (shop.makers.shown); emptied when it is over.
    consent = models.ForeignKey(
        "pages.Consent", on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="What the maker agreed to. Without one that is live, nothing of this is shown.",
    )  # fmt: skip
    region = models.CharField(
        max_length=80, blank=True, help_text="In broad words, such as “the north of the country”. Never a town."
    )
    story = models.TextField(
        blank=True, max_length=4000, help_text="In the maker’s own words, without names, places and days."
    )
    picture = models.ForeignKey(
        "pages.SiteImage", on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        help_text="Hands at work say as much as a face. Deleted when the consent is over.",
    )  # fmt: skip
    picture_alt = models.CharField(
        "description of the picture", max_length=200, blank=True, help_text="What it shows, for who cannot see it."
    )
    is_active = models.BooleanField("makes things for us now", default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["alias"]

    def __str__(self) -> str:
        return self.alias

    def get_absolute_url(self) -> str:
        return reverse("shop_maker", args=[self.slug])

    @property
    def subject(self) -> str:
        """What the books know the maker by."""
        return subject_of(self.pk)


def subject_of(maker_id: int) -> str:
    return f"maker:{maker_id}"
