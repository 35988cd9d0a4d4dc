"""What a page looks like, on narrow screens too."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tests.journeys.walking import Walker

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage

WIDTHS = (320, 768, 1280)


class Looker(Walker):
    """A walker who looks at narrow screens too, and keeps pictures where $PICTURES says."""

    def _hear(self, message: ConsoleMessage) -> None:
        # A form that is sent back with what is wrong is answered with 422 on purpose.
        if "status of 422" not in message.text:
            super()._hear(message)

    def look(self, part: str = "html") -> None:
        super().look(part)
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            assert self.page.evaluate("document.documentElement.scrollWidth") <= width, self.page.url
        self.picture(self.page.url.split("?")[0].rstrip("/").rsplit("/", 1)[-1][-16:])

    def is_told(self, text: str) -> None:
        """A message above the page."""
        assert text in " ".join(self.page.inner_text("body").split()), self.page.url

    def picture(self, name: str) -> None:
        folder = os.environ.get("PICTURES")
        for width in WIDTHS if folder else ():
            self.page.set_viewport_size({"width": width, "height": 900})
            number = len(list(Path(folder or "").glob(f"*-{width}.png")))
            path = Path(folder or "") / f"{number:02}-{name}-{width}.png"
            self.page.screenshot(path=path, full_page=True)
