from __future__ import annotations

import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, TiffImagePlugin
from wagtail import hooks

from pages.demo import build_site, building
from pages.models import HomePage

CANARY = b"canary-of-a-secret-place"


@pytest.fixture(autouse=True)
def empty_media_roots(settings: Any) -> None:
    """Nothing is found on disk that another test wrote."""
    for root in (settings.MEDIA_ROOT, settings.PRIVATE_ROOT):
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def small_pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's pictures at a twentieth of their size, because every test that shows a page has them drawn."""
    folder = tmp_path_factory.mktemp("pictures")
    for path in building.PICTURES.glob("*.png"):
        Image.open(path).convert("RGB").resize((80, 60)).save(folder / path.name)
    return folder


@pytest.fixture
def site(db: None, small_pictures: Path, monkeypatch: pytest.MonkeyPatch) -> HomePage:
    monkeypatch.setattr(building, "PICTURES", small_pictures)
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


@pytest.fixture
def no_offers(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every offering had been deleted."""
    hooks.search_for_hooks()
    monkeypatch.setitem(hooks._hooks, "register_offer", [])
