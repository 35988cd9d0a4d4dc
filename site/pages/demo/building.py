"""Build the demo's site: what is missing is made, what is there is left as its editors have it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files import File
from django.db import transaction
from wagtail.models import Page, Site

from pages.demo import words
from pages.models import Brand, HomePage, SiteImage, StandardPage

PICTURES = Path(__file__).parent / "pictures"


@transaction.atomic
def build_site(organisation: dict[str, Any] | None = None) -> HomePage:
    """Make the home page with its children, brand and pictures; a second call changes nothing.

    ``organisation`` overrides fields of the brand, such as ``name`` or ``primary_colour``.
    """
    home = HomePage.objects.first()
    if home is None:
        pictures = {name: _picture(name, title) for name, title in words.PICTURES.items()}
        home = _make_home()
        pages = {slug: _make_page(home, slug, **about) for slug, about in words.PAGES.items()}
        _fill([home, *pages.values()], words.Materials(pictures=pictures, pages={"home": home, **pages}))
    _set_brand(home, organisation or {})
    return home


def _picture(name: str, title: str) -> SiteImage:
    existing = SiteImage.objects.filter(title=title).first()
    if existing:
        return existing
    with (PICTURES / f"{name}.png").open("rb") as opened:
        picture = SiteImage(title=title, description=words.DESCRIPTIONS[name], file=File(opened, name=f"{name}.png"))
        picture.save()
    return picture


def _make_home() -> HomePage:
    """Put our home page where Wagtail's first migration put its welcome page."""
    root = Page.objects.get(depth=1)
    home: HomePage = root.add_child(
        instance=HomePage(
            title="Harbour Light",
            slug="harbour-light",
            seo_title="A safe place to stay",
            search_description=words.TAGLINE,
        )
    )
    welcome = Page.objects.filter(depth=2, slug="home", content_type__model="page").first()
    site = Site.objects.filter(is_default_site=True).first() or Site(hostname="localhost", is_default_site=True)
    site.site_name = "Harbour Light"
    # What sitemaps and mails write before a path.
    address = urlsplit(settings.BASE_URL)
    site.hostname = address.hostname or "localhost"
    site.port = address.port or (443 if address.scheme == "https" else 80)
    site.root_page = home
    site.save()
    if welcome is not None:
        welcome.delete()
    return home


def _make_page(home: HomePage, slug: str, *, title: str, introduction: str, in_menu: bool) -> StandardPage:
    page: StandardPage = home.add_child(
        instance=StandardPage(
            title=title, slug=slug, introduction=introduction, search_description=introduction, show_in_menus=in_menu
        )
    )
    return page


def _fill(pages: list[Any], materials: words.Materials) -> None:
    """Bodies come last: they link to each other's pages."""
    for page in pages:
        name = "home" if isinstance(page, HomePage) else page.slug
        page.body = words.BODIES[name](materials)
        page.save()
        page.save_revision().publish()


def _set_brand(home: HomePage, organisation: dict[str, Any]) -> None:
    site = Site.objects.get(root_page=home)
    brand, made = Brand.objects.get_or_create(
        site=site, defaults={**words.BRAND, "action_page": home.get_children().filter(slug="support-us").first()}
    )
    if organisation and (made or any(getattr(brand, name) != value for name, value in organisation.items())):
        for name, value in organisation.items():
            setattr(brand, name, value)
        brand.full_clean()
        brand.save()
