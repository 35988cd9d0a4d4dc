from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from wagtail import hooks
from wagtail.models import Page, PageViewRestriction

from pages.demo import build_site, building
from pages.demo.words import PICTURES
from pages.models import Brand, HomePage, SiteImage, StandardPage
from pages.offers import Offer, offer_choices

PATHS = [
    "/",
    "/what-we-do/",
    "/where-the-money-goes/",
    "/stories/",
    "/about/",
    "/support-us/",
    "/contact/",
    "/privacy/",
    "/search/",
    "/search/?q=workshop",
]


def test_every_page_of_the_demo_answers(client: Client, site: HomePage) -> None:
    for path in PATHS:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.text.count("<h1") == 1, path
        assert re.search(r'<meta name="description" content="[^"]{20,}', answer.text), path
        assert re.search(r"<title>[^<]+ – Harbour Light</title>", answer.text), path


def test_building_the_site_again_changes_nothing(site: HomePage) -> None:
    page = StandardPage.objects.get(slug="about")
    page.title = "Who we are today"
    page.save()
    before = (Page.objects.count(), SiteImage.objects.count(), Brand.objects.count())
    assert build_site() == site
    assert (Page.objects.count(), SiteImage.objects.count(), Brand.objects.count()) == before
    assert StandardPage.objects.get(slug="about").title == "Who we are today"


def test_the_pictures_that_ship_are_large_enough_and_light() -> None:
    for name in PICTURES:
        path = building.PICTURES / f"{name}.png"
        assert Image.open(path).size >= (1200, 900), name
        assert path.stat().st_size < 100_000, name
        assert path.with_suffix(".svg").exists(), name


def test_the_demo_takes_another_organisations_name(client: Client, db: None) -> None:
    build_site({"name": "Open Door", "primary_colour": "#5b2a86"})
    assert "Open Door" in client.get("/").text
    assert "--brand: #5b2a86" in client.get(reverse("brand_css")).text


def test_every_block_on_every_page_is_valid(site: HomePage) -> None:
    """What the demo writes could have been typed by an editor: required fields, lengths and choices hold."""
    with hooks.register_temporarily("register_offer", lambda: an_offer()):
        for page in [site, *StandardPage.objects.all()]:
            page.body.stream_block.clean(page.body)


def test_every_picture_is_described(client: Client, site: HomePage) -> None:
    for path in PATHS:
        for tag in re.findall(r"<img[^>]*>", client.get(path).text):
            assert re.search(r'alt="[^"]{15,}"', tag), (path, tag)


def test_no_page_holds_inline_style_or_script(client: Client, site: HomePage, alice: Any) -> None:
    paths = [*PATHS, reverse("account_login"), reverse("account_login_password"), reverse("account_signup"), "/nope/"]
    client_of_alice = Client()
    client_of_alice.force_login(alice)
    pages = [(path, client.get(path).text) for path in paths]
    pages += [(path, client_of_alice.get(path).text) for path in (reverse("account_home"), reverse("account_name"))]
    for path, text in pages:
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text), path
        inline = [
            tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag and "application/json" not in tag
        ]
        assert inline == [], path


def test_pages_ask_no_other_host_for_anything(client: Client, site: HomePage) -> None:
    for path in PATHS:
        for source in re.findall(r'(?:src|srcset|href)="(https?:[^"]+)"', client.get(path).text):
            assert source.startswith("http://testserver/"), (path, source)


def test_the_home_page_costs_few_queries(
    client: Client, site: HomePage, no_offers: None, django_assert_num_queries: Any
) -> None:
    client.get("/")  # renditions are drawn and kept
    with django_assert_num_queries(16):
        client.get("/")


def test_the_menu_marks_where_one_is(client: Client, site: HomePage) -> None:
    assert client.get("/stories/").text.count('<a href="/stories/" aria-current="page">') == 2


def test_the_sandbox_says_that_no_money_moves(client: Client, site: HomePage, settings: Any) -> None:
    for path in ("/", reverse("account_login"), "/nope/"):
        assert "Sandbox — no money moves." in client.get(path).text
    settings.STRIPE_MODE = "live"
    assert "no money moves" not in client.get("/").text


def an_offer() -> Offer:
    return Offer(
        kind="membership.tiers",
        label="Tiers",
        render=lambda request, reference, options: f"offer {reference} {sorted(options.items())} {request.path}",
    )


@pytest.fixture
def offers(no_offers: None) -> Iterator[None]:
    """Only this test's offer is registered, whatever the offerings bring."""
    with hooks.register_temporarily("register_offer", an_offer):
        yield


def test_an_offering_shows_itself_where_its_block_stands(client: Client, site: HomePage, offers: None) -> None:
    assert offer_choices() == [("membership.tiers", "Tiers")]
    page = StandardPage.objects.get(slug="support-us")
    page.body[0].value["reference"] = "all"
    page.body[0].value["options"] = "period=year\nnonsense\nstyle=short"
    page.save_revision().publish()
    text = client.get("/support-us/").text
    assert (
        "offer all [(&#x27;period&#x27;, &#x27;year&#x27;), (&#x27;style&#x27;, &#x27;short&#x27;)] /support-us/"
        in text
    )


def test_an_offering_that_is_gone_leaves_nothing_behind(client: Client, site: HomePage, no_offers: None) -> None:
    answer = client.get("/support-us/")
    assert answer.status_code == 200
    assert "membership.tiers" not in answer.text


def test_the_sitemap_lists_public_pages_only(client: Client, site: HomePage) -> None:
    private = StandardPage.objects.get(slug="stories")
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    draft = StandardPage.objects.get(slug="privacy")
    draft.unpublish()
    text = client.get("/sitemap.xml").text
    assert "/about/" in text
    assert "/stories/" not in text
    assert "/privacy/" not in text


def test_the_menu_and_footer_leave_out_private_and_unpublished_pages(client: Client, site: HomePage) -> None:
    PageViewRestriction.objects.create(page=StandardPage.objects.get(slug="stories"), restriction_type="login")
    StandardPage.objects.get(slug="about").unpublish()
    text = client.get("/contact/").text
    assert 'href="/stories/"' not in text
    assert 'href="/about/"' not in text


def test_robots_keep_out_of_what_is_personal(client: Client, db: None) -> None:
    text = client.get("/robots.txt").text
    for path in ("/admin/", "/account/", "/accounts/"):
        assert f"Disallow: {path}" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


def test_healthz_says_ok_and_nothing_else(client: Client, db: None) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer["Cache-Control"] == "no-store"


def test_error_pages_speak_plainly_and_tell_nothing(client: Client, site: HomePage) -> None:
    missing = client.get("/no/such/page/")
    assert missing.status_code == 404
    assert "This page is not here" in missing.text
    refused = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "x@example.org"})
    assert refused.status_code == 403
    assert "Please send the form again" in refused.text
    assert "CSRF" not in refused.text


def test_the_error_page_needs_nothing_that_may_be_broken(db: None) -> None:
    from django.template.loader import render_to_string

    assert "Something went wrong on our side" in render_to_string("500.html")


def test_the_site_answers_before_it_is_set_up(client: Client, db: None) -> None:
    assert client.get(reverse("account_login")).status_code == 200
    assert client.get(reverse("brand_css")).status_code == 200
