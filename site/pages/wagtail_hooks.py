from __future__ import annotations

from typing import Any

from wagtail import hooks
from wagtail.models import Site

from pages.colours import NIGHT, readable_on, text_on
from pages.models import Brand


@hooks.register("mail_context")
def brand_in_mails() -> dict[str, Any]:
    """Mails carry the default site's brand; they are often written where there is no request."""
    site = Site.objects.filter(is_default_site=True).first()
    brand = Brand.for_site(site) if site else Brand()
    colour = brand.primary_colour
    return {
        "brand": brand,
        "brand_ink": text_on(colour),
        "brand_text": readable_on("#ffffff", colour),
        "brand_night": readable_on(NIGHT, colour, at_least=7),
    }
