"""Looking at a page at three widths, in light and in dark."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe

SIGHTS = ((320, "light"), (768, "dark"), (1280, "light"), (1280, "dark"))


def look(page: Any, name: str) -> None:
    """Fails for what axe finds and for what scrolls sideways. STEADFAST_SHOTS names a folder to keep pictures in."""
    for width, scheme in SIGHTS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        if folder := os.environ.get("STEADFAST_SHOTS"):
            page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png", full_page=True)
        found = Axe().run(page).response["violations"]
        faults = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
        assert faults == [], (page.url, width, scheme, faults)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)
