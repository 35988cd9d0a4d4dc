"""What the public may see of makers today: asked of the database each time, because a consent can end at any moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from pages.models import Consent, SiteImage
from pages.models.consents import Channel, Scope
from shop.models import Maker

# What a page says of a maker who is not shown, or of whom nothing is known.
SOMEBODY = "a maker of our workshop"


@dataclass(frozen=True, kw_only=True)
class ShownMaker:
    id: int
    alias: str
    url: str
    region: str
    story: str
    # Only where the consent covers pictures too.
    picture: SiteImage | None
    picture_alt: str


def agreeing() -> QuerySet[Maker]:
    """Makers whose live, reviewed consent covers being named by alias, in words, in the shop."""
    live = Consent.objects.live(timezone.localdate()).covering(Scope.TEXT, Channel.SHOP)
    return Maker.objects.filter(consent__in=live).select_related("consent", "picture__consent")


def shown(maker_ids: Iterable[int | None]) -> dict[int, ShownMaker]:
    """Those of these makers who may be shown now, in one query. Who is not in the answer is ``SOMEBODY``."""
    wanted = {pk for pk in maker_ids if pk is not None}
    return {maker.pk: as_shown(maker) for maker in agreeing().filter(pk__in=wanted)} if wanted else {}


def everybody_shown() -> list[ShownMaker]:
    """For the list of makers: those who make things now, by alias."""
    makers = agreeing().filter(is_active=True).prefetch_related("picture__renditions")
    return [as_shown(maker) for maker in makers.order_by("alias")]


def shown_by_slug(slug: str) -> ShownMaker | None:
    maker = agreeing().filter(slug=slug).first()
    return as_shown(maker) if maker else None


def as_shown(maker: Maker) -> ShownMaker:
    consent, picture = maker.consent, maker.picture
    has_picture = consent is not None and consent.covers(Scope.PHOTO, Channel.SHOP) and picture is not None
    return ShownMaker(
        id=maker.pk,
        alias=maker.alias,
        url=maker.get_absolute_url(),
        region=maker.region,
        story=maker.story,
        # A picture without a consent of its own, or under another's, is nobody's agreement.
        picture=picture if has_picture and picture and picture.consent_id == maker.consent_id else None,
        picture_alt=maker.picture_alt,
    )
