from __future__ import annotations

from pathlib import Path

from django.core.files import File
from django.db import transaction
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from membership.access import group_of
from membership.diary import words
from membership.models import Tier
from pages.models import HomePage, SiteDocument, SiteImage, StandardPage

FILES = Path(__file__).parent
SLUG = "from-the-workshop"
COLLECTION = "For members"
# The tiers that open the pattern book; the diary opens to all.
WITH_PATTERNS = ("ally", "guardian")


@transaction.atomic
def build_diary() -> None:
    """Made once, on a site that has its home page and its tiers; what editors made of it since stays."""
    home = HomePage.objects.first()
    if home is None or StandardPage.objects.filter(slug=SLUG).exists():
        return
    tiers = list(Tier.objects.all())
    collection = _collection(tiers)
    picture = _picture(collection)
    diary = _page(home, SLUG, words.TITLE, words.TEASER, words.DESCRIPTION)
    _close_page(diary, tiers)
    _publish(diary, words.diary(picture.pk))
    patterns = _page(diary, "pattern-book", words.PATTERN_PAGE, words.PATTERN_TEASER, words.PATTERN_DESCRIPTION)
    _close_page(patterns, [tier for tier in tiers if tier.slug in WITH_PATTERNS])
    _publish(patterns, words.pattern_page(_pattern(collection).pk))
    _add_to_public_page(diary)


def _collection(tiers: list[Tier]) -> Collection:
    collection: Collection = Collection.get_first_root_node().add_child(name=COLLECTION)
    restriction = CollectionViewRestriction.objects.create(collection=collection, restriction_type="groups")
    restriction.groups.set(group_of(tier) for tier in tiers)
    return collection


def _picture(collection: Collection) -> SiteImage:
    with (FILES / "cutting.png").open("rb") as opened:
        picture = SiteImage(
            title=words.PICTURE,
            description=words.PICTURE_DESCRIPTION,
            collection=collection,
            file=File(opened, name="cutting.png"),
        )
        picture.save()
    return picture


def _pattern(collection: Collection) -> SiteDocument:
    with (FILES / "apron-pattern.pdf").open("rb") as opened:
        pattern = SiteDocument(title=words.PATTERN, collection=collection, file=File(opened, name="apron-pattern.pdf"))
        pattern.save()
    return pattern


def _page(parent: HomePage | StandardPage, slug: str, title: str, teaser: str, description: str) -> StandardPage:
    page: StandardPage = parent.add_child(
        instance=StandardPage(title=title, slug=slug, teaser=teaser, search_description=description)
    )
    return page


def _close_page(page: StandardPage, tiers: list[Tier]) -> None:
    restriction = PageViewRestriction(page=page, restriction_type="groups")
    restriction.save()
    restriction.groups.set(group_of(tier) for tier in tiers)


def _publish(page: StandardPage, body: object) -> None:
    page.body = body
    page.save_revision().publish()


def _add_to_public_page(diary: StandardPage) -> None:
    page = StandardPage.objects.filter(slug="what-we-do").first()
    if page is not None:
        _publish(page, [*page.body.get_prep_value(), words.part_of_a_page(diary.pk)])
