from __future__ import annotations

from typing import Any

from wagtail import hooks
from wagtail.models import Site

from pages.models import Brand


@hooks.register("mail_context")
def brand_in_mails() -> dict[str, Any]:
    """Mails carry the default site's brand; they are often written where there is no request."""
    site = Site.objects.filter(is_default_site=True).first()
    return {"brand": Brand.for_site(site) if site else Brand()}
