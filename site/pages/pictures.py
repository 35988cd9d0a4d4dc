"""Pictures as pages show them: drawn in some widths, and of people only while they agree."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from wagtail.images.models import Filter
from wagtail.images.shortcuts import get_rendition_or_not_found

from pages.models import Consent, SiteImage
from pages.models.consents import Channel, Scope


@dataclass(frozen=True, kw_only=True)
class Shown:
    url: str
    width: int
    height: int
    alt: str
    # The wider drawings, as ``srcset`` wants them; empty for a single one.
    srcset: str = ""


def agreed(channel: Channel, image: str = "") -> Q:
    """Pictures of nobody, and of people who agree today to be shown there: else not even its words are shown.

    ``image`` leads to the picture from what is asked for, such as "image__".
    """
    agreeing = Consent.objects.live(timezone.localdate()).covering(Scope.PHOTO, channel)
    return Q(**{f"{image}consent": None}) | Q(**{f"{image}consent__in": agreeing})


def show(image: SiteImage, alt: str, *specs: str) -> Shown:
    """Drawn by ``specs``: the first is the one that old browsers get."""
    renditions = [get_rendition_or_not_found(image, Filter(spec=spec)) for spec in specs]
    srcset = ", ".join(f"{rendition.url} {rendition.width}w" for rendition in renditions) if len(specs) > 1 else ""
    smallest = renditions[0]
    return Shown(url=smallest.url, width=smallest.width, height=smallest.height, alt=alt, srcset=srcset)
