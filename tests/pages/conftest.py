from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, TiffImagePlugin

from pages.demo import build_site
from pages.models import HomePage

CANARY = b"canary-of-a-secret-place"


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Both media roots in a folder of the test, so that nothing is found that another test wrote."""
    storages = {name: dict(about) for name, about in settings.STORAGES.items()}
    storages["private"]["OPTIONS"] = {"location": tmp_path / "private", "base_url": None}
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = storages
    yield


@pytest.fixture
def site(db: None) -> HomePage:
    return build_site()


@pytest.fixture
def photo() -> Callable[..., BytesIO]:
    """A photo as a telephone takes it: turned on its side, with place, owner, thumbnail and comment."""

    def take(ending: str = "JPEG", size: tuple[int, int] = (64, 32)) -> BytesIO:
        picture = Image.new("RGB", size, "teal")
        exif = Image.Exif()
        exif[0x0112] = 6  # "turn me a quarter to the right"
        exif[0x013B] = CANARY.decode()  # artist
        exif[0x010E] = CANARY.decode()  # description
        degrees = (TiffImagePlugin.IFDRational(43), TiffImagePlugin.IFDRational(39), TiffImagePlugin.IFDRational(0))
        exif.get_ifd(0x8825).update({1: "N", 2: degrees, 3: "W", 4: degrees, 29: CANARY.decode()})
        more: dict[str, Any] = {"exif": exif.tobytes()}
        if ending in ("JPEG", "WEBP"):
            more["xmp"] = b"<x:xmpmeta>" + CANARY + b"</x:xmpmeta>"
        if ending == "JPEG":
            more["comment"] = CANARY
        target = BytesIO()
        picture.save(target, ending, **more)
        target.name = f"{CANARY.decode()}.{ending.lower()}"
        target.seek(0)
        return target

    return take
