"""Two campaigns for the demo: one that runs, with a sponsor's pool that is nearly spent, and one that is over."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from membership.fundraising.offline import OfflineTerms, record_offline_gift
from membership.models import Campaign, CampaignPage, CampaignUpdate, Gift, MatchPool, Pledge, WallMessage
from membership.models.giving_settings import small_unit
from pages.demo.blocks import quote, text
from pages.models import HomePage, SiteImage
from receipts.models import Payer
from receipts.payers import find_or_create_payer


@dataclass(frozen=True, kw_only=True)
class Words:
    """A campaign as the demo tells it: the goal in whole units, its days counted from now."""

    name: str
    introduction: str
    picture: str
    goal: int
    starts: timedelta
    ends: timedelta


ROOM = Words(
    name="A second sewing room",
    introduction="Eleven people wait for a place in the workshop. The room next door is free from January: "
    "it needs six machines, light and a floor.",
    picture="The workshop",
    goal=12_000,
    starts=timedelta(days=-34),
    ends=timedelta(days=26),
)
KITCHEN = Words(
    name="A kitchen that feeds forty",
    introduction="The old stove had two working flames. Now there are eight, and a table for everybody.",
    picture="Homes at night",
    goal=4_000,
    starts=timedelta(days=-300),
    ends=timedelta(days=-210),
)
GIVERS = (
    ("Ines Duarte", 150, True, "For the first apron that I sewed badly."),
    ("Tomas Lind", 600, True, ""),
    ("Amara Cole", 75, True, "Keep going."),
    ("Ruth Abara", 1200, False, ""),
    ("Wen Li", 250, True, ""),
    ("Harbour Street Bakery", 800, True, "From the early shift."),
    ("Elias Novak", 300, True, ""),
)
STORY = (
    "<p>Whoever learns a trade with us is paid from the first day. That is why places are few: each one needs a "
    "machine, a teacher and an order to work on. The orders are there. The room is there. What is missing stands on "
    "this page, to the dollar.</p><h2>What it buys</h2><ul><li>Six industrial machines, second hand and overhauled"
    "</li><li>Light that is kind to eyes at seven in the evening</li><li>A floor without splinters</li></ul>"
)


@transaction.atomic
def build_campaigns() -> None:
    """Made once, on a site that has its home page; what staff made of it since stays."""
    home = HomePage.objects.first()
    if home is None or Campaign.objects.exists():
        return
    room = _campaign("sewing-room", ROOM)
    CampaignUpdate.objects.create(
        campaign=room,
        title="The landlord says yes",
        published_at=timezone.now() - timedelta(days=9),
        text="<p>We have the key from the second of January. The electrician comes on the fifth.</p>",
    )
    said = quote("A place is a machine, a teacher and an order.", "Head of the workshop")
    _page(home, room, ROOM, [text(STORY), said])
    kitchen = _campaign("kitchen", KITCHEN)
    _page(home, kitchen, KITCHEN, [text("<p>Thank you. The first meal was lentil soup, for thirty-eight.</p>")])


@transaction.atomic
def give_to_campaigns() -> None:
    """What came for them, and what is promised. Once; nothing where they are not, or where somebody gave already."""
    room, kitchen = (Campaign.objects.filter(slug=slug).first() for slug in ("sewing-room", "kitchen"))
    if room is None or kitchen is None or Gift.objects.filter(campaign__in=[room, kitchen]).exists():
        return
    unit = small_unit(room.currency)
    sponsor = _payer("Lantern Wharf Outfitters", kind="organisation")
    MatchPool.objects.create(
        campaign=room, sponsor=sponsor, shown_as=sponsor.name, cap=3_500 * unit, starts_at=room.starts_at
    )
    for number, giver in enumerate(GIVERS):
        _give(room, *giver, days=4 * number + 2)
    club = _payer("Rotary Club of Portland", kind="organisation")
    Pledge.objects.create(campaign=room, payer=club, amount=900 * unit)
    for name, amount, on_wall, _ in GIVERS[1:6]:
        _give(kitchen, name, amount * 3 // 2, on_wall, "", days=230)


def _campaign(slug: str, words: Words) -> Campaign:
    now = timezone.now()
    return Campaign.objects.create(
        name=words.name,
        slug=slug,
        goal_amount=words.goal * small_unit(settings.REPORTING_CURRENCY),
        starts_at=now + words.starts,
        ends_at=now + words.ends,
    )


def _payer(name: str, kind: str = "person") -> Payer:
    return find_or_create_payer(kind=kind, name=name, email=f"{name.split()[0].lower()}@example.org", country="US")


def _give(campaign: Campaign, name: str, amount: int, is_on_wall: bool, message: str, *, days: int) -> None:
    """By transfer, as it stands in a bank's statement, so that no checkout is needed."""
    terms = OfflineTerms(
        amount=amount * small_unit(campaign.currency),
        currency=campaign.currency,
        received_on=timezone.localdate() - timedelta(days=days),
        method=Gift.Method.TRANSFER,
        fund=campaign.fund_of_gifts(),
        campaign=campaign,
    )
    offline, _ = record_offline_gift(key=uuid.uuid4(), payer=_payer(name), terms=terms, by=None)
    Gift.objects.filter(pk=offline.gift_id).update(is_on_wall=is_on_wall, message=message)
    if message:
        WallMessage.objects.create(gift_id=offline.gift_id, text=message, is_shown=True)


def _page(home: HomePage, campaign: Campaign, words: Words, body: list[object]) -> None:
    page: Any = home.add_child(
        instance=CampaignPage(
            title=campaign.name,
            slug=campaign.slug,
            campaign=campaign,
            introduction=words.introduction,
            search_description=words.introduction[:160],
            picture=SiteImage.objects.filter(title=words.picture).first(),
        )
    )
    page.body = body
    page.save_revision().publish()
