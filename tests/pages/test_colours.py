from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import Site

from pages.colours import NIGHT, PAPER, WHITE, contrast, readable_on, stylesheet, text_on
from pages.models import Brand, HomePage

colours = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


def test_contrast_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(colours)
def test_text_on_a_brand_colour_can_be_read(colour: str) -> None:
    # 4.5 cannot always be had from two colours; white or ink is never worse than 4.
    assert contrast(text_on(colour), colour) > 4


@given(colours)
def test_a_brand_colour_as_text_can_be_read_in_light_and_dark(colour: str) -> None:
    assert contrast(readable_on(PAPER, colour), PAPER) >= 4.5
    assert contrast(readable_on(NIGHT, colour), NIGHT) >= 4.5


@given(colours)
def test_the_footer_is_dark_enough_for_white(colour: str) -> None:
    deep = stylesheet(primary=colour, accent=colour).split("--brand-deep: ")[1][:7]
    assert contrast(deep, WHITE) >= 7


def test_a_readable_colour_is_left_as_it_is() -> None:
    assert readable_on(PAPER, "#0f4c5c") == "#0f4c5c"


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345", "#1234567", "#12345g", "#0f4c5c;}body{", "#0f4c5c\n", ""])
def test_anything_but_a_plain_colour_is_refused(db: None, colour: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        stylesheet(primary=colour, accent="#ffffff")
    with pytest.raises(ValidationError):
        Brand(site=Site.objects.get(), primary_colour=colour).clean_fields()


def test_the_brand_is_a_style_sheet_that_browsers_may_keep(client: Client, site: HomePage) -> None:
    brand = Brand.objects.get()
    brand.primary_colour = "#5b2a86"
    brand.save()
    answer = client.get(reverse("brand_css"))
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "--brand: #5b2a86;" in answer.text
    again = client.get(reverse("brand_css"), headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    brand.primary_colour = "#0f4c5c"
    brand.save()
    assert client.get(reverse("brand_css"), headers={"if-none-match": answer["ETag"]}).status_code == 200
