"""Staff's screens in a browser: nothing axe finds, nothing blocked, nothing wider than a phone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import sign_in_with_second_factor

# Wagtail's messages fade in for half a second: until then their text is as pale as what shines through it.
MESSAGES_STAND = """async () => {
    const pale = () => [...document.querySelectorAll('.messages > ul')].some(ul => getComputedStyle(ul).opacity < 1)
    for (let frame = 0; frame < 120 && pale(); frame += 1) await new Promise(requestAnimationFrame)
}"""

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext


def page_at_the_desk(browser: BrowserContext, address: str) -> Any:
    """A page of somebody who may do everything; ``problems`` is what the browser complains of."""
    client = Client()
    sign_in_with_second_factor(client, User.objects.create_superuser("dora@example.org", "a long password"))
    browser.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])
    page: Any = browser.new_page()
    page.problems = []
    page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    return page


def faults_of(page: Any, address: str, screens: dict[str, str], *, scheme: str = "light") -> list[tuple[Any, ...]]:
    """What is wrong with screens, by name and path, on a phone and on a desk. $PICTURES keeps how they look."""
    faults: list[tuple[Any, ...]] = []
    page.emulate_media(color_scheme=scheme)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for name, path in screens.items():
            page.goto(address + path)
            page.evaluate(MESSAGES_STAND)
            if pictures := os.environ.get("PICTURES"):
                page.screenshot(path=f"{pictures}/{name}-{width}-{scheme}.png", full_page=True)
            found = Axe().run(page, context="#main", options={"iframes": False}).response["violations"]
            faults += [(name, width, scheme, one["id"], one["nodes"][0]["html"][:160]) for one in found]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append((name, width, "wider than the screen"))
    return faults + page.problems
