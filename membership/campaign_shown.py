"""What pages show of campaigns: their own page, and a block on any other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from membership import matching
from membership.campaign_progress import progress, progress_of
from membership.campaign_wall import wall_page
from membership.gift_block import render_gift_form
from membership.models import Campaign, CampaignPage
from pages.gated_pages import public

if TYPE_CHECKING:
    from wagtail.models import Page


def page_context(page: CampaignPage, request: HttpRequest) -> dict[str, Any]:
    campaign = page.campaign
    takes_gifts = campaign.takes_gifts()
    options = {"campaign": campaign.slug}
    return {
        "campaign": campaign,
        "progress": progress(campaign),
        "takes_gifts": takes_gifts,
        "has_begun": campaign.starts_at <= timezone.now(),
        "pool": matching.open_pool(campaign),
        "spent": _spent_pools(campaign),
        "updates": campaign.updates.filter(published_at__lte=timezone.now()),
        "wall": wall_page(campaign, request.GET.get("p")) if page.has_wall else None,
        "gift_form": render_gift_form(request, f"campaign-{campaign.slug}", options) if takes_gifts else "",
    }


def _spent_pools(campaign: Campaign) -> list[Any]:
    """Promises that were kept to the end; said as long as nothing else is promised."""
    return [pool for pool in campaign.pools.all() if not pool.left and pool.shown_as]


def render_campaign(request: HttpRequest | None, reference: str, options: Mapping[str, str]) -> str:
    """The bar of one campaign: the one whose last part of the address is ``reference``, else the newest open one."""
    campaigns = Campaign.objects.order_by("-starts_at", "-pk")
    chosen = campaigns.filter(slug=reference) if reference else campaigns.open()
    return _cards(request, chosen[:1])


def render_campaigns(request: HttpRequest | None, reference: str, options: Mapping[str, str]) -> str:
    """Cards of all open campaigns; with the option ``past=yes`` those that are over, too."""
    campaigns = Campaign.objects.begun() if options.get("past", "").strip() == "yes" else Campaign.objects.open()
    return _cards(request, campaigns.order_by("-is_open", "-starts_at", "-pk"))


def _cards(request: HttpRequest | None, campaigns: Iterable[Campaign]) -> str:
    campaigns = list(campaigns)
    if not campaigns:
        return ""
    far, pages = progress_of(campaigns), public_pages(campaigns)
    cards = [
        {"campaign": one, "progress": far[one.pk], "page": pages.get(one.pk), "takes_gifts": one.takes_gifts()}
        for one in campaigns
    ]
    return render_to_string("membership/campaign_cards.html", {"cards": cards}, request=request)


def public_pages(campaigns: Iterable[Campaign]) -> dict[int, Page]:
    """The page of each campaign that anybody may read."""
    pages = public(CampaignPage.objects.live().filter(campaign__in=campaigns)).order_by("-pk")
    return {page.campaign_id: page for page in pages}


def give_url(campaign: Campaign) -> str:
    return f"{reverse('give')}?{urlencode({'campaign': campaign.slug})}"
