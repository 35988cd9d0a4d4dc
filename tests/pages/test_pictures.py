from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageFile

from pages.forms import PictureForm
from pages.models import SiteDocument, SiteImage
from pages.photos import clean_picture
from tests.pages.conftest import CANARY

Photo = Callable[..., BytesIO]


def upload(photo: BytesIO, title: str = "A picture") -> SiteImage:
    image = SiteImage(title=title, file=File(photo, name=photo.name))
    image.save()
    return image


def everything_on_disk() -> dict[str, bytes]:
    roots = (Path(settings.MEDIA_ROOT), Path(settings.PRIVATE_ROOT))
    return {str(file): file.read_bytes() for root in roots for file in root.rglob("*") if file.is_file()}


def test_the_trial_photo_does_carry_a_place(photo: Photo) -> None:
    """The control: without cleaning, the tests below would find something."""
    assert CANARY in photo().getvalue()
    assert Image.open(photo()).getexif().get_ifd(0x8825)


@pytest.mark.parametrize("ending", ["JPEG", "PNG", "WEBP"])
def test_an_upload_leaves_no_place_and_no_name_on_disk(db: None, photo: Photo, ending: str) -> None:
    image = upload(photo(ending))
    image.get_rendition("width-20|format-webp")
    image.get_rendition("width-20|format-jpeg")
    files = everything_on_disk()
    assert len(files) == 3
    for name, content in files.items():
        assert CANARY.decode() not in name
        assert CANARY not in content
        stored = Image.open(BytesIO(content))
        assert not stored.getexif()
        assert not {"exif", "xmp", "comment", "icc_profile"} & set(stored.info)


def test_a_photo_stands_upright_and_its_size_is_known(db: None, photo: Photo) -> None:
    image = upload(photo(size=(64, 32)))
    image.refresh_from_db()
    assert (image.width, image.height) == (32, 64)
    with image.open_file() as file:
        assert Image.open(file).size == (32, 64)
    assert image.file_size == image.file.size


def test_see_through_stays_see_through(db: None) -> None:
    target = BytesIO()
    Image.new("RGBA", (4, 4), (10, 20, 30, 0)).save(target, "PNG")
    cleaned = clean_picture(target)
    assert Image.open(cleaned).getpixel((0, 0)) == (10, 20, 30, 0)


def test_a_picture_is_cleaned_once(db: None, photo: Photo) -> None:
    cleaned = clean_picture(photo())
    image = SiteImage(title="x", file=cleaned)
    image.save()
    assert Path(image.file.name).name == cleaned.name


def test_saving_again_keeps_the_file(db: None, photo: Photo) -> None:
    image = upload(photo())
    name = image.file.name
    image.title = "Another title"
    image.save()
    assert image.file.name == name
    assert len(everything_on_disk()) == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"not a picture", b"GIF89a<script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>"],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(ValidationError, match="cannot be read"):
        clean_picture(BytesIO(content))


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """WeasyPrint, once imported, makes Pillow lenient in the whole process."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", False)


def test_a_cut_off_photo_is_drawn_anew_where_pillow_is_lenient(photo: Photo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    whole = photo(size=(640, 320)).getvalue()
    assert CANARY not in clean_picture(BytesIO(whole[: len(whole) // 2])).read()


def test_a_cut_off_photo_is_refused(photo: Photo, strict: None) -> None:
    whole = photo(size=(640, 320)).getvalue()
    with pytest.raises(ValidationError, match="cannot be read"):
        clean_picture(BytesIO(whole[: len(whole) // 2]))


def test_too_many_pixels_are_refused_before_they_are_decoded() -> None:
    bomb = BytesIO()
    Image.new("1", (6000, 6000)).save(bomb, "PNG")
    with pytest.raises(ValidationError, match="too many pixels"):
        clean_picture(bomb)


def test_the_upload_form_explains_beside_the_field(db: None, photo: Photo, strict: None) -> None:
    from wagtail.images.forms import get_image_form
    from wagtail.models import Collection

    form_class = get_image_form(SiteImage)
    assert issubclass(form_class, PictureForm)
    whole = photo(size=(640, 320)).getvalue()
    form = form_class(
        {"title": "x", "collection": Collection.get_first_root_node().pk},
        {"file": SimpleUploadedFile("x.jpg", whole[: len(whole) // 2], "image/jpeg")},
    )
    assert "cannot be read" in str(form.errors["file"])


def test_only_renditions_are_public(client: Client, db: None, photo: Photo) -> None:
    image = upload(photo())
    rendition = image.get_rendition("width-20|format-webp")
    answer = client.get(rendition.url)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'"
    assert "immutable" in answer["Cache-Control"]
    assert client.get(f"/media/{image.file.name}").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "images/../../private/x.png",
        "images/%2e%2e/%2e%2e/private/x.png",
        "images/..%2f..%2fprivate%2fx.png",
        "images/..;/private/x.png",
        "IMAGES/x.png",
        "documents/x.pdf",
        "original_images/x.png",
        "images/x.svg",
        "images/x.html",
        "images/",
        "images/missing.png",
    ],
)
def test_the_media_address_serves_nothing_else(client: Client, db: None, name: str) -> None:
    for root in (Path(settings.MEDIA_ROOT), Path(settings.PRIVATE_ROOT)):
        for folder in ("", "images", "documents", "original_images", "private"):
            (root / folder).mkdir(parents=True, exist_ok=True)
            for file in ("x.png", "x.pdf", "x.svg", "x.html"):
                (root / folder / file).write_bytes(b"secret")
    assert client.get(f"/media/{name}").status_code == 404


def test_documents_lie_in_private_and_are_streamed_as_attachments(client: Client, db: None) -> None:
    document = SiteDocument(title="Report", file=SimpleUploadedFile("report.html", b"<script>alert(1)</script>"))
    document.save()
    assert not list(Path(settings.MEDIA_ROOT).rglob("*.html"))
    answer = client.get(f"/documents/{document.pk}/report.html")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'"
    assert client.get(f"/documents/{document.pk}/other.html").status_code == 404


def test_a_private_collection_is_closed_to_strangers(client: Client, db: None, charlie: Any) -> None:
    from django.contrib.auth.models import Group
    from wagtail.models import Collection, CollectionViewRestriction

    hidden = Collection.get_first_root_node().add_child(name="Board")
    board = Group.objects.create(name="Board")
    restriction = CollectionViewRestriction.objects.create(collection=hidden, restriction_type="groups")
    restriction.groups.add(board)
    document = SiteDocument(title="Minutes", collection=hidden, file=SimpleUploadedFile("minutes.pdf", b"secret"))
    document.save()
    address = f"/documents/{document.pk}/minutes.pdf"
    assert client.get(address).status_code == 302
    client.force_login(charlie)
    # To the log-in page he would be sent back from there, for ever.
    assert client.get(address).status_code == 403
    charlie.groups.add(board)
    assert b"".join(client.get(address)) == b"secret"  # type: ignore[arg-type]


def test_a_photo_is_not_taken_as_a_document(db: None) -> None:
    """There its metadata would stay, and its name would be public."""
    document = SiteDocument(title="A street", file=ContentFile(b"x", name="shelter.jpg"))
    with pytest.raises(ValidationError):
        document.full_clean()
    SiteDocument(title="A report", file=ContentFile(b"x", name="report.pdf")).full_clean()
