from __future__ import annotations

from typing import Any

from django import template

from membership.campaign_shown import page_context
from membership.models import CampaignPage

register = template.Library()


@register.simple_tag(takes_context=True)
def campaign_now(context: dict[str, Any], page: CampaignPage) -> dict[str, Any]:
    """All that the page of a campaign shows beside its text, as of now."""
    return page_context(page, context["request"])
