"""Pictures of products and makers as staff upload them: a bomb is refused, and where it was taken is taken off."""

from __future__ import annotations

import struct
import time
import tracemalloc
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, TiffImagePlugin
from wagtail.models import Collection

from accounts.models import User
from pages.models import SiteImage
from tests.pages.consents import a_consent
from tests.shop.makers import a_maker

pytestmark = pytest.mark.django_db
CANARY = "canary-of-the-shelter"
# The ways in: Wagtail's form for one, for many, and the chooser beside a field of a product or a maker.
WAYS = ("wagtailimages:add", "wagtailimages:add_multiple", "wagtailimages_chooser:create")


@pytest.fixture
def desk(client: Client, settings: Any) -> Client:
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(User.objects.create_superuser("root@example.org"))
    return client


def upload(desk: Client, way: str, content: bytes, name: str) -> Any:
    file = SimpleUploadedFile(name, content, "image/png" if name.endswith("png") else "image/jpeg")
    collection = Collection.get_first_root_node().pk
    if way == "wagtailimages:add_multiple":
        return desk.post(reverse(way), {"title": "Candle", "collection": collection, "files[]": file})
    prefix = "image-chooser-upload-" if "chooser" in way else ""
    return desk.post(
        reverse(way), {f"{prefix}title": "Candle", f"{prefix}collection": collection, f"{prefix}file": file}
    )


def png_bomb(width: int, height: int) -> bytes:
    """A few hundred kilobytes that unpack to as many pixels as it says, row after row of zeros."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    row = b"\0" * (1 + (width + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """A small picture with a compressed comment of a hundred megabytes."""
    target = BytesIO()
    Image.new("RGB", (4, 4)).save(target, "PNG")
    whole = target.getvalue()
    body = b"Comment\0\0" + zlib.compress(b"A" * 100_000_000, 9)
    comment = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    return whole[:33] + comment + whole[33:]


def a_photo() -> bytes:
    """As a telephone takes it: turned on its side, with the place, the owner and a comment."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = CANARY
    degrees = (TiffImagePlugin.IFDRational(43), TiffImagePlugin.IFDRational(39), TiffImagePlugin.IFDRational(0))
    exif.get_ifd(0x8825).update({1: "N", 2: degrees, 3: "W", 4: degrees, 29: CANARY})
    target = BytesIO()
    packet = b"<x:xmpmeta>" + CANARY.encode() + b"</x:xmpmeta>"
    Image.new("RGB", (64, 32), "teal").save(target, "JPEG", exif=exif.tobytes(), xmp=packet, comment=CANARY.encode())
    return target.getvalue()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("size", [(30_000, 30_000), (5_001, 5_000)])
def test_a_decompression_bomb_is_refused_before_it_unpacks(desk: Client, way: str, size: tuple[int, int]) -> None:
    bomb = png_bomb(*size)
    assert len(bomb) < 300_000
    tracemalloc.start()
    began = time.monotonic()
    answer = upload(desk, way, bomb, "bomb.png")
    taken, (_, peak) = time.monotonic() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 200
    assert "pixels" in answer.content.decode()
    assert not SiteImage.objects.exists()
    assert peak < 60_000_000 and taken < 20


@pytest.mark.parametrize("way", WAYS)
def test_a_comment_that_unpacks_to_a_hundred_megabytes_is_refused_or_dropped(desk: Client, way: str) -> None:
    answer = upload(desk, way, text_bomb(), "bomb.png")
    assert answer.status_code in (200, 302)
    for image in SiteImage.objects.all():
        assert image.file.size < 2_000


def files_kept() -> set[Path]:
    roots = (Path(settings.MEDIA_ROOT), Path(settings.PRIVATE_ROOT))
    return {file for root in roots for file in root.rglob("*") if file.is_file()}


@pytest.mark.parametrize("way", WAYS)
def test_where_a_photo_was_taken_is_on_no_disk(desk: Client, way: str) -> None:
    assert CANARY.encode() in a_photo(), "the control: there is something to find"
    before = files_kept()
    assert upload(desk, way, a_photo(), f"{CANARY}.jpg").status_code in (200, 302)
    picture = SiteImage.objects.get()
    picture.consent = a_consent()
    picture.save()
    maker = a_maker(consent=picture.consent, picture=picture, picture_alt="Hands")
    assert desk.get(maker.get_absolute_url()).status_code == 200
    files = files_kept() - before
    assert len(files) >= 2
    for file in files:
        assert CANARY not in file.name and CANARY.encode() not in file.read_bytes()
        assert not Image.open(file).getexif()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("x.png", b"GIF89a<script>alert(1)</script>"),
        ("x.jpg", b""),
        ("x.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 40),
    ],
)
@pytest.mark.parametrize("way", WAYS)
def test_what_is_no_picture_is_refused(desk: Client, way: str, name: str, content: bytes) -> None:
    assert upload(desk, way, content, name).status_code == 200
    assert not SiteImage.objects.exists()
