from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, PageViewRestriction

from pages.models import HomePage, StandardPage
from pages.searching import safe_search

pytestmark = pytest.mark.both_databases


@pytest.fixture
def indexed(site: HomePage) -> HomePage:
    from django.core.management import call_command

    call_command("update_index", verbosity=0)
    return site


@pytest.mark.parametrize(
    "text", ['can"dle', '"', "'", "  ", "", "a\x00b", "* OR 1", "NEAR(", "-", "word " * 300, "\u202e", "%", "🕯"]
)
def test_nothing_that_people_type_breaks_the_search(client: Client, indexed: HomePage, text: str) -> None:
    assert client.get(reverse("search"), {"q": text}).status_code == 200


def test_pages_are_found_by_their_words(client: Client, indexed: HomePage) -> None:
    found = safe_search(Page.objects.live(), 'the "ledger"?')
    assert "Where the money goes" in [page.title for page in found]
    assert "Where the money goes" in client.get(reverse("search"), {"q": "ledger"}).text


def test_private_and_unpublished_pages_are_not_found(client: Client, indexed: HomePage) -> None:
    PageViewRestriction.objects.create(
        page=StandardPage.objects.get(slug="where-the-money-goes"), restriction_type="login"
    )
    StandardPage.objects.get(slug="about").unpublish()
    for word in ("ledger", "sewing machines"):
        text = client.get(reverse("search"), {"q": word}).text
        assert "Where the money goes</a></h2>" not in text
        assert "About us</a></h2>" not in text


def test_what_was_typed_is_shown_as_text(client: Client, indexed: HomePage) -> None:
    assert "<script>" not in client.get(reverse("search"), {"q": "<script>alert(1)</script>"}).text.split("</head>")[1]
