"""Walking through the site as a person does, with axe and the console looked at on every page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from axe_playwright_python.sync_playwright import Axe

from accounts.models import OutgoingMail

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page


class Walker:
    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.set_default_timeout(15_000)
        self.address = address
        self.troubles: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        # A declined card is answered with 402 on purpose; the browser calls that a failed load.
        if message.type == "error" and "status of 402" not in message.text:
            self.troubles.append(message.text)

    def go(self, path: str) -> None:
        answer = self.page.goto(self.address + path)
        assert answer and answer.status == 200, f"{path}: {answer and answer.status}"
        self.look()

    def look(self, part: str = "html") -> None:
        """Nothing that axe finds, nothing that the browser complains of."""
        found = Axe().run(self.page, context=part).response["violations"]
        faults = [(fault["id"], [node["html"][:200] for node in fault["nodes"]]) for fault in found]
        assert faults == [], f"{self.page.url}: {faults}"
        assert self.troubles == [], f"{self.page.url}: {self.troubles}"

    def click(self, role: str, name: str) -> None:
        self.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]
        self.page.wait_for_load_state()
        self.look()

    def fetch(self, link: str) -> bytes:
        """What is behind a link, asked for with this browser's cookies."""
        found = self.page.locator(link).first.get_attribute("href")
        assert found, f"{self.page.url} has no {link}"
        answer = self.page.request.get(urljoin(self.page.url, found))
        assert answer.ok, f"{found}: {answer.status}"
        return answer.body()

    def reads(self, *texts: str) -> None:
        shown = " ".join(self.page.inner_text("main").split())
        for text in texts:
            assert text in shown, f"{self.page.url} does not say {text!r}: {shown[:1500]}"

    def code_from_mail(self, address: str) -> str:
        """The code in the newest mail to somebody."""
        mail = OutgoingMail.objects.filter(to=address).order_by("-pk")[0]
        found = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", mail.text, re.MULTILINE)
        assert found, mail.text
        return found.group(1)
