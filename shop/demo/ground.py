"""What the demo's shop stands on: makers who agreed to be shown, where it sends to, and what tax is due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.text import slugify

from pages.models import Consent
from payments.models import TaxRate, TaxSettings
from receipts.money import minor_digits
from shop.models import Maker, ShippingBand, ShippingMethod, ShippingZone, ShopSettings

# Who is shown agreed to it; the last one makes things and is not shown.
MAKERS = (
    ("Marigold", "the coast", "I learned to sew on my grandmother's machine, and forgot. My hands did not."),
    ("Juniper", "the north", "I like straight seams. A straight seam is a small thing that nobody can argue with."),
    ("Heron", "the lakes", "The first bag took me a week. Now I teach others how to do it in a morning."),
    ("Saffron", "the south", "I choose the colours. For years I wore what I was told to."),
    ("Wren", "the coast", "I work mornings and study in the afternoons. I pay my own rent."),
    ("Cedar", "the hills", "Beeswax smells like summer. I would rather talk about beeswax."),
    ("Linden", "", ""),
)
US, CANADA = "US", "CA"
# Grams, and whole units of the currency.
POST = ((500, 5), (2000, 9), (None, 16))


def lay_ground() -> None:
    _send_to("United States", [US], order=0, free_over=75)
    _send_to("Canada", [CANADA], order=1, free_over=None)
    sender = {"parcel_sender": "HL Goods", "parcel_address": "PO Box 417\nPortland, ME 04104"}
    ShopSettings.objects.get_or_create(defaults=sender)
    TaxSettings.objects.update_or_create(defaults={"ships_from": US, "ships_from_region": "ME"})
    TaxRate.objects.get_or_create(
        name="Maine sales tax", country=US, region="ME", valid_from=date(2013, 10, 1), defaults={"rate": "5.5"}
    )


def make_makers() -> list[Maker]:
    recorder, reviewer = _caseworker("mara", "Mara Lind"), _caseworker("odile", "Odile Bram")
    return [_maker(*about, recorder, reviewer) for about in MAKERS]


def _caseworker(word: str, name: str) -> Any:
    """Who recorded or reviewed a consent. They can't sign in to the demo."""
    user, made = get_user_model().objects.get_or_create(
        email=f"{word}@harbourlight.example", defaults={"name": name, "is_active": False}
    )
    if made:
        user.set_unusable_password()
        user.save()
    return user


def _maker(alias: str, region: str, story: str, recorder: Any, reviewer: Any) -> Maker:
    known = Maker.objects.filter(alias=alias).first()
    if known:
        return known
    consent = _consent(alias, recorder, reviewer) if story else None
    return Maker.objects.create(alias=alias, slug=slugify(alias), region=region, story=story, consent=consent)


def _consent(alias: str, recorder: Any, reviewer: Any) -> Consent:
    given = timezone.localdate() - timedelta(days=200)
    consent = Consent(
        alias=alias, scope_text=True, channel_website=True, channel_shop=True,
        given_on=given, until=given + timedelta(days=900), recorded_by=recorder,
        reviewed_by=reviewer, reviewed_at=timezone.now(),
    )  # fmt: skip
    consent.person = "Nobody: this person was made up for the demo."
    consent.save()
    return consent


def _send_to(name: str, countries: list[str], *, order: int, free_over: int | None) -> None:
    zone, made = ShippingZone.objects.get_or_create(
        name=name, defaults={"countries": ",".join(countries), "order": order}
    )
    if not made:
        return
    unit = 10 ** minor_digits(settings.REPORTING_CURRENCY)
    post = ShippingMethod.objects.create(
        zone=zone, name="Post", free_over=free_over * unit if free_over else None, order=0
    )
    dearer = 1 + order
    ShippingBand.objects.bulk_create(
        ShippingBand(method=post, up_to=up_to, price=price * unit * dearer) for up_to, price in POST
    )
    if order == 0:
        ShippingMethod.objects.create(
            zone=zone, name="Pick up at the workshop", by=ShippingMethod.By.PICKUP, order=1,
            details="18 Lantern Wharf, Portland, Monday to Friday, 9 to 5",
        )  # fmt: skip
