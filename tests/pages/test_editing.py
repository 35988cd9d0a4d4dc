"""What an editor does in the staff pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from pages.models import Brand, HomePage, SiteImage, StandardPage


@pytest.fixture
def editor(client: Client, db: None, settings: Any) -> Client:
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(User.objects.create_superuser("ed@example.org", name="Ed Evans"))
    return client


def test_every_page_of_the_demo_opens_in_the_editor(editor: Client, site: HomePage) -> None:
    for page in [site, *StandardPage.objects.all()]:
        answer = editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
        assert answer.status_code == 200, page.title


def test_an_editor_changes_name_and_colours(editor: Client, site: HomePage) -> None:
    brand = Brand.objects.get()
    address = reverse("wagtailsettings:edit", args=["pages", "brand", brand.site_id])
    form = {
        "name": "Open Door",
        "tagline": brand.tagline,
        "primary_colour": "#5b2a86",
        "accent_colour": "#f2a541",
        "action_label": "Give",
        "action_page": "",
        "mission": "",
        "contact": "",
        "email": "",
        "footer": "",
        "logo": "",
    }
    assert editor.post(address, {**form, "primary_colour": "purple"}).status_code == 200
    assert Brand.objects.get().primary_colour == brand.primary_colour
    assert editor.post(address, form).status_code == 302
    assert "Open Door" in editor.get("/").text


def test_a_logo_takes_the_place_of_mark_and_name(editor: Client, site: HomePage) -> None:
    brand = Brand.objects.get()
    brand.logo = SiteImage.objects.first()
    brand.save()
    header = editor.get("/").text.split("</header>")[0]
    assert 'class="site-brand__logo"' in header
    assert 'alt="Harbour Light"' in header
    assert "site-brand__mark" not in header


def test_an_editor_uploads_a_photo_and_its_place_is_gone(
    editor: Client, db: None, photo: Callable[..., BytesIO]
) -> None:
    taken = photo()
    answer = editor.post(
        reverse("wagtailimages:add"),
        {"title": "Workshop", "file": SimpleUploadedFile("IMG_1.jpg", taken.read(), "image/jpeg")},
    )
    assert answer.status_code == 302
    image = SiteImage.objects.get(title="Workshop")
    with image.open_file() as file:
        assert b"canary" not in file.read()
    assert "IMG_1" not in image.file.name


def test_several_photos_at_once_are_cleaned_too(editor: Client, db: None, photo: Callable[..., BytesIO]) -> None:
    answer = editor.post(
        reverse("wagtailimages:add_multiple"),
        {"title": "Harbour", "files[]": SimpleUploadedFile("IMG_2.jpg", photo().read(), "image/jpeg")},
    )
    assert json.loads(answer.content)["success"] is True
    with SiteImage.objects.get().open_file() as file:
        assert b"canary" not in file.read()


def test_a_link_block_wants_a_page_or_a_safe_address() -> None:
    from wagtail.blocks import StructBlockValidationError

    from pages.blocks import LinkBlock

    block = LinkBlock()
    for address in ("", "javascript:alert(1)", "//evil.example", "ftp://x"):
        with pytest.raises(StructBlockValidationError):
            block.clean(block.to_python({"label": "x", "page": None, "address": address}))
    assert block.clean(block.to_python({"label": "x", "page": None, "address": "/join/"}))["address"] == "/join/"
